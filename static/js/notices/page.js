/** /pemberitahuan: who is told of what, and what became of each message. */

import { get, post, withQuery } from "../api.js";
import { $, fill, notice } from "../dom.js";
import { fullTime } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { openAddress, setChoices } from "./address.js";
import { messageRow, subscriptionRow } from "./rows.js";

const EACH_MS = 10_000;
const state = $("#out-state");
let messages = [];
let known = { subscriptions: [] };

$("#add").addEventListener("click", () => openAddress(null, readAfter));
$("#refresh").addEventListener("click", readAll);
state.addEventListener("change", readAll);
$("#out-more").addEventListener("click", readOlder);
await readAll();
setInterval(() => document.hidden || messages.length > 100 || readAll(), EACH_MS);

async function readAll() {
  try {
    const [told, outbox] = await Promise.all([
      get("/api/subscriptions"),
      get(withQuery("/api/outbox", { state: state.value })),
    ]);
    known = told;
    setChoices(told);
    messages = outbox.messages;
    drawTold();
    drawOutbox(outbox);
  } catch (reason) {
    $("#sentence").textContent = t("notices.title");
    say("bad", problemWords(reason));
  }
}

async function readOlder() {
  try {
    const before = messages.at(-1)?.id ?? null;
    const outbox = await get(withQuery("/api/outbox", { state: state.value, before }));
    messages.push(...outbox.messages);
    drawOutbox(outbox);
  } catch (reason) {
    say("bad", problemWords(reason));
  }
}

function drawTold() {
  const acts = { change: (row) => openAddress(row, readAfter), said: readAfter, failed };
  keepFocus($("#rows"), () =>
    fill(
      $("#rows"),
      known.subscriptions.map((row) => subscriptionRow(row, acts)),
    ),
  );
  $("#empty").hidden = known.subscriptions.length > 0;
  $("#empty").textContent = t("notices.none");
}

function drawOutbox({ standing, next }) {
  $("#sentence").textContent = t("notices.sentence", {
    n: known.subscriptions.filter((row) => row.active).length,
    waiting: standing.waiting,
    dead: standing.dead,
  });
  $("#sent-day").textContent = t("notices.sent_day", { n: standing.sent_day });
  fill($("#state"), [
    standing.overdue_since
      ? notice("bad", t("notices.overdue", { when: fullTime(standing.overdue_since) }))
      : null,
    standing.dead ? notice("warn", t("notices.dead", { n: standing.dead })) : null,
  ]);
  keepFocus($("#out-rows"), () =>
    fill(
      $("#out-rows"),
      messages.map((row) => messageRow(row, sendAgain)),
    ),
  );
  $("#out-empty").hidden = messages.length > 0;
  $("#out-empty").textContent = t(state.value ? "outgoing.none_filtered" : "outgoing.none");
  $("#out-more").hidden = !next;
}

/** A table that is drawn anew every few seconds leaves the keyboard where it was. */
function keepFocus(place, draw) {
  const at = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  draw();
  if (at) place.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus();
}

async function sendAgain(row, to, button) {
  button.disabled = true;
  try {
    await post(`/api/outbox/${row.id}/again`, {});
    await readAfter("good", t("outgoing.again_now", { to }));
  } catch (reason) {
    button.disabled = false;
    failed(reason);
  }
}

async function readAfter(kind, ...words) {
  say(kind, ...words);
  await readAll();
}

function failed(reason) {
  say("bad", problemWords(reason));
}

function say(kind, ...words) {
  fill($("#said"), notice(kind, ...words));
}
