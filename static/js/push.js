/** A button by which a browser takes pushes, or no longer; permission is asked for on its click. */

import { del, get, post, Problem, withQuery } from "./api.js";
import { $$, el, fill, icon } from "./dom.js";
import { t } from "./words.js";

const WORKER = "/pemberitahuan/pekerja.js";
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** Put the button into every element that asks for it: <span data-push></span>. */
export async function offerPush() {
  for (const place of able ? $$("[data-push]") : []) await draw(place);
}

async function draw(place, words = "") {
  const on = (await subscription()) !== null && Notification.permission === "granted";
  const button = el(
    "button",
    { type: "button", "aria-pressed": String(on), onclick: () => turn(place, !on) },
    icon(on ? "bell-off" : "bell"),
    t(on ? "push.off" : "push.on"),
  );
  fill(place, [button, words ? el("span", { class: "quiet small", role: "status" }, words) : null]);
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  return (await worker?.pushManager.getSubscription()) ?? null;
}

async function turn(place, on) {
  try {
    const words = on ? await turnOn() : await turnOff();
    await draw(place, words);
  } catch {
    await draw(place, t("push.failed"));
  }
  place.querySelector("button")?.focus();
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") return t("push.denied");
  const worker = await registered();
  const { key } = await get("/api/push");
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const made = await worker.pushManager.subscribe(options);
  try {
    await post("/api/push", keysOf(made));
  } catch (reason) {
    await made.unsubscribe();
    if (!(reason instanceof Problem && reason.type === "BrowserTaken")) throw reason;
    // Somebody else used it on this computer: a new address, so that theirs ends here.
    await post("/api/push", keysOf(await worker.pushManager.subscribe(options)));
  }
  return "";
}

async function registered() {
  const worker = await navigator.serviceWorker.register(WORKER);
  const coming = worker.installing ?? worker.waiting;
  if (!worker.active && coming)
    await new Promise((resolve) =>
      coming.addEventListener("statechange", () => coming.state === "activated" && resolve()),
    );
  return worker;
}

function keysOf(made) {
  const { endpoint, keys } = made.toJSON();
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
}

async function turnOff() {
  const there = await subscription();
  if (there === null) return "";
  await del(withQuery("/api/push", { endpoint: there.endpoint }));
  await there.unsubscribe();
  return "";
}

await offerPush();
