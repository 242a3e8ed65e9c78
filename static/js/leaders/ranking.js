/** The table of how agencies, villages or categories stand; no figure without what it is of. */

import { $, el, fill } from "../dom.js";
import { t } from "../words.js";
import { interval } from "./trend.js";
import { mean, number, percent, worked } from "./words.js";

const FLAGS = ["no_proof", "elsewhere", "last_minute"];

/** Fill table and note from the answer of /api/leaders. */
export function showRanking(figures, { agency }) {
  const { rows, total, by } = figures;
  $("#by-name").textContent = t(`leaders.by.${by}`);
  const notes = [
    t("leaders.ranking_note", { least: figures.least }),
    t(figures.wall ? "leaders.times_wall" : "leaders.times_work"),
    by === "opd" ? t("leaders.own_note") : null,
  ];
  $("#ranking-note").textContent = notes.filter(Boolean).join(" ");
  const alone = Boolean(agency) && by === "opd"; // a rank of one says nothing
  const lines = rows.map((row) => line({ ...row, alone }, figures));
  const sum = rows.length > 1 && !agency ? line({ ...total, sum: true }, figures) : null;
  fill($("#ranking-rows"), rows.length ? [lines, sum] : nothing());
}

function nothing() {
  return el("tr", {}, el("td", { colspan: 13, class: "empty" }, t("leaders.nothing")));
}

function line(row, figures) {
  const name = row.sum ? t("leaders.total") : row.name || t("leaders.no_village");
  return el(
    "tr",
    { class: row.sum ? "sum" : null, "data-code": row.code ?? null },
    el("td", { class: "figure" }, (!row.alone && row.rank) || t("leaders.unranked")),
    el("th", { scope: "row" }, name),
    el("td", {}, shareOf(row)),
    el("td", { class: row.late ? "figure late-figure" : "figure nothing" }, number(row.late)),
    figure(row.open),
    figure(row.received),
    figure(row.closed),
    time(row.median_s, figures, row),
    time(row.p90_s, figures, row),
    ofReceived(row.reopened, row),
    ofReceived(row.returned, row),
    el("td", { class: "flags" }, flagsOf(row)),
    el("td", { class: "figure" }, starsOf(row)),
  );
}

const figure = (n) => el("td", { class: n ? "figure" : "figure nothing" }, number(n));

function ofReceived(n, { received }) {
  const title = t("leaders.few_of", { k: n, n: received });
  return el("td", { class: n ? "figure" : "figure nothing", title }, number(n));
}

function shareOf({ share, low, high, on_time: k, of: n }) {
  if (share === null) return el("span", { class: "quiet" }, t("leaders.few", { k, n }));
  const [p, from, to] = [share, low, high].map(percent);
  return el(
    "span",
    { class: "share", title: t("leaders.interval", { p, low: from, high: to, k, n }) },
    interval({ share, low, high }),
    el("b", {}, p),
    el("span", { class: "quiet small" }, ` ${t("leaders.k_of_n", { k, n })}`),
  );
}

function time(seconds, figures, { received, open }) {
  if (received + open < figures.least) return el("td", { class: "figure nothing" }, "–");
  if (seconds === null) return el("td", { class: "figure nothing" }, t("leaders.not_yet"));
  return el("td", { class: "figure" }, worked(seconds, figures));
}

function flagsOf(row) {
  const some = FLAGS.filter((flag) => row[flag]);
  if (!some.length) return el("span", { class: "nothing" }, t("leaders.no_flags"));
  return some.map((flag) => el("span", {}, t(`leaders.flag.${flag}`, { n: row[flag] })));
}

function starsOf({ stars, star_n: n }) {
  if (stars !== null) return t("leaders.stars", { mean: mean(stars), n });
  return el(
    "span",
    { class: "nothing" },
    n ? t("leaders.stars_few", { n }) : t("leaders.no_stars"),
  );
}
