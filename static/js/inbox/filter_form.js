/** What is shown of a box: words, priorities, kind, category, place; some behind a button. */

import { get } from "../api.js";
import { $, $$, el } from "../dom.js";
import { wordFor } from "../words.js";

const FIELDS = ["kind", "category", "state", "agency", "village", "district", "holder", "sort"];
const HIDDEN = ["category", "state", "agency", "village", "district", "holder"];
const TYPING_MS = 300;

/** onChange(words) after each change by hand. */
export function openFilterForm(form, onChange) {
  const field = (name) => form.elements.namedItem(name);
  const fields = FIELDS.filter(field);
  let timer = null;

  function words() {
    const pressed = $$('button[name="p"][aria-pressed="true"]', form);
    return {
      ...Object.fromEntries(fields.map((name) => [name, field(name).value])),
      q: field("q").value.trim(),
      p: pressed.map((button) => button.value).join(","),
      late: field("late").checked ? "1" : "",
    };
  }

  function changed() {
    show();
    onChange(words());
  }

  function show() {
    const now = words();
    const count = HIDDEN.filter((name) => now[name]).length;
    $("#filter-count", form).hidden = count === 0;
    $("#filter-count", form).textContent = String(count);
    const narrowing = Object.keys(now).filter((name) => name !== "sort" && now[name]);
    $("#filter-reset", form).hidden = narrowing.length === 0;
    // On a phone they are folded away: how many count must be seen from outside.
    const folded = narrowing.filter((name) => name !== "q").length;
    $("#show-filters .count", form).hidden = folded === 0;
    $("#show-filters .count", form).textContent = String(folded);
  }

  function restore(given) {
    for (const name of fields) put(field(name), given[name] ?? "");
    field("q").value = given.q ?? "";
    field("late").checked = given.late === "1";
    const wanted = (given.p ?? "").split(",");
    for (const button of $$('button[name="p"]', form))
      button.setAttribute("aria-pressed", String(wanted.includes(button.value)));
    show();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", changed);
  form.addEventListener("input", ({ target }) => {
    if (target !== field("q")) return;
    clearTimeout(timer);
    timer = setTimeout(changed, TYPING_MS);
  });
  $("#show-filters", form).addEventListener("click", ({ currentTarget: button }) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    restore({ sort: words().sort });
    changed();
  });
  for (const button of $$('button[name="p"]', form))
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      changed();
    });
  return { words, restore, offer: () => offer(field) };
}

/** A value that is not offered (yet) is shown by its code. */
function put(select, value) {
  if (value && ![...select.options].some((option) => option.value === value))
    select.append(el("option", { value }, value));
  select.value = value;
}

/** Fill the lists: categories, agencies, districts and villages. */
async function offer(field) {
  const [choices, facts] = await Promise.allSettled([
    get("/api/filters"),
    get("/api/villages/facts"),
  ]);
  if (choices.status === "fulfilled") {
    const { categories = [], agencies = [] } = choices.value;
    extend(
      field("category"),
      categories.map(({ code, name, name_en: en }) => [code, named(name, en)]),
    );
    if (field("agency"))
      extend(
        field("agency"),
        agencies.map(({ code, short }) => [code, short]),
      );
  }
  if (facts.status === "fulfilled") offerPlaces(field, Object.entries(facts.value.villages ?? {}));
}

const named = (name, english) => (document.documentElement.lang === "en" && english) || name;

function offerPlaces(field, villages) {
  const districts = new Map();
  for (const [, { district, district_code: code }] of villages)
    if (district) districts.set(code, district);
  extend(field("district"), [...districts]);
  extend(
    field("village"),
    villages.map(([code, { name, district }]) => [code, `${name}, ${district ?? ""}`]),
  );
}

function extend(select, choices) {
  const chosen = select.value;
  const sorted = choices
    .map(([value, words]) => [value, words ?? wordFor("category", value)])
    .sort((one, other) => one[1].localeCompare(other[1]));
  for (const [value, words] of sorted) {
    const known = [...select.options].find((option) => option.value === value);
    if (known) known.textContent = words;
    else select.append(el("option", { value }, words));
  }
  select.value = chosen;
}
