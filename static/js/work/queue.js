/** Photos that wait to be sent: one at a time, again and again until the server has each. */

import { Lost, send } from "./upload.js";

const PAUSES_S = [2, 5, 10, 20, 30];

/**
 * @typedef {{key: string, file: File, note: string, state: string, share: number, why: string}} Item
 * state: waiting, sending, retry, sent, refused
 */
export class Queue {
  #timer = 0;
  #tries = 0;
  #busy = false;

  /** @param {string} path  @param {(item: Item, answer?: object) => void} onChange */
  constructor(path, onChange) {
    this.path = path;
    this.onChange = onChange;
    /** @type {Item[]} */
    this.items = [];
    addEventListener("online", () => this.goOn());
  }

  add(file, note) {
    const item = { key: newKey(), file, note, state: "waiting", share: 0, why: "" };
    this.items.push(item);
    this.onChange(item);
    this.goOn();
  }

  /** Not sent yet, and not given up. */
  get unsent() {
    return this.items.filter((item) => !["sent", "refused"].includes(item.state));
  }

  remove(item) {
    if (item.state !== "sending") this.items = this.items.filter((other) => other !== item);
  }

  /** Now, whatever the pause. */
  goOn() {
    clearTimeout(this.#timer);
    this.#next();
  }

  async #next() {
    const [item] = this.unsent;
    if (this.#busy || item === undefined) return;
    this.#busy = true;
    const pause_s = await this.#try(item);
    this.#busy = false;
    if (pause_s === 0) this.#next();
    else this.#timer = setTimeout(() => this.#next(), pause_s * 1000);
  }

  /** Send it; how many seconds to rest before the next try. */
  async #try(item) {
    this.#tell(item, { state: "sending", share: 0 });
    try {
      const answer = await send(this.path, formOf(item), (share) => this.#tell(item, { share }));
      this.#tries = 0;
      this.#tell(item, { state: "sent", share: 1 }, answer);
      return 0;
    } catch (error) {
      if (!(error instanceof Lost)) {
        this.#tell(item, { state: "refused", why: error.message });
        return 0;
      }
      this.#tell(item, { state: "retry" });
      return Math.max(error.wait_s, PAUSES_S[Math.min(this.#tries++, PAUSES_S.length - 1)]);
    }
  }

  #tell(item, facts, answer) {
    Object.assign(item, facts);
    this.onChange(item, answer);
  }
}

function formOf(item) {
  const form = new FormData();
  form.set("key", item.key);
  form.set("note", item.note);
  // As it is: a canvas would make it smaller, and take time and place out of it.
  form.set("photo", item.file, "foto.jpg"); // the phone's own name for it stays there
  return form;
}

/** crypto.randomUUID() is not there on old phones. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
