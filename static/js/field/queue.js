/**
 * Steps and calls for help on their way: kept first, then sent in order, each once.
 *
 * Each has a key of its own, so that an answer that was lost on the way does no harm, and the time
 * of the tap, which the server keeps beside its own clock.
 */

import { post, Problem, renewToken, Unreachable } from "../api.js";
import { serverNow } from "../format.js";

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];

/**
 * onChange() after each move; onSent(item, answer); onRefused(item, problem) when the server said
 * no: the item has left the queue then, and somebody must be told.
 * An item is {n, key, assignment, kind: "state" | "help", state, at, facility}.
 */
export async function openQueue(store, { onChange, onSent, onRefused }) {
  const queue = { items: await store.read("steps"), trouble: null, add, hurry, waitingFor };
  let running = false;
  let tries = 0;
  let timer = null;

  /** Put a tap into the queue. Resolves when the phone has it for good. */
  async function add({ assignment, kind, state, facility = null }) {
    const tapped = {
      key: crypto.randomUUID(),
      assignment,
      kind,
      state,
      at: serverNow().toISOString(),
      facility,
    };
    // A full disk must not cost the tap: it then lasts as long as the page.
    const item = await store.add("steps", tapped).catch(() => ({ ...tapped, n: -Date.now() }));
    queue.items.push(item);
    onChange();
    hurry();
    return item;
  }

  function hurry() {
    tries = 0;
    run();
  }

  /** What of one assignment is not sent yet, in the order of the taps. */
  function waitingFor(assignment) {
    return queue.items.filter((item) => item.assignment === assignment);
  }

  async function run() {
    clearTimeout(timer);
    if (running) return;
    running = true;
    try {
      while (queue.items.length && (await sendFirst()));
    } finally {
      // Whatever went wrong, also in this page itself: what is kept is tried again.
      running = false;
      if (queue.items.length)
        timer = setTimeout(run, PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
      onChange();
    }
  }

  /** @returns {Promise<boolean>} whether the next may go */
  async function sendFirst() {
    const item = urgentFirst(queue.items);
    try {
      const answer = await post(...requestOf(item));
      await leave(item);
      onSent(item, answer);
      return true;
    } catch (reason) {
      return await failed(item, reason);
    }
  }

  async function failed(item, reason) {
    if (isRefusal(reason)) {
      await leave(item);
      onRefused(item, reason);
      return true;
    }
    queue.trouble = reason instanceof Problem && reason.status === 401 ? "logged_out" : "waiting";
    if (reason instanceof Problem && reason.status < 500) await renewToken().catch(() => {});
    return false;
  }

  async function leave(item) {
    queue.items.splice(queue.items.indexOf(item), 1);
    queue.trouble = null;
    tries = 0;
    // Where the disk has gone away it comes back with the next load, and its key counts once.
    await store.drop("steps", item).catch(() => {});
  }

  addEventListener("online", hurry);
  return queue;
}

// Who is threatened does not wait behind a tap.
const urgentFirst = (items) => items.find(({ kind }) => kind === "help") ?? items[0];

function requestOf({ assignment, kind, state, key, at, facility }) {
  if (kind === "help") return [`/api/assignments/${assignment}/help`, { kind: state, key }];
  const body = { state, key, claimed_at: at, ...(facility ? { facility } : {}) };
  return [`/api/assignments/${assignment}/state`, body];
}

/** Whether the server has read it and said no: to ask again would change nothing. */
export function isRefusal(reason) {
  if (reason instanceof Unreachable) return false;
  if (!(reason instanceof Problem)) throw reason;
  const later = [401, 408, 425, 429].includes(reason.status) || reason.status >= 500;
  return !later && reason.type !== "CsrfFailed";
}
