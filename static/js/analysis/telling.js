/** What an answer says beside its map: sentence, what to keep in mind, chart, what was found. */

import { Problem } from "../api.js";
import { $, el, fill, notice } from "../dom.js";
import { fullTime, percent } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { dayAfter } from "./ask.js";
import { chartTable, drawAlarms, drawChart, isPart } from "./chart.js";
import { Cancelled, Failed } from "./reckon.js";
import { categoryName, chance, day, figure, said } from "./words.js";

export const periodWords = ({ since, until }) =>
  t("analysis.period", { from: day(since), to: day(dayAfter(until, -1)) });

/** The sentence, and under it of what it is said. */
export function headline(answer, other) {
  const words = said(answer, "words");
  if ($("#sentence").textContent !== words) $("#sentence").textContent = words;
  const { ask } = answer;
  const facts = [
    `${periodWords(ask)}.`,
    other ? t("analysis.other_n", { period: periodWords(other.ask), n: other.totals.n }) : "",
    t("analysis.as_of", { time: fullTime(answer.as_of) }),
  ];
  $("#beside").textContent = facts.filter(Boolean).join(" ");
}

// How it was reckoned: for who wants to check it, not for who wants to know what it means.
const TECHNICAL = new Set([
  ...["uji", "tidak_ada_temuan", "permutasi", "tanpa_permutasi", "bobot", "lebar_pita", "tepi"],
  ...["beruntun", "beda", "beda_beruntun", "langkah_dipotong", "batas_desa"],
]);

/** What not to conclude; and apart, where the page has a place for it, how it was reckoned. */
export function caveats({ caveats: all }) {
  const apart = $("#method-rows");
  const technical = ({ code }) => Boolean(apart) && TECHNICAL.has(code);
  const row = (caveat) => el("li", { "data-code": caveat.code }, said(caveat, "text"));
  fill($("#caveats"), all.filter((one) => !technical(one)).map(row));
  $("#caveats").closest("section").hidden = !all.length;
  if (!apart) return;
  const told = all.filter(technical);
  fill(apart, told.map(row));
  $("#method").hidden = !told.length;
}

/** The chart with its table; `at`: the step that the map shows. */
export function chartOf(answer, chosen, at) {
  const { series, totals } = answer;
  const empty = !series?.steps.length || !totals.n;
  const parts = series?.steps.some((_step, index) => isPart(series, index));
  $("#chart-note").textContent = empty
    ? t("analysis.no_chart")
    : [t(`analysis.chart.${series.step}`), parts ? t("analysis.parts") : ""].join(" ");
  $("#chart-table").hidden = empty;
  if (empty) {
    fill($("#chart"));
    fill($("#chart-head"));
    fill($("#chart-rows"));
    return;
  }
  drawChart($("#chart"), series, chosen, at);
  const { head, rows } = chartTable(series, chosen);
  table("chart", head, rows);
}

/** Rows of words; columns hold figures, but for the first and for those of these numbers. */
function table(name, head, rows, worded = []) {
  const figured = (at) => (at && !worded.includes(at) ? "figure" : null);
  fill(
    $(`#${name}-head`),
    el(
      "tr",
      {},
      head.map((words, at) => el("th", { scope: "col", class: figured(at) }, words)),
    ),
  );
  fill(
    $(`#${name}-rows`),
    rows.map(([first, ...others]) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, first),
        others.map((words, at) => el("td", { class: figured(at + 1) }, words)),
      ),
    ),
  );
}

/** Clusters or alarms, where the method finds any. */
export function foundOf(answer) {
  const part = $("#found");
  const { clusters, alarms = [], method } = answer;
  $("#found-note").textContent = "";
  part.querySelector(".alarms")?.remove();
  if (method === "cusum") showAlarms(part, alarms);
  else if (clusters?.length) showClusters(answer);
  part.hidden = method !== "cusum" && !clusters?.length;
}

function showClusters({ clusters, places, method }) {
  const names = new Map(places.map(({ id, name }) => [id, name]));
  $("#found-title").textContent = t(`analysis.found.${method}`, { n: clusters.length });
  $("#found-note").textContent = t(`analysis.found_note.${method}`);
  const tested = clusters.some(({ p }) => (p ?? null) !== null);
  const has = (name) => clusters.some((one) => one[name]);
  const [unsure, drawn] = [has("doubt"), has("held")];
  const head = ["number", "n", "span", "places"];
  if (unsure) head.push("doubt");
  if (drawn) head.push("held");
  if (tested) head.push("expected", "once");
  const rows = clusters.map((one) => [
    figure(one.id),
    figure(one.n),
    one.since ? periodWords(one) : "",
    placesOf(one, names),
    ...(unsure ? [percent(one.doubt ?? 0)] : []),
    ...(drawn ? [percent(one.held ?? 0)] : []),
    ...(tested ? [figure(one.expected), onceWords(one)] : []),
  ]);
  table(
    "found",
    head.map((column) => t(`analysis.found_column.${column}`)),
    rows,
    [2, 3],
  );
}

const NAMED = 4; // areas of a cluster that its row names

function placesOf({ places = [] }, names) {
  const named = places.slice(0, NAMED).map((id) => names.get(id) ?? id);
  const more = places.length - named.length;
  const words = [...new Set(named)].join(", ");
  return more > 0 ? t("analysis.named_more", { names: words, n: more }) : words;
}

const onceWords = ({ once_in_days: days, p }) =>
  days ? t("analysis.once", { n: figure(days) }) : chance(p);

const least = (values) => Math.min(...values);

function showAlarms(part, alarms) {
  const now = alarms.filter(({ now: ringing }) => ringing).length;
  $("#found-title").textContent = t("analysis.found.cusum", { n: now });
  const [first] = alarms;
  $("#found-note").textContent = first
    ? t("analysis.found_note.cusum", {
        days: first.false_alarm_days,
        low: figure(least(alarms.map((one) => one.achieved_low))),
        high: figure(-least(alarms.map((one) => -one.achieved_high))),
      })
    : t("analysis.no_alarms");
  const head = ["category", "n", "expected", "alarms"];
  table(
    "found",
    head.map((column) => t(`analysis.found_column.${column}`)),
    alarms.map((alarm) => [
      categoryName(alarm.category),
      figure(alarm.n),
      figure(alarm.expected),
      alarm.days.length ? alarm.days.slice(-3).map(day).join(", ") : t("analysis.none"),
    ]),
    [3],
  );
  const charts = el("div", { class: "alarms" });
  drawAlarms(
    charts,
    alarms.filter(({ days }) => days.length),
  );
  part.append(charts);
}

/** Why there is no answer: a boxed sentence, and the field of the question where one is wrong. */
export function troubleWords(reason) {
  if (reason instanceof Cancelled)
    return { words: "", notice: notice("warn", t("analysis.cancelled")) };
  if (reason instanceof Failed)
    return { words: "", notice: notice("bad", t("analysis.failed", { why: reason.message })) };
  const words = problemWords(reason);
  const field = reason instanceof Problem ? reason.facts.field : undefined;
  return { words, field, notice: notice("bad", words) };
}
