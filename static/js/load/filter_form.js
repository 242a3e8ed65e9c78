/** What is counted and drawn: the filter's fields, their words for the API and for the address. */

import { $, $$, el } from "../dom.js";
import { wordFor } from "../words.js";

// Words of the address, and the words of the API that they stand for.
const ASKED = { k: "kind", c: "category", a: "agency", s: "channel" };
const HIDDEN = ["k", "c", "a", "s", "d1", "d2"]; // in the menu: its button says how many are set
const KEYS = ["p", "k", "c", "a", "s", "h", "d1", "d2", "l"];
const narrow = matchMedia("(max-width: 860px)"); // all but the colour in the menu, as in live.css

/**
 * The form; onChange(words) with all words of the address after each change by hand.
 * @returns {{restore, query, words, offer, active}}
 */
export function openFilterForm(form, onChange) {
  const field = (name) => form.elements.namedItem(name);

  function words() {
    const given = Object.fromEntries(
      ["k", "c", "a", "s", "h", "d1", "d2"].map((key) => [key, field(key).value]),
    );
    if (given.h !== "days") given.d1 = given.d2 = "";
    else given.h = given.d1 || given.d2 ? "" : "days";
    const pressed = $$('button[name="priority"][aria-pressed="true"]', form);
    const own = { p: pressed.map((button) => button.value).join(","), l: checked("l") };
    return { ...given, ...own, u: field("u").checked ? "" : "0", m: measure() };
  }
  const checked = (name) => (field(name).checked ? "1" : "");
  const measure = () => (field("m").value === "open" ? "" : field("m").value);

  function changed() {
    show();
    onChange(words());
  }

  function show() {
    const now = words();
    const hidden = narrow.matches ? KEYS : HIDDEN;
    const count = hidden.filter((key) => now[key] && now[key] !== "days").length;
    $("#filter-count", form).hidden = count === 0;
    $("#filter-count", form).textContent = String(count);
    $("#filter-reset", form).hidden = !KEYS.some((key) => now[key] && now[key] !== "days");
    $("#filter-days", form).hidden = field("h").value !== "days";
  }

  for (const button of $$('button[name="priority"]', form))
    button.addEventListener("click", () => {
      press(button, button.getAttribute("aria-pressed") !== "true");
      changed();
    });
  form.addEventListener("change", ({ target }) => {
    changed();
    // After the click that chose it has gone by: it would close the menu again.
    if (target === field("h") && target.value === "days") setTimeout(openDays, 0, form);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault(); // the measure is no filter: it stays
    restore({ m: field("m").value, u: field("u").checked ? "" : "0" });
    changed();
  });

  narrow.addEventListener("change", show);
  closeOutside($("#more-filters", form), () => (narrow.matches ? form : $("#more-filters", form)));

  function restore(query) {
    for (const button of $$('button[name="priority"]', form))
      press(button, (query.p ?? "").split(",").includes(button.value));
    for (const key of ["k", "c", "a", "s"]) choose(field(key), query[key] ?? "");
    for (const key of ["d1", "d2"]) field(key).value = query[key] ?? "";
    choose(field("h"), query.d1 || query.d2 ? "days" : (query.h ?? ""));
    field("l").checked = query.l === "1";
    field("u").checked = query.u !== "0";
    field("m").value = query.m || "open";
    if (!field("m").value) field("m").value = "open";
    show();
  }

  return {
    restore,
    words,
    /** The filter as words of the API; empty where everything counts. */
    query: () => asked(words()),
    active: () => Object.keys(asked(words())).length > 0,
    measure: () => field("m").value,
    units: () => field("u").checked,
    /** What can be chosen, as GET /api/filters answers. */
    offer({ categories, agencies, channels }) {
      const english = document.documentElement.lang === "en";
      const named = ({ name, name_en }) => (english && name_en) || name;
      put(field("c"), categories, named);
      put(field("a"), agencies, ({ short }) => short);
      put(field("s"), channels, ({ code, name }) => name ?? wordFor("channel", code));
    },
  };
}

/** A menu goes when one clicks beside it, or with Escape. */
function closeOutside(menu, own) {
  document.addEventListener("click", ({ target }) => {
    if (menu.open && !own().contains(target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    $("summary", menu).focus();
  });
}

const press = (button, on) => button.setAttribute("aria-pressed", String(on));

function openDays(form) {
  $("#more-filters", form).open = true;
  $("#filter-since", form).focus();
}

/** A value that is not offered (yet) is kept under its own name. */
function choose(select, value) {
  if (value && ![...select.options].some((option) => option.value === value))
    select.append(el("option", { value }, value));
  select.value = value;
}

function put(select, offered, named) {
  const kept = select.value;
  const [all] = select.options;
  const options = offered.map((one) => el("option", { value: one.code }, named(one)));
  select.replaceChildren(all, ...options);
  choose(select, kept);
}

function asked(words) {
  const query = {};
  for (const [key, name] of Object.entries(ASKED)) if (words[key]) query[name] = words[key];
  if (words.p) query.p = words.p;
  if (words.l) query.late = "1";
  if (words.h && words.h !== "days") query.hours = words.h;
  if (words.d1) query.since = midnight(words.d1, 0);
  if (words.d2) query.until = midnight(words.d2, 1); // the last day counts whole
  return query;
}

const HOURS_AHEAD = { "Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9 };

/** Where the day begins here, or so many days later, as the API takes it. */
function midnight(day, later) {
  const ahead = HOURS_AHEAD[document.documentElement.dataset.timezone] ?? 7;
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + later, -ahead))
    .toISOString()
    .replace(".000Z", "Z");
}
