/** Photos from the place: made smaller, kept until they have arrived, shown with how far they are. */

import { get, renewToken, Problem, Unreachable } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { clock, fullTime, serverNow } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { isRefusal } from "./queue.js";
import { upload } from "./upload.js";

const LONGEST_SIDE = 2048; // enough to read a number plate, small enough for a thin line
const QUALITY = 0.85;
const PAUSES_MS = [2000, 5000, 15_000, 30_000];

/**
 * @param {HTMLElement} place where own photos of the order are shown
 * @param store openStore()
 */
export async function openPhotos(place, store) {
  const waiting = await store.read("photos");
  const urls = new Map(); // of the previews, by key
  const sent = new Map(); // of one incident: photos that the server has
  let shown = null; // the task
  let meant = null; // the order that was shown when the camera was opened
  let progress = 0;
  let tries = 0;
  let running = false;
  let timer = null;
  let drawn = "";

  /** Of the order that it was taken for, whatever has become of that meanwhile. */
  async function take(file, assignment = meant ?? shown.id) {
    const at = serverNow().toISOString();
    const photo = { key: crypto.randomUUID(), assignment, at, blob: await smaller(file) };
    // A full disk must not cost the picture: it then lasts as long as the page.
    waiting.push(await store.add("photos", photo).catch(() => ({ ...photo, n: -Date.now() })));
    draw();
    hurry();
  }

  function hurry() {
    tries = 0;
    run();
  }

  async function run() {
    clearTimeout(timer);
    if (running) return;
    running = true;
    try {
      while (next() && (await sendOne(next())));
    } finally {
      running = false;
      if (next()) timer = setTimeout(run, PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
      draw();
    }
  }

  const next = () => waiting.find((photo) => !photo.refused);

  async function sendOne(photo) {
    try {
      progress = 0;
      draw();
      const answer = await upload(`/api/assignments/${photo.assignment}/photos`, photo, (share) => {
        progress = share;
        const bar = place.querySelector("progress");
        if (bar) bar.value = share;
      });
      if (answer?.photo && photo.assignment === shown?.id) sent.set(answer.photo.id, answer.photo);
      await drop(photo);
      return true;
    } catch (reason) {
      if (!(reason instanceof Unreachable) && isRefusal(reason)) {
        photo.refused = problemWords(reason);
        return true;
      }
      if (reason instanceof Problem && reason.status < 500) await renewToken().catch(() => {});
      return false;
    }
  }

  async function drop(photo) {
    tries = 0;
    waiting.splice(waiting.indexOf(photo), 1);
    await store.drop("photos", photo).catch(() => {}); // then it comes once more, by its key
    URL.revokeObjectURL(urls.get(photo.key));
    urls.delete(photo.key);
    draw();
  }

  /** Show the photos of this order; without one the place stays empty. */
  async function show(task) {
    const other = task?.id !== shown?.id;
    shown = task;
    if (other) {
      sent.clear();
      if (task?.incident) await readSent(task.incident.id);
    }
    draw();
  }

  async function readSent(incident) {
    try {
      const { photos = [] } = await get(`/api/incidents/${incident}/photos`);
      if (shown?.incident?.id !== incident) return; // another order came before the answer
      for (const photo of photos) sent.set(photo.id, photo);
    } catch (reason) {
      if (!(reason instanceof Unreachable) && !(reason instanceof Problem)) throw reason;
    }
  }

  function draw() {
    place.hidden = !shown && !waiting.length;
    const key = JSON.stringify([
      shown?.id,
      waiting.map((photo) => [photo.key, photo.refused, lineIsBusy(photo)]),
      [...sent.keys()],
    ]);
    // A picture that is built anew would flicker with each word from the server.
    if (place.hidden || key === drawn) return;
    drawn = key;
    if (!place.querySelector("ul")) fill(place, head(take, opened), el("ul", { class: "photos" }));
    place.querySelector("label").hidden = !shown?.incident;
    fill(place.querySelector("ul"), [...waiting].reverse().map(waitingItem), sentItems());
  }

  function opened() {
    meant = shown?.id ?? null;
  }

  function waitingItem(photo) {
    if (!urls.has(photo.key)) urls.set(photo.key, URL.createObjectURL(photo.blob));
    return el(
      "li",
      { class: "waiting" },
      el("img", { src: urls.get(photo.key), alt: t("field.photo.of", { time: clock(photo.at) }) }),
      el(
        "span",
        {},
        el("b", {}, t(`field.photo.${wordOf(photo)}`)),
        photo.refused ? el("small", {}, el("br"), photo.refused) : null,
        el("br"),
        `${clock(photo.at)} · ${kilobytes(photo.blob.size)}`,
        lineIsBusy(photo) ? el("progress", { max: 1, value: progress }) : null,
      ),
      photo.refused
        ? button("trash-2", "field.photo.drop", () => drop(photo))
        : button("refresh-cw", "field.photo.again", hurry),
    );
  }

  const wordOf = (photo) => (photo.refused ? "refused" : lineIsBusy(photo) ? "sending" : "waiting");

  const lineIsBusy = (photo) => running && photo === next();

  const sentItems = () =>
    [...sent.values()]
      .sort((one, other) => other.id - one.id)
      .map((photo) =>
        el(
          "li",
          {},
          el(
            "a",
            { href: photo.url, target: "_blank", rel: "noopener" },
            el("img", {
              src: photo.url,
              alt: t("field.photo.of", { time: clock(photo.claimed_at ?? photo.at) }),
              loading: "lazy",
            }),
          ),
          el(
            "span",
            { title: fullTime(photo.at) },
            icon("check"),
            ` ${t("field.photo.sent", { time: clock(photo.at) })}`,
          ),
        ),
      );

  addEventListener("online", hurry);
  draw();
  if (waiting.length) hurry();
  return { show, hurry, pending: () => waiting.length };
}

function head(take, opened) {
  const input = el("input", {
    type: "file",
    accept: "image/*",
    capture: "environment",
    class: "only-heard",
    id: "photo-input",
    "aria-label": t("field.photo.take"),
    onclick: opened,
    onchange: () => {
      for (const file of input.files) take(file);
      input.value = "";
    },
  });
  return [
    el("h2", {}, t("field.photo.title")),
    el("label", { class: "button", for: "photo-input" }, icon("camera"), t("field.photo.take")),
    input,
  ];
}

const button = (sign, words, onclick) =>
  el("button", { type: "button", onclick, "aria-label": t(words) }, icon(sign));

const kilobytes = (size) => `${Math.max(1, Math.round(size / 1000))}\u00a0kB`;

/** The picture upright and no larger than needed; as it is where this browser cannot read it. */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const drawn = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return drawn && drawn.size < file.size ? drawn : file;
  } catch {
    return file;
  }
}
