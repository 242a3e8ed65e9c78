/** The question: form to words of the API, address to form. The address holds all of it. */

import { $$ } from "../dom.js";
import { serverNow } from "../format.js";

const DAY_MS = 86_400_000;
const zone = document.documentElement.dataset.timezone;
const days = new Intl.DateTimeFormat("sv-SE", { timeZone: zone }); // Swedish writes 2026-11-22

// What the API takes as usual is left out of the address.
const USUAL = {
  unit: "desa",
  cell_m: "1000",
  step: "minggu",
  method: "jumlah",
  against: "tanpa",
  correct: "0",
  alpha: "0.05",
  permutations: "999",
  seed: "1",
  least: "10",
  quiet_days: "90",
};
const FREE = ["bandwidth_m", "near_m", "channel", "hours", "compare", "category"];

/** Words of the API that describe a question. */
export const ASK_WORDS = ["since", "until", ...FREE, ...Object.keys(USUAL)];

/** The day that lies `n` days after "2026-11-22", in the same words. */
export function dayAfter(iso, n = 1) {
  return new Date(Date.parse(`${iso}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
}

/** How many days lie between two. */
export const daysBetween = (first, last) =>
  Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);

export const today = () => days.format(serverNow());

/** What is asked where the address says nothing: the last 13 whole weeks. */
export function usualAsk() {
  const weekday = (new Date(`${today()}T00:00:00Z`).getUTCDay() + 6) % 7; // Monday is 0
  const until = dayAfter(today(), -weekday);
  return { since: dayAfter(until, -91), until, method: "gi" };
}

/** The question that an address asks; words that no question has are left out. */
export function fromAddress(search) {
  const words = new URLSearchParams(search);
  const ask = {};
  for (const name of ASK_WORDS) if (words.get(name)) ask[name] = words.get(name);
  if (!ask.since || !ask.until) Object.assign(ask, { ...usualAsk(), ...ask });
  return ask;
}

/** The query string of a question, without what is usual: equal questions, equal words. */
export function toQuery(ask, more = {}) {
  const words = new URLSearchParams();
  for (const name of ASK_WORDS)
    if (ask[name] && ask[name] !== USUAL[name]) words.set(name, ask[name]);
  for (const [name, value] of Object.entries(more)) if (value) words.set(name, value);
  return words.toString().replaceAll("%2C", ",");
}

/** Put a question into the form. */
export function toForm(form, ask) {
  const at = (name) => ask[name] ?? USUAL[name] ?? "";
  const { elements } = form;
  elements.since.value = ask.since;
  elements.last.value = dayAfter(ask.until, -1);
  for (const name of ["unit", "against", "channel", "cell_m", "alpha", "step"])
    choose(elements[name], at(name));
  for (const name of ["bandwidth_m", "near_m", "least", "quiet_days"])
    elements[name].value = at(name);
  elements.method.value = at("method");
  elements.correct.checked = at("correct") === "1";
  const [from = "", to = ""] = at("hours").split("-");
  elements.from_hour.value = from;
  elements.to_hour.value = to;
  const [first, until] = ask.compare?.split("..") ?? ["", ""];
  elements.compares.checked = Boolean(ask.compare);
  elements.compare_since.value = first;
  elements.compare_last.value = until && dayAfter(until, -1);
  const wanted = new Set(at("category").split(","));
  for (const box of $$("[name=category]", form)) box.checked = wanted.has(box.value);
}

/** The question that the form asks; what is not of its method is left out. */
export function fromForm(form) {
  const { elements } = form;
  const ask = { since: elements.since.value, until: next(elements.last.value) };
  const category = $$("[name=category]:checked", form).map(({ value }) => value);
  if (category.length) ask.category = category.sort().join(",");
  for (const name of ["method", "unit", "against", "channel", "alpha", "step"])
    ask[name] = elements[name].value;
  if (ask.unit === "heksagon") ask.cell_m = elements.cell_m.value;
  if (elements.correct.checked) ask.correct = "1";
  const hours = [elements.from_hour.value, elements.to_hour.value];
  if (hours.some(Boolean)) ask.hours = hours.join("-");
  if (elements.compares.checked)
    ask.compare = `${elements.compare_since.value}..${next(elements.compare_last.value)}`;
  for (const name of optionsOf(ask.method)) ask[name] = elements[name].value;
  return ask;
}

const next = (day) => day && dayAfter(day);

/** Fields that only some methods read. */
export const optionsOf = (method) =>
  ({
    kepadatan: ["bandwidth_m"],
    gugus: ["near_m", "least"],
    gugus_hdbscan: ["least"],
    cusum: ["quiet_days"],
  })[method] ?? [];

function choose(select, value) {
  if (value && ![...select.options].some((option) => option.value === value))
    select.add(new Option(value, value)); // what somebody wrote into the address
  select.value = value;
}
