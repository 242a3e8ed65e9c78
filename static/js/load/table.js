/** The table that says the same as the map: every village with its figures, in the order asked for. */

import { $, $$, el, fill } from "../dom.js";
import { t } from "../words.js";
import { MEASURE_KEYS, NONE, valueOf } from "./measures.js";
import { figure } from "./numbers.js";

const TEXTS = ["name", "district"];

/**
 * The table; onChoose(code), onSort("late-") when its order is to change.
 * @returns {{show, choose, focus}}
 */
export function openTable(table, { onChoose, onSort }) {
  const body = $("tbody", table);
  const rows = new Map(); // code to {row, cells}
  let order = "";

  for (const head of $$("th[data-sort]", table))
    $("button", head).addEventListener("click", () => onSort(turned(order, head.dataset.sort)));

  function show(state) {
    for (const code of Object.keys(state.facts))
      if (!rows.has(code)) rows.set(code, makeRow(code, state.facts[code], onChoose));
    for (const [code, made] of rows) fillRow(made, code, state);
    // Nothing jumps away from under a hand that is about to click.
    const busy = body.matches(":hover") || body.contains(document.activeElement);
    if (busy && order === state.order && body.children.length === rows.size) return;
    order = state.order;
    sayOrder(table, state);
    arrange(
      body,
      sorted(state).map((code) => rows.get(code).row),
    );
  }

  return {
    show,
    choose(code) {
      for (const [key, { row }] of rows) {
        if (key === code) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
      }
      if (code) rows.get(code)?.row.scrollIntoView({ block: "nearest" });
    },
    focus: (code) => rows.get(code)?.button.focus(),
  };
}

function makeRow(code, facts, onChoose) {
  const button = el(
    "button",
    { type: "button", class: "linkish", onclick: () => onChoose(code) },
    facts.name,
  );
  const shade = el("i", { "aria-hidden": "true" });
  const cells = Object.fromEntries(
    MEASURE_KEYS.map((measure) => [measure, el("td", { class: "figure", "data-figure": measure })]),
  );
  const row = el(
    "tr",
    { "data-code": code },
    el("th", { scope: "row" }, shade, button),
    el("td", { class: "district" }, facts.district),
    cells.open,
    cells.per_1000,
    cells.late,
    cells.age,
  );
  return { row, button, shade, cells };
}

function fillRow({ row, shade, cells }, code, { facts, load, classes, measure, held }) {
  const own = load[code] ?? NONE;
  for (const one of MEASURE_KEYS) {
    const said = figure(one, own, valueOf(one, own, facts[code])) ?? "?";
    if (cells[one].textContent !== said) cells[one].textContent = said;
    cells[one].title = said === "?" ? t("class.unknown") : "";
    cells[one].classList.toggle("shown", one === measure);
    cells[one].classList.toggle("nothing", said === "0" || said === "–");
  }
  const rank = classes.get(code)?.class ?? -1;
  const kind = rank < 0 ? "load-unknown" : `load-${rank}`;
  if (shade.className !== kind) shade.className = kind;
  row.dataset.class = rank;
  row.hidden = held !== null && held !== rank;
}

/** Codes in the order asked for; what is equal by the fuller, then by name. */
function sorted({ facts, load, order }) {
  const { by, down } = parseOrder(order);
  const value = (code) =>
    TEXTS.includes(by) ? facts[code][by] : valueOf(by, load[code] ?? NONE, facts[code]);
  const open = (code) => load[code]?.open ?? 0;
  return Object.keys(facts).sort((one, other) => {
    const first = compare(value(one), value(other), down);
    const name = facts[one].name.localeCompare(facts[other].name);
    return first || (by === "name" ? 0 : open(other) - open(one)) || name;
  });
}

// What is not known stands last, whichever way one sorts.
function compare(a, b, down) {
  if (a === null || b === null) return (a === null) - (b === null);
  const less = typeof a === "number" ? a - b : a.localeCompare(b);
  return down ? -less : less;
}

/** "late-" is by what is late, the most first. */
export function parseOrder(order) {
  const down = order.endsWith("-");
  const by = down ? order.slice(0, -1) : order;
  return [...TEXTS, ...MEASURE_KEYS].includes(by) ? { by, down } : { by: "open", down: true };
}

// Names begin with A, figures with the most.
function turned(order, by) {
  const now = parseOrder(order);
  const down = now.by === by ? !now.down : !TEXTS.includes(by);
  return by + (down ? "-" : "");
}

function sayOrder(table, { order, measure }) {
  const { by, down } = parseOrder(order);
  for (const head of $$("th[data-sort]", table)) {
    head.classList.toggle("shown", head.dataset.sort === measure);
    if (head.dataset.sort === by) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function arrange(body, rows) {
  if (rows.every((row, at) => body.children[at] === row)) return;
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  fill(body, rows);
  focused?.focus({ preventScroll: true });
}
