/** The page of coverage: whom help reaches too late, how far it gets, where posts would help. */

import { get, withQuery } from "../api.js";
import { $, $$, fill, notice } from "../dom.js";
import { clock, fullTime } from "../format.js";
import { whyNoMap } from "../map/ground.js";
import { problemWords } from "../problems.js";
import { basisWords } from "../basis.js";
import { t } from "../words.js";
import { share, showLosses, showPaper, showParts, showSites } from "./coverage_tables.js";
import { showUnits, showVillages } from "./coverage_tables.js";
import { showLegend } from "./legend.js";
import { openAnalysisMap } from "./map.js";
import { openReachLines, reachRows } from "./reach_lines.js";
import { reckon } from "./reckon.js";
import { middleOf, shapesOf } from "./shapes.js";
import { openRuns, foldAsk } from "./small.js";
import { caveats } from "./telling.js";
import { said } from "./words.js";

const QUICK = ["skill", "who", "minutes", "radius_km"];
const JOBS = { isokron: ["hour"], lokasi: ["hour", "count", "goal", "keep"] };
const ALL = ["what", ...QUICK, "hour", "count", "goal", "keep"];
const USUAL = { who: "semua", count: "1", goal: "terjangkau", keep: "1" };
// From which share on a village is in each class, as on the dispatch board.
const CLASSES = [
  { from: 0.95, colour: "seq-0", name: "all" },
  { from: 0.5, colour: "seq-1", name: "most" },
  { from: 0.05, colour: "seq-2", name: "some" },
  { from: 0, colour: "seq-4", name: "none", sure: true },
];
// How much of a village the new posts bring within reach.
const GAINS = [
  { from: 0.5, colour: "seq-4", name: "gain_most" },
  { from: 0.001, colour: "seq-2", name: "gain_some" },
  { from: -Infinity, colour: "seq-0", name: "gain_none" },
];

const form = $("#ask");
const run = openRuns();
const ground = openMap();
const lines = ground && openReachLines(ground);
let drawn = new Map();
let job = null; // of the answer that is shown; null: it came at once

window.tanggap = { map: ground?.map, ready: ground?.ready ?? Promise.resolve() };
foldAsk();
restore();
addEventListener("popstate", restore);
form.addEventListener("change", arrange);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = words();
  const search = withQuery("", query).replace(/\?$/, "");
  if (location.search !== search) history.pushState(null, "", location.pathname + search);
  read(query);
});

function openMap() {
  const why = whyNoMap();
  if (why) {
    fill($("#map"), notice("warn", why));
    return null;
  }
  const made = openAnalysisMap($("#map"));
  made.onHover((id) => sayTip(id));
  return made;
}

function restore() {
  const given = new URLSearchParams(location.search);
  for (const name of ALL) form.elements[name].value = given.get(name) ?? USUAL[name] ?? "";
  arrange();
  read(words());
}

function arrange() {
  const what = form.elements.what.value;
  for (const part of $$("[data-of]", form))
    part.hidden = !part.dataset.of.split(" ").includes(what);
}

/** What is asked, without what is usual. */
function words() {
  const what = form.elements.what.value;
  const names = ["what", ...QUICK, ...(JOBS[what] ?? [])];
  const given = names.map((name) => [name, form.elements[name].value.trim()]);
  return Object.fromEntries(given.filter(([name, value]) => value && value !== USUAL[name]));
}

function read({ what, ...ask }) {
  if (!what) return run(() => get(withQuery("/api/coverage", ask)), show);
  const body = { what, ...ask };
  for (const name of ["minutes", "radius_km", "hour", "count"])
    if (name in body) body[name] = Number(body[name]);
  if ("keep" in body) body.keep = body.keep === "1";
  const told = ({ onJob, wanted, anew }) => ({
    wanted,
    anew,
    path: "/api/coverage",
    onJob(now) {
      job = now.id;
      onJob(now);
    },
  });
  run((one) => reckon(body, told(one)), show);
}

function show(answer) {
  $("#sentence").textContent = said(answer, "words");
  const set_out = answer.departs_at ?? answer.as_of;
  $("#beside").textContent = [
    t("analysis.minutes_limit", { n: answer.ask.minutes }),
    answer.basis ? t("analysis.basis", { basis: basisWords(answer.basis) }) : "",
    t("analysis.set_out", { time: clock(set_out) }),
    t("analysis.as_of", { time: fullTime(answer.as_of) }),
  ].join(" ");
  caveats(answer);
  const { sites, shapes, losses } = answer;
  $("#sites").hidden = !sites;
  $("#losses").hidden = !losses?.some(({ touched }) => touched);
  for (const part of ["#paper", "#parts"]) $(part).hidden = Boolean(sites);
  $("#reaches").hidden = !shapes;
  if (sites) return showNewPosts(answer);
  showVillages(answer);
  showParts(answer);
  showPaper(answer);
  showLosses(losses);
  if (shapes) showReach(answer);
  else showShares(answer);
}

