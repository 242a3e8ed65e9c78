/** The table that says the same as the map, in the order that is asked for. */

import { $, el, fill } from "../dom.js";
import { percent } from "../format.js";
import { t } from "../words.js";
import { isNamed } from "./classes.js";
import { between, chance, className, countOf, figure, hundredths } from "./words.js";

const FIRST = 25;
const collator = new Intl.Collator(document.documentElement.lang);

/** Columns that an answer has figures for: {key, figure, value, cell}. */
function columnsOf(answer) {
  const has = (name) => answer.places.some((place) => (place[name] ?? null) !== null);
  const number = (key, value, cell = figure) => ({ key, figure: true, value, cell });
  const columns = [
    { key: "name", value: ({ name }) => name },
    has("district") && { key: "district", value: ({ district }) => district ?? "" },
    { ...number("n", ({ n, few }) => (few ? 0 : n)), cell: countOf, whole: true },
    has("expected") && number("expected", ({ expected }) => expected),
    divides(answer) &&
      has("rate") && { ...number("rate", ({ rate }) => rate), cell: rateCell, whole: true },
    !ofClusters(answer) && has("z") && number("z", ({ z }) => z, zWords),
    !ofClusters(answer) && has("p") && number("p", ({ p }) => p, chance),
    has("class") && {
      key: "class",
      value: (place) => place.shown ?? place.class,
      cell: classCell,
      whole: true,
    },
    has("before") && number("before", ({ before }) => before?.n ?? null),
    has("before") && { ...number("ratio", ratioOf), cell: ratioCell, whole: true },
    has("trend") && number("slope", ({ trend }) => trend?.slope ?? null),
    has("reporting") && number("reporting", ({ reporting }) => reporting?.rate ?? null),
    has("doubt") && number("doubt", ({ doubt }) => doubt, doubtWords),
  ];
  return columns.filter(Boolean);
}

/** Held against nothing, the rate is the count once more. */
const divides = ({ ask }) => ask.against !== "tanpa" || ask.correct;
/** A scan tests clusters: each of their areas would show the figures of all of them together. */
const ofClusters = ({ method }) => method === "pindai";
const zWords = (z) => (z === null ? figure(z) : hundredths(z));
const rateCell = ({ rate, rate_low, rate_high }) => between(rate, rate_low, rate_high);
const ratioOf = ({ before }) => before?.ratio ?? null;
const doubtWords = (value) => (value ? percent(value) : figure(value));

function ratioCell({ before }) {
  if (!before) return figure(null);
  const words = between(before.ratio, before.low, before.high);
  const sure = before.sure ? el("b", {}, className(before.class)) : className("sama");
  return [`${words} `, el("span", { class: "second" }, sure)];
}

function classCell(place) {
  const name = className(place.shown ?? place.class);
  return place.sure ? el("b", {}, name) : name;
}

/**
 * @returns {{show: (answer, scale_words) => void, choose: (id) => void}}
 */
export function openTable({ onChoose, onSort }) {
  const [head, body, note, more] = ["head", "rows", "note", "more"].map((part) =>
    $(`#table-${part}`),
  );
  const find = $("#table-find");
  let answer = null;
  let order = "";
  let all = false;
  let chosen = null;

  function show(given, wanted = order) {
    answer = given;
    all = false;
    order = wanted;
    draw();
  }

  function draw() {
    if (!answer) return;
    const columns = columnsOf(answer);
    order = known(order, columns, answer);
    const sought = find.value.trim().toLowerCase();
    const places = answer.places.filter(({ name, district }) =>
      `${name} ${district ?? ""}`.toLowerCase().includes(sought),
    );
    const rows = sorted(places, columns, order);
    const kept = all ? rows : rows.slice(0, FIRST);
    fill(head, el("tr", {}, columns.map(heading)));
    fill(
      body,
      kept.map((place) => rowOf(place, columns, chosen, onChoose)),
    );
    more.hidden = kept.length === rows.length;
    note.textContent = t("analysis.table_note", { n: kept.length, all: rows.length });
  }

  function heading(column) {
    const down = order === `${column.key}-`;
    const sort = order.replace(/-$/, "") === column.key;
    const words = t(`analysis.column.${column.key}`, { unit: answer.scale?.unit ?? "" });
    return el(
      "th",
      {
        scope: "col",
        class: column.figure ? "figure" : null,
        "aria-sort": sort ? (down ? "descending" : "ascending") : null,
      },
      el("button", { type: "button", class: "plain", onclick: () => turn(column, down) }, words),
    );
  }

  function turn(column, down) {
    const first_down = column.figure && column.key !== "p";
    const was = order.replace(/-$/, "") === column.key;
    order = (was ? !down : first_down) ? `${column.key}-` : column.key;
    draw();
    $(`th[aria-sort] button`, head)?.focus();
    onSort(order);
  }

  more.addEventListener("click", () => {
    all = true;
    draw();
    $$focus(body, FIRST);
  });
  find.addEventListener("input", draw);
  return {
    show,
    choose(id) {
      chosen = id;
      for (const row of body.children) mark(row, row.dataset.id === id);
    },
  };
}

const $$focus = (body, at) => $("button", body.children[at] ?? body)?.focus();

/** The order if the answer has its column, else what is worth seeing first. */
function known(order, columns, answer) {
  if (columns.some(({ key }) => key === order.replace(/-$/, ""))) return order;
  if (isNamed(answer.method) && columns.some(({ key }) => key === "z")) return "z-";
  return columns.some(({ key }) => key === "rate") ? "rate-" : "n-";
}

function sorted(places, columns, order) {
  const { value } = columns.find(({ key }) => key === order.replace(/-$/, ""));
  const sign = order.endsWith("-") ? -1 : 1;
  return places.toSorted((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === other) return collator.compare(a.name, b.name);
    if (one === null || one === undefined) return 1; // what is not known comes last either way
    if (other === null || other === undefined) return -1;
    return sign * (typeof one === "number" ? one - other : collator.compare(one, other));
  });
}

function rowOf(place, columns, chosen, onChoose) {
  const [, ...others] = columns;
  const choose = { type: "button", class: "linkish", onclick: () => onChoose(place.id) };
  const row = el(
    "tr",
    { "data-id": place.id },
    el("th", { scope: "row" }, el("button", choose, place.name)),
    others.map(({ figure: isFigure, value, cell, whole }) =>
      el(
        "td",
        { class: isFigure ? "figure" : null },
        (cell ?? String)(whole ? place : value(place)),
      ),
    ),
  );
  mark(row, place.id === chosen);
  return row;
}

function mark(row, is_chosen) {
  if (is_chosen) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
}
