/** The leaders' page: a sentence, what is late, how agencies stand, the trend. */

import { get, Problem, withQuery } from "../api.js";
import { $, $$, el, fill, notice } from "../dom.js";
import { clock, serverNow, setServerNow } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { openInstruct } from "./instruct.js";
import { openLate } from "./late.js";
import { openLateMap } from "./late_map.js";
import { openOrders } from "./orders.js";
import { showRanking } from "./ranking.js";
import { drawTrend } from "./trend.js";
import { day, number, percent, sentence } from "./words.js";

const ROUTINE_MS = 60_000;
const zone = document.documentElement.dataset.timezone;
const days = new Intl.DateTimeFormat("sv-SE", { timeZone: zone }); // Swedish writes 2026-11-22
const AGAIN_MS = 5000;
const { source, agency } = $("#leaders").dataset;
const form = $("#period");
const late = openLate({ source, onInstruct: openInstruct(sent) });
const map = openLateMap();
const orders = openOrders();
let by = "opd";
let asked = 0;
let due = null;

window.tanggap = { map: map.map, ready: map.ready };
restore();
read();
form.addEventListener("change", again);
addEventListener("hashchange", () => {
  restore();
  read();
});
for (const button of $$("#by button")) button.addEventListener("click", () => group(button.value));
$("#print").addEventListener("click", () => print());

/** The words of the API for what the form says: whole weeks up to this one. */
function query() {
  const weeks = Number(form.elements.weeks.value);
  const since = new Date(serverNow().getTime() - (weeks - 1) * 7 * 86_400_000);
  return { since: days.format(since), kind: form.elements.kind.value };
}

function again() {
  keep();
  read();
}

function group(wanted) {
  by = wanted;
  again();
}

/** The address says what is shown, so that it can be sent to somebody. */
function keep() {
  const { weeks, kind } = form.elements;
  const words = new URLSearchParams({ minggu: weeks.value, jenis: kind.value, menurut: by });
  history.replaceState(null, "", `#${words}`);
}

function restore() {
  const words = new URLSearchParams(location.hash.slice(1));
  for (const [field, word] of Object.entries({ weeks: "minggu", kind: "jenis" })) {
    const wanted = words.get(word);
    const select = form.elements[field];
    if (wanted !== null && [...select.options].some(({ value }) => value === wanted))
      select.value = wanted;
  }
  const wanted = words.get("menurut");
  if ($$("#by button").some(({ value }) => value === wanted)) by = wanted;
}

async function read() {
  const mine = ++asked;
  clearTimeout(due);
  $("#body").setAttribute("aria-busy", "true");
  for (const button of $$("#by button"))
    button.setAttribute("aria-pressed", String(button.value === by));
  try {
    const words = query();
    const [figures, villages] = await Promise.all([
      get(withQuery(source, { ...words, by })),
      get(withQuery(source, { ...words, by: "desa" })),
    ]);
    const worst = await late.read({ kind: words.kind }, figures.total.late);
    const agencies = by === "opd" ? figures : await get(withQuery(source, { ...words, by: "opd" }));
    if (mine !== asked) return; // something else was asked for meanwhile
    show(figures, villages, agencies, worst, words);
    due = setTimeout(read, ROUTINE_MS + Math.random() * ROUTINE_MS);
  } catch (reason) {
    if (mine === asked) failed(reason);
  }
}

function show(figures, villages, agencies, worst, words) {
  setServerNow(figures.as_of > serverNow().toISOString() ? figures.as_of : null);
  $("#body").removeAttribute("aria-busy");
  fill($("#trouble"));
  const said = sentence(agencies, worst, { agency });
  if ($("#sentence").textContent !== said) $("#sentence").textContent = said;
  const span = { time: clock(figures.as_of), from: day(figures.since), to: day(figures.until) };
  const left = figures.left_out ? ` ${t("leaders.left_out")}` : "";
  $("#beside").textContent = t("leaders.as_of", span) + left;
  arrange(figures.total.late > 0);
  map.show(villages.rows);
  showRanking(figures, { agency });
  showTrend(figures);
  orders.read();
  for (const link of $$("[data-file]"))
    link.href = withQuery(`/api/exports/leaders.${link.dataset.file}`, { ...words, by });
}

/** An empty list beside an empty map says nothing: then the table of figures goes first. */
function arrange(some) {
  const ranking = $("#ranking-title").closest("section");
  const isFirst = $("#body").firstElementChild === ranking;
  $(".late-split").hidden = !some;
  if (some && isFirst) $("#trend-title").closest("section").before(ranking);
  else if (!some && !isFirst) $("#body").prepend(ranking);
}

function showTrend({ trend, least }) {
  const most = Math.max(0, ...trend.flatMap(({ received, closed }) => [received, closed]));
  $("#trend-note").textContent = t("leaders.trend_note", { most, least });
  drawTrend($("#trend"), trend, least);
  fill(
    $("#trend-rows"),
    trend
      .toReversed()
      .map(({ week, received, closed, timed, on_time: k }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, day(week)),
          el("td", { class: "figure" }, number(received)),
          el("td", { class: "figure" }, number(closed)),
          el("td", { class: "figure" }, shareWords(k, timed, least)),
        ),
      ),
  );
}

const shareWords = (k, n, least) =>
  n < least ? t("leaders.few", { k, n }) : t("leaders.share", { p: percent(k / n), k, n });

function failed(reason) {
  $("#body").removeAttribute("aria-busy");
  fill($("#trouble"), notice("bad", problemWords(reason)));
  if (reason instanceof Problem && reason.status < 500) {
    if ($("#sentence").textContent === t("loading"))
      $("#sentence").textContent = t("leaders.refused");
  } else due = setTimeout(read, AGAIN_MS);
}

async function sent() {
  await read();
  fill($("#trouble"), notice("good", t("leaders.instruct_sent")));
}