const classOf = (p, classes) => classes.find(({ from }) => (p ?? 0) >= from);

function showShares({ villages, limits, ask }) {
  const at = limits.indexOf(ask.minutes);
  draw(villages.map((one) => ({ ...one, share: one.shares[at] })));
  lines?.show([]);
  ground?.showNotes([]);
}

/** The lines of all units together; a unit of the table shows its own. */
function showReach(answer) {
  const { villages, limits, ask, shapes, units } = answer;
  const at = limits.indexOf(ask.minutes);
  drawn = new Map(
    villages.map((one) => [one.id, { name: one.name, share: one.shares[at], colour: "none" }]),
  );
  showAreas(drawn, new Set());
  showLines(answer, shapes.features);
  if ($("#lines-file")) $("#lines-file").href = linesFile();
  const table = (chosen) =>
    showUnits(answer, {
      chosen,
      async onChoose(call_sign) {
        const own = call_sign ? await linesOf(call_sign) : shapes.features;
        if (!own) return;
        showLines(answer, own, call_sign);
        table(call_sign);
        $("#reaches-rows [aria-pressed=true]").focus({ preventScroll: true });
        $("#map").scrollIntoView({ block: "center" });
      },
    });
  table(null);
  const posts = new Map(units.map(({ post: [lon, lat] }) => [`${lon} ${lat}`, { lon, lat }]));
  ground?.showNotes([...posts].map(([id, point]) => ({ id, ...point, number: "" })));
}

function showLines({ units, limits }, features, call_sign = null) {
  const unit = units.find((one) => one.call_sign === call_sign);
  const sized = features.map(({ properties, ...rest }) => {
    const km2 = unit ? unit.km2[limits.indexOf(properties.minutes)] : properties.km2;
    return { ...rest, properties: { ...properties, km2 } };
  });
  const title = call_sign ? t("analysis.legend.reach_of", { unit: call_sign }) : "";
  showLegend($("#legend"), title || t("analysis.legend.reach_lines"), reachRows(sized));
  lines?.show(sized);
}

const linesFile = () => `/api/jobs/${job}/files/isokron.geojson`;

/** The unit's own lines, from the file of the job; null after saying what went wrong. */
async function linesOf(call_sign) {
  try {
    const { features } = await get(linesFile());
    return features.filter(({ properties }) => properties.call_sign === call_sign);
  } catch (reason) {
    fill($("#trouble"), notice("bad", problemWords(reason)));
    return null;
  }
}

function showNewPosts(answer) {
  const { sites, villages } = answer;
  showSites(answer);
  const gains = villages.map((one) => ({ ...one, share: one.after - one.before }));
  draw(gains, t("analysis.legend.gain"), GAINS);
  lines?.show([]);
  ground?.showNotes(
    sites.map(({ id, point: [lon, lat] }, at) => ({ id, lon, lat, number: String(at + 1) })),
  );
}

/** Villages by the share that is reached; those that are not get a ring and a word. */
function draw(villages, title = t("analysis.legend.reach"), classes = CLASSES) {
  showLegend(
    $("#legend"),
    title,
    classes.map(({ colour, name, sure }) => ({ colour, sure, said: t(`analysis.reach.${name}`) })),
  );
  drawn = new Map(
    villages.map((one) => [one.id, { ...one, ...classOf(one.share, classes), name: one.name }]),
  );
  const far = new Set([...drawn].filter(([, { sure }]) => sure).map(([id]) => id));
  showAreas(drawn, far);
}

/** The villages on the map, and a word on those that are too far. */
async function showAreas(classes, far) {
  if (!ground) return;
  const mine = drawn;
  try {
    const shapes = await shapesOf({ unit: "desa" });
    if (mine !== drawn) return; // another answer came meanwhile
    await ground.showShapes(shapes);
    await ground.showClasses(classes);
    const word = t("analysis.too_far");
    await ground.showWords(
      shapes
        .filter(({ properties }) => far.has(properties.id))
        .map(({ properties: { id }, geometry }) => ({ id, point: middleOf(geometry), word })),
    );
  } catch {
    fill($("#trouble"), notice("bad", t("analysis.no_shapes")));
  }
}

function sayTip(id) {
  const one = drawn.get(id);
  $("#map-tip").hidden = !one;
  if (one)
    $("#map-tip").textContent = t("analysis.reach_tip", { name: one.name, p: share(one.share) });
}
