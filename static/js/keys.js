/** Keys of a page: single letters while nobody types, the same with Alt inside a field. */

import { el, fill } from "./dom.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/**
 * @param {{code?: string, key?: string, shift?: boolean, ctrl?: boolean, alt?: boolean, shown: string[],
 *   words: string, run: () => void}[]} table `alt` and `ctrl` keys work in fields too
 */
export function bindKeys(table) {
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.metaKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.(TYPING);
    const key = table.find((one) => matches(one, event));
    if (!key || (typing && !event.altKey && !event.ctrlKey)) return;
    event.preventDefault();
    if (!event.repeat) key.run();
  });
}

function matches(key, event) {
  if (key.key ? key.key !== event.key : key.code !== event.code) return false;
  if (Boolean(key.ctrl) !== event.ctrlKey) return false;
  if (key.alt && !event.altKey) return false;
  return key.shift === undefined || key.shift === event.shiftKey;
}

/** The table as it stands, for the help. */
export function listKeys(list, table) {
  fill(
    list,
    table.flatMap(({ shown, words }) => [
      el(
        "dt",
        {},
        shown.map((cap) => el("kbd", {}, cap)),
      ),
      el("dd", {}, words),
    ]),
  );
}
