/** The form of the question: parts that come and go, quick choices, what is wrong with it. */

import { $, $$, fill, notice } from "../dom.js";
import { t } from "../words.js";
import {
  dayAfter,
  daysBetween,
  fromForm,
  optionsOf,
  toForm,
  today,
  toQuery,
  usualAsk,
} from "./ask.js";

const YEAR = 364; // whole weeks: the same days of the week

/** @returns {{put: (ask) => void, read: () => ask | null, trouble: (field, words) => void}} */
export function openForm({ onAsk }) {
  const form = $("#ask");
  const { elements } = form;
  let asked = "";

  function put(ask) {
    toForm(form, ask);
    asked = toQuery(fromForm(form));
    $("#finer").open = ["hours", "channel", "alpha", "step"].some((name) => ask[name]);
    say();
    arrange();
  }

  function arrange() {
    const ask = fromForm(form);
    $("#compare-part").hidden = !elements.compares.checked;
    $("#cell-part").hidden = ask.unit !== "heksagon";
    const wanted = optionsOf(ask.method);
    for (const part of $$("[data-option]", form))
      part.hidden = !wanted.includes(part.dataset.option);
    const kinds = $$("[name=category]:checked", form).map((box) => box.parentElement.textContent);
    $("#kinds-said").textContent = kinds.length
      ? kinds.map((name) => name.trim()).join(", ")
      : t("analysis.all_kinds");
    const span = daysBetween(ask.since, ask.until);
    const until = usualAsk().until;
    elements.preset.value = ask.until === until && [28, 91, 182, 364].includes(span) ? span : "";
    $("#changed").hidden = toQuery(ask) === asked;
  }

  function preset() {
    const span = Number(elements.preset.value);
    if (!span) return;
    const { until } = usualAsk();
    elements.since.value = dayAfter(until, -span);
    elements.last.value = dayAfter(until, -1);
  }

  // A period beside the first: as long, just before it or a year before.
  function other(which) {
    const { since, until } = fromForm(form);
    if (!since || !until) return;
    const span = daysBetween(since, until);
    const back = which === "year" ? Math.max(YEAR, span) : span;
    elements.compare_since.value = dayAfter(since, -back);
    elements.compare_last.value = dayAfter(until, -back - 1);
  }

  form.addEventListener("change", ({ target }) => {
    if (target.name === "preset") preset();
    if (target.name === "compares" && target.checked && !elements.compare_since.value)
      other("before");
    if (target.name === "method" && target.value === "kepadatan") elements.unit.value = "desa";
    arrange();
  });
  for (const button of $$("[data-against]", form))
    button.addEventListener("click", () => {
      other(button.dataset.against);
      arrange();
    });
  $("#kinds-none").addEventListener("click", () => {
    for (const box of $$("[name=category]", form)) box.checked = false;
    arrange();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ask = checked(form, say);
    if (ask) onAsk(ask);
  });

  function say(words = "", field = "") {
    fill($("#ask-said"), words ? notice("bad", words) : null);
    for (const input of $$("[aria-invalid]", form)) input.removeAttribute("aria-invalid");
    const wrong = elements[FIELDS[field] ?? field];
    if (!words || !(wrong instanceof HTMLElement)) return;
    wrong.setAttribute("aria-invalid", "true");
    wrong.focus();
  }

  return { put, trouble: say };
}

// Words of the API whose field on the screen is called otherwise.
const FIELDS = { until: "last", compare: "compare_since", hours: "from_hour" };

/** The question; null after saying what is missing. The server says the rest. */
function checked(form, say) {
  const ask = fromForm(form);
  const empty = ["since", "last"].find((name) => !form.elements[name].value);
  if (empty) return say(t("analysis.day_missing"), empty) ?? null;
  if (ask.since >= ask.until) return say(t("analysis.days_reversed"), "since") ?? null;
  if (ask.since > today()) return say(t("analysis.days_ahead"), "since") ?? null;
  if (ask.compare && /^\.\.|\.\.$/.test(ask.compare))
    return say(t("analysis.day_missing"), "compare_since") ?? null;
  if (ask.hours && /^-|-$/.test(ask.hours))
    return say(t("analysis.hours_missing"), "from_hour") ?? null;
  return ask;
}
