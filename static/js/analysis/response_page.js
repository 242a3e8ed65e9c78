/** The page of the response times: each step from ring to arrival, by group, with what is missing. */

import { get, withQuery } from "../api.js";
import { $, el, fill } from "../dom.js";
import { fullTime, percent, span } from "../format.js";
import { interval } from "../leaders/trend.js";
import { t, wordFor } from "../words.js";
import { fromAddress, fillTable, foldAsk, openRuns, periodOf } from "./small.js";
import { caveats, periodWords } from "./telling.js";
import { make, words } from "./svg.js";
import { figure, said, UNKNOWN } from "./words.js";

const USUAL = { by: "kategori", category: "", target_s: "" };
const form = $("#ask");
const run = openRuns();

foldAsk();
restore();
addEventListener("popstate", restore);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const period = periodOf(form);
  if (!period) return;
  const query = queryOf(period);
  history.pushState(null, "", withQuery(location.pathname, query));
  read(query);
});

function restore() {
  fromAddress(form, USUAL);
  const period = periodOf(form);
  if (period) read(queryOf(period));
}

function queryOf(period) {
  const { by, category, target_s } = form.elements;
  return { ...period, by: by.value, category: category.value, target_s: target_s.value };
}

function read(query) {
  if ($("#csv")) $("#csv").href = withQuery("/api/response.csv", query);
  run(() => get(withQuery("/api/response", query)), show);
}

function show(answer) {
  $("#sentence").textContent = said(answer, "words");
  const facts = { time: fullTime(answer.as_of) };
  $("#beside").textContent = [
    periodWords(answer),
    t("analysis.of_n", { n: answer.incidents }),
    t("analysis.as_of", facts),
  ].join(" ");
  caveats(answer);
  showStages(answer.total.stages);
  showGroups(answer);
}

const time = (seconds) => (seconds === null || seconds === undefined ? UNKNOWN : duration(seconds));
const duration = (seconds) =>
  seconds < 100 ? t("analysis.seconds", { n: Math.round(seconds) }) : span(seconds);

function showStages(stages) {
  const all = Object.entries(stages);
  drawStages(all);
  fillTable(
    "stages",
    ["stage", "n", "p50", "p90", "censored", "missing"].map((name) => t(`analysis.stage.${name}`)),
    all.map(([name, { n, p50_s, p90_s, censored, missing }]) => [
      t(`analysis.stages.${name}`),
      figure(n),
      time(p50_s),
      time(p90_s),
      figure(censored),
      figure(missing),
    ]),
  );
}

// On a phone the words stand above their bars.
const SIZES = { wide: [900, 26, 260], slim: [360, 40, 4] };

/** Each step as a bar: thick to the half, thin to nine of ten. The table says the same. */
function drawStages(all) {
  const slim = $("#stages").clientWidth < 560;
  const [WIDE, ROW, LEFT] = slim ? SIZES.slim : SIZES.wide;
  if (!all.some(([, { p50_s }]) => p50_s !== null)) return fill($("#stages"));
  const most = Math.max(60, ...all.map(([, { p90_s, p50_s }]) => p90_s ?? p50_s ?? 0));
  const x = (seconds) => LEFT + ((WIDE - LEFT - 60) * seconds) / most;
  const drawing = make("svg", {
    viewBox: `0 0 ${WIDE} ${all.length * ROW + 6}`,
    class: `time-chart stage-chart${slim ? " slim" : ""}`,
    "aria-hidden": "true",
  });
  all.forEach(([name, { p50_s, p90_s }], at) => {
    const y = at * ROW + ROW * (slim ? 0.75 : 0.5);
    const line = (kind, to) =>
      to === null ? null : make("line", { class: kind, x1: LEFT, x2: x(to), y1: y, y2: y });
    const end = p90_s ?? p50_s;
    drawing.append(
      ...[
        slim
          ? words(LEFT, y - 12, t(`analysis.stages.${name}`))
          : words(LEFT - 8, y + 4, t(`analysis.stages.${name}`), "end"),
        line("most", p90_s),
        line("half", p50_s),
        end === null ? words(LEFT, y + 4, UNKNOWN) : words(x(end) + 8, y + 4, time(end)),
      ].filter(Boolean),
    );
  });
  fill($("#stages"), drawing);
}

const COLUMNS = ["incidents", "in_time", "p50", "p90", "turn_out", "censored", "missing", "unsent"];

function showGroups({ rows, total, by, withheld }) {
  const { groups, by_village } = withheld;
  const incidents = withheld.incidents - by_village; // the caveats tell of those
  $("#groups-note").textContent = groups
    ? t("analysis.withheld_groups", { groups, incidents })
    : "";
  const head = [t(`analysis.by.${by}`), ...COLUMNS.map((name) => t(`analysis.group.${name}`))];
  fillTable("groups", head, [
    ...rows.map((row) => groupRow(row, nameOf(row, by))),
    groupRow(total, t("analysis.all_groups")),
  ]);
  $("#groups-rows").lastElementChild.className = "sum";
}

function nameOf({ code, name }, by) {
  if (by === "jam") return name || `${String(code).padStart(2, "0")}.00`;
  return by === "prioritas" ? wordFor("priority", code) : name;
}

function groupRow({ incidents, unsent, in_time: punctual, stages }, name) {
  const { buka_tiba: reach, kirim_berangkat: leave } = stages;
  return [
    name,
    figure(incidents),
    shareOf(punctual),
    time(reach?.p50_s),
    time(reach?.p90_s),
    time(leave?.p50_s),
    figure(reach?.censored),
    figure(reach?.missing),
    figure(unsent),
  ];
}

function shareOf({ share, low, high, n }) {
  if (share === null) return t("analysis.few");
  return el(
    "span",
    {
      class: "share",
      title: t("analysis.share_of", { low: percent(low), high: percent(high), n }),
    },
    interval({ share, low, high }),
    percent(share),
  );
}
