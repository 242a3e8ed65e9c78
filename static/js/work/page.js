/** The contractor's page: photos go as soon as they are chosen; without this file a form does it. */

import { Queue } from "./queue.js";
import { Refused, send } from "./upload.js";

const words = JSON.parse(document.getElementById("words").textContent);
const form = document.getElementById("work");
const list = document.getElementById("queue");
const note = document.getElementById("note");
const line = document.getElementById("line");
const count = document.getElementById("count");
const done = document.getElementById("done");
const rows = new Map();
let received = Number(count.dataset.count);

const queue = new Queue(form.getAttribute("action"), show);

document.body.classList.add("scripted");
document.getElementById("send").hidden = true;
document.getElementById("gallery").multiple = true;
for (const input of form.querySelectorAll('input[type="file"]')) {
  input.addEventListener("change", () => take(input));
}
done.addEventListener("click", (event) => {
  event.preventDefault();
  finish();
});
form.addEventListener("submit", (event) => event.preventDefault()); // Enter in the note
addEventListener("beforeunload", (event) => {
  if (queue.unsent.length) event.preventDefault();
});
addEventListener("offline", showLine);
addEventListener("online", showLine);

function take(input) {
  const most = Number(form.dataset.mostBytes);
  for (const file of input.files) {
    if (file.size > most) show({ file, state: "refused", share: 0, why: words.too_large });
    else queue.add(file, note.value.trim());
  }
  input.value = "";
  note.value = "";
}

/** A photo's line, as it stands now. */
function show(item, answer) {
  const row = rows.get(item) ?? newRow(item);
  row.root.dataset.state = item.state;
  row.bar.value = item.share;
  row.bar.hidden = item.state !== "sending";
  row.state.textContent = stateWords(item, answer);
  row.again.hidden = item.state !== "retry";
  row.remove.hidden = !["retry", "refused", "waiting"].includes(item.state);
  if (item.state === "sent") countUp();
  showLine();
}

function stateWords(item, answer) {
  if (item.state === "refused") return item.why || words.refused;
  const hint = answer?.photos?.[0]?.hint;
  return hint ? `${words[item.state]}. ${hint}` : words[item.state];
}

function newRow(item) {
  const root = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = words.photo.replace("{n}", String(rows.size + 1));
  const row = { root, bar: element("progress"), state: element("span"), name };
  row.bar.max = 1;
  row.bar.setAttribute("aria-label", name.textContent);
  row.again = button(words.again, () => queue.goOn());
  row.remove = button(words.remove, () => {
    queue.remove(item);
    root.remove();
    showLine();
  });
  const text = element("div");
  text.append(name, row.state, row.bar);
  root.append(picture(item.file), text, row.again, row.remove);
  rows.set(item, row);
  list.append(root);
  list.hidden = false;
  return row;
}

function picture(file) {
  const image = element("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.onload = () => URL.revokeObjectURL(image.src);
  image.onerror = () => image.remove(); // no picture: its line says so
  return image;
}

function countUp() {
  received += 1;
  count.textContent = words.some.replace("{n}", String(received));
  done.classList.add("main");
}

function showLine() {
  const waits = queue.unsent.length > 0;
  line.hidden = !(waits && (!navigator.onLine || queue.unsent[0].state === "retry"));
}

async function finish() {
  if (queue.unsent.length) return say(words.wait_first);
  if (received === 0) return say(words.photo_first);
  done.disabled = true;
  try {
    const path = done.getAttribute("formaction");
    const told = new FormData();
    told.set("done_note", document.getElementById("done_note").value);
    await send(path, told);
    location.replace(location.pathname.replace(/\/(foto|selesai)$/, ""));
  } catch (error) {
    done.disabled = false;
    if (error instanceof Refused && error.shut) location.reload();
    else say(error instanceof Refused ? error.message : words.retry_done);
  }
}

function say(sentence) {
  const told = document.getElementById("told") ?? element("p");
  told.id = "told";
  told.className = "notice bad";
  told.setAttribute("role", "alert");
  told.textContent = sentence;
  done.before(told);
}

function element(tag) {
  return document.createElement(tag);
}

function button(text, onClick) {
  const made = element("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", onClick);
  return made;
}
