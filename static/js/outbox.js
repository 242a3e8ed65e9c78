/** Calls on their way: each with a key of its own, tried again until the server has answered. */

import { post, Problem, renewToken, Unreachable } from "./api.js";

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

/**
 * Kept in memory only: what a caller said never enters the browser's storage.
 * onChange(items) whenever something has moved; an item is
 * {key, body, label, at, state: "sending" | "waiting" | "logged_out" | "sent", tries, answer}.
 */
export function openOutbox(onChange) {
  const items = [];
  const told = () => onChange(items);

  /** Send under a fresh key. Resolves with the answer, however late; rejects when refused. */
  function send(body, label) {
    const item = {
      key: crypto.randomUUID(),
      body,
      label,
      at: new Date(),
      state: "sending",
      tries: 0,
      answer: null,
    };
    items.push(item);
    told();
    return new Promise((resolve, reject) => {
      Object.assign(item, { resolve, reject });
      attempt(item);
    });
  }

  async function attempt(item) {
    clearTimeout(item.timer);
    try {
      item.answer = await post("/api/calls", item.body, { "Idempotency-Key": item.key });
      item.state = "sent";
      item.resolve(item.answer);
    } catch (reason) {
      await failed(item, reason);
    }
    told();
  }

  async function failed(item, reason) {
    const stale =
      reason instanceof Problem && (reason.status === 401 || reason.type === "CsrfFailed");
    if (!(reason instanceof Unreachable) && !stale && !(reason.status >= 500)) {
      drop(item);
      item.reject(reason);
      return;
    }
    item.state = stale && reason.status === 401 ? "logged_out" : "waiting";
    if (stale) await renewToken().catch(() => {});
    const pause = PAUSES_MS[Math.min(item.tries++, PAUSES_MS.length - 1)];
    item.timer = setTimeout(() => attempt(item), pause);
  }

  function drop(item) {
    if (items.includes(item)) items.splice(items.indexOf(item), 1);
    told();
  }

  const hurry = () => items.filter((item) => item.state !== "sent").forEach(attempt);
  addEventListener("online", hurry);
  return {
    items,
    send,
    drop,
    hurry,
    sent: () => items.filter((item) => item.state === "sent"),
    pending: () => items.filter((item) => item.state !== "sent").length,
  };
}
