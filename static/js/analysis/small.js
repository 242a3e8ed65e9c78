/** What the small pages of the analysis share: tables, period, the address, one run at a time. */

import { $, el, fill, notice } from "../dom.js";
import { t } from "../words.js";
import { dayAfter, today } from "./ask.js";
import { openJob } from "./job.js";
import { troubleWords } from "./telling.js";
import { Outdated } from "./reckon.js";

/** A table of words: the first column names the row, `words` may be nodes. */
export function fillTable(name, head, rows) {
  const kind = (at) => (at ? "figure" : null);
  const heads = head.map((words, at) => el("th", { scope: "col", class: kind(at) }, words));
  fill($(`#${name}-head`), el("tr", {}, heads));
  fill($(`#${name}-rows`), rows.map(rowOf));
}

function rowOf([first, ...others]) {
  const cells = others.map((words) => el("td", { class: "figure" }, words));
  return el("tr", {}, el("th", { scope: "row" }, first), cells);
}

/** Put the words of an address into the fields of the same names. */
export function fromAddress(form, usual) {
  const words = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(usual)) {
    const field = form.elements[name];
    const wanted = words.get(name) ?? value;
    const known = field.tagName !== "SELECT" || [...field.options].some((o) => o.value === wanted);
    field.value = known ? wanted : value;
  }
  const until = words.get("until") ?? dayAfter(today());
  form.elements.since.value = words.get("since") ?? dayAfter(until, -90);
  form.elements.last.value = dayAfter(until, -1);
}

/** The words of the period, or null after saying what is wrong with it. */
export function periodOf(form) {
  const { since, last } = form.elements;
  const wrong = !since.value || !last.value ? "day_missing" : null;
  const late = !wrong && since.value > last.value ? "days_reversed" : null;
  const field = since.value ? (last.value ? since : last) : since;
  for (const input of [since, last]) input.removeAttribute("aria-invalid");
  fill($("#ask-said"));
  if (!wrong && !late) return { since: since.value, until: dayAfter(last.value) };
  fill($("#ask-said"), notice("bad", t(`analysis.${wrong ?? late}`)));
  field.setAttribute("aria-invalid", "true");
  field.focus();
  return null;
}

/** On a phone the answer is what one came for: the question waits behind its button. */
export function foldAsk() {
  if (matchMedia("(max-width: 860px)").matches) $("#ask-box").open = false;
}

/**
 * Runs one reckoning at a time; a later one makes the earlier one outdated. Where the page has a
 * button "again", what a job answered can be reckoned anew: what is quick is always of now.
 */
export function openRuns() {
  const job = openJob();
  const again = $("#again");
  let asked = 0;
  let last = null;
  again?.addEventListener("click", () => run(...last, { anew: true }));

  async function run(reckoning, show, { anew = false } = {}) {
    const mine = ++asked;
    const wanted = () => mine === asked;
    let long = false;
    const onJob = (state) => {
      long = true;
      job.show(state);
    };
    last = [reckoning, show];
    if (again) again.hidden = true;
    $("#answer").setAttribute("aria-busy", "true");
    fill($("#trouble"));
    job.begin();
    try {
      const answer = await reckoning({ onJob, wanted, anew });
      if (!wanted()) return;
      $("#answer").classList.remove("without");
      show(answer);
      if (again) again.hidden = !long;
    } catch (reason) {
      if (wanted() && !(reason instanceof Outdated)) failed(reason);
    } finally {
      if (wanted()) {
        job.end();
        $("#answer").removeAttribute("aria-busy");
      }
    }
  }
  return run;
}

function failed(reason) {
  $("#answer").classList.add("without");
  $("#sentence").textContent = t("analysis.no_answer");
  $("#beside").textContent = "";
  fill($("#trouble"), troubleWords(reason).notice);
}
