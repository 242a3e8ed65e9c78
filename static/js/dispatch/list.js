/** Lists that change under somebody's eyes: what stays the same stays, nothing jumps, focus is kept. */

import { $, el } from "../dom.js";

const marks = new WeakMap();

/**
 * Show items in a list. Each has a `key` and a `mark` (all that its picture hangs on): an element
 * is made anew only when its mark changed. The first row in sight stays where it is.
 */
export function redraw(list, items, { key, mark, draw, empty = null }) {
  const steady = steadyRow(list);
  const before = steady?.getBoundingClientRect().top;
  const focus = focusIn(list);
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const rows = items.map((item) => rowOf(item, old, { key, mark, draw }));
  if (!rows.length && empty) rows.push(emptyRow(old, empty));
  place(list, rows);
  refocus(list, focus);
  holdStill(list, steady, before);
}

/** Fill a place only when what it shows has changed; focus on a [data-focus] in it is kept. */
export function settle(place, mark, build) {
  if (marks.get(place) === mark) return false;
  marks.set(place, mark);
  const focus = focusIn(place);
  place.replaceChildren(...[build()].flat(Infinity).filter((child) => child ?? false));
  refocus(place, focus);
  return true;
}

/** Forget what a place shows: the next settle() builds it anew. */
export const unsettle = (place) => marks.delete(place);

function rowOf(item, old, { key, mark, draw }) {
  const name = String(key(item));
  const now = mark(item);
  const kept = old.get(name);
  if (kept && marks.get(kept) === now) return kept;
  const row = draw(item);
  row.dataset.key = name;
  marks.set(row, now);
  return row;
}

function emptyRow(old, words) {
  const kept = old.get("empty");
  if (kept?.textContent === words) return kept;
  const row = el("li", { class: "empty" }, words);
  row.dataset.key = "empty";
  return row;
}

// Only what is not in its place is moved: a moved element loses its focus and its hover.
function place(list, rows) {
  const wanted = new Set(rows);
  for (const row of [...list.children]) if (!wanted.has(row)) row.remove();
  rows.forEach((row, at) => {
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  });
}

function focusIn(place) {
  const active = document.activeElement;
  if (!active || active === place || !place.contains(active)) return null;
  const row = active.closest("[data-key]");
  return {
    key: row && place.contains(row) ? row.dataset.key : null,
    name: active.dataset.focus ?? null,
  };
}

function refocus(place, focus) {
  if (!focus || place.contains(document.activeElement)) return;
  const row = focus.key ? $(`[data-key="${CSS.escape(focus.key)}"]`, place) : place;
  const named = focus.name && row && $(`[data-focus="${CSS.escape(focus.name)}"]`, row);
  const target = named || (row && (row.matches("[tabindex]") ? row : $("button, [tabindex]", row)));
  target?.focus({ preventScroll: true });
}

const scroller = (list) => list.closest(".scroll") ?? list.parentElement;

function steadyRow(list) {
  const active = document.activeElement?.closest?.("[data-key]");
  if (active && list.contains(active)) return active;
  const { top } = scroller(list).getBoundingClientRect();
  return [...list.children].find((row) => row.getBoundingClientRect().bottom > top) ?? null;
}

function holdStill(list, steady, before) {
  if (!steady?.isConnected) return;
  const box = scroller(list);
  // At the top one wants to see what comes in.
  if (box.scrollTop === 0) return;
  box.scrollTop += steady.getBoundingClientRect().top - before;
}

/** Arrows, Home and End go through the things in a list that can have the focus. */
export function walk(place, selector) {
  place.addEventListener("keydown", (event) => {
    const things = [...place.querySelectorAll(selector)].filter((one) => one.offsetParent !== null);
    const at = things.indexOf(document.activeElement.closest(selector));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: things.length - 1 }[event.key];
    if (to === undefined || at < 0 || event.altKey || event.ctrlKey) return;
    event.preventDefault();
    things[Math.max(0, Math.min(things.length - 1, to))]?.focus();
  });
}
