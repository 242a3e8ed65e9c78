/** Incidents by step of time: bars for all, a line for the chosen area; alarms with their limit. */

import { el, fill } from "../dom.js";
import { t } from "../words.js";
import { make, roundMost, titled, words } from "./svg.js";
import { categoryName, day, figure, shortDay } from "./words.js";

const WIDE = 900;
const HIGH = 190;
const LEFT = 44;
const TOP = 12;
const FOOT = 24;
const FULL = { hari: 1, minggu: 7, bulan: 28 };
const LABELS = 7;

/**
 * The chart of a series, with a second period as a line on the same scale.
 * @param chosen {name, values}: a line on a scale of its own
 */
export function drawChart(place, series, chosen = null, at = null) {
  const { steps, total } = series;
  if (!steps.length) return fill(place);
  const step = (WIDE - LEFT) / steps.length;
  const high = HIGH - TOP - FOOT;
  const { before } = series;
  const most = roundMost(Math.max(...total, ...(before?.total ?? [])));
  const drawing = make("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    class: "time-chart",
    role: "img",
    "aria-label": t("analysis.chart_label", { from: day(steps[0]), to: day(steps.at(-1)) }),
  });
  drawing.append(...scale(most, high));
  const every = Math.max(1, Math.ceil(steps.length / LABELS));
  steps.forEach((from, index) => {
    const x = LEFT + index * step;
    drawing.append(barOf(series, index, { x, step, most, high, now: at === index }));
    if (index % every === 0) drawing.append(words(x, HIGH - 8, shortDay(from)));
  });
  if (before)
    drawing.append(lineOf(before.total.slice(0, steps.length), "other", { step, high, most }));
  if (chosen)
    drawing.append(
      lineOf(chosen.values, "chosen", { step, high, most: roundMost(Math.max(...chosen.values)) }),
    );
  fill(place, drawing, chosen || before ? keyOf(before, chosen) : null);
}

function scale(most, high) {
  return [0, most / 2, most].flatMap((value) => {
    const y = TOP + high * (1 - value / most);
    const rule = make("line", { class: "rule", x1: LEFT, x2: WIDE, y1: y, y2: y });
    return [rule, words(LEFT - 6, y + 4, figure(value), "end")];
  });
}

function barOf(series, index, { x, step, most, high, now }) {
  const value = series.total[index];
  const tall = (high * value) / most;
  const part = isPart(series, index);
  return make(
    "g",
    { class: ["bar", part && "part", now && "now"].filter(Boolean).join(" ") },
    titled(stepWords(series, index)),
    make("rect", { class: "hover", x, y: TOP, width: step, height: high }),
    make("rect", {
      class: "amount",
      x: x + step * 0.12,
      y: TOP + high - tall,
      width: Math.max(0.5, step * 0.76),
      height: tall,
    }),
  );
}

/** Whether a step is cut short by the period: its bar must not be compared. */
export const isPart = ({ step, days }, index) => (days?.[index] ?? 99) < FULL[step];

function stepWords(series, index) {
  const key = isPart(series, index) ? "analysis.step_part" : "analysis.step";
  const { steps, total, days } = series;
  return t(key, { day: day(steps[index]), n: figure(total[index]), days: days?.[index] ?? "" });
}

function lineOf(values, kind, { step, high, most }) {
  const points = values.map((value, index) => {
    const y = TOP + high * (1 - value / most);
    return `${(LEFT + (index + 0.5) * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return make("polyline", { class: kind, points: points.join(" ") });
}

function keyOf(before, chosen) {
  const key = (kind, words) => el("span", {}, el("i", { class: kind }), words);
  const most = chosen && figure(Math.max(...chosen.values));
  return el(
    "p",
    { class: "small chart-key" },
    key("all", t("analysis.all_areas")),
    before && key("other", t("analysis.other_period")),
    chosen && key("one", t("analysis.one_area", { name: chosen.name, most })),
  );
}

/** The statistic of each category that alarms, against its limit. */
export function drawAlarms(place, alarms) {
  fill(place, alarms.slice(0, 8).map(alarmFigure));
}

function alarmFigure(alarm) {
  const { path, limit, category } = alarm;
  const most = Math.max(limit * 1.2, ...path) || 1;
  const [wide, high] = [420, 90];
  const y = (value) => 6 + (high - 12) * (1 - value / most);
  const points = path.map(
    (value, at) =>
      `${((at / Math.max(1, path.length - 1)) * wide).toFixed(1)},${y(value).toFixed(1)}`,
  );
  const drawing = make(
    "svg",
    { viewBox: `0 0 ${wide} ${high}`, class: "time-chart alarm-chart", "aria-hidden": "true" },
    make("line", { class: "limit", x1: 0, x2: wide, y1: y(limit), y2: y(limit) }),
    make("polyline", { class: "chosen", points: points.join(" ") }),
  );
  const name = categoryName(category);
  return el("figure", { class: "alarm" }, el("figcaption", {}, name), drawing);
}

/** The same as rows of a table: [head words], [[cells]]. */
export function chartTable(series, chosen = null) {
  const { before } = series;
  const head = [
    t("analysis.since_step"),
    t("analysis.n"),
    ...(before ? [t("analysis.column.before")] : []),
    ...(chosen ? [chosen.name] : []),
  ];
  const rows = series.steps.map((from, at) => [
    isPart(series, at) ? t("analysis.part_day", { day: day(from), n: series.days[at] }) : day(from),
    figure(series.total[at]),
    ...(before ? [figure(before.total[at])] : []),
    ...(chosen ? [figure(chosen.values[at])] : []),
  ]);
  return { head, rows };
}
