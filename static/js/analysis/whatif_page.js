/** The page of what if: changes to stations, units and shifts; before and after, with the doubt. */

import { get, Problem } from "../api.js";
import { $, el, fill, notice } from "../dom.js";
import { percent, span } from "../format.js";
import { problemWords } from "../problems.js";
import { whyNoMap } from "../map/ground.js";
import { t } from "../words.js";
import { openChanges, shiftWords } from "./changes.js";
import { openAnalysisMap } from "./map.js";
import { openWhatIfMap } from "./whatif_map.js";
import { reckon } from "./reckon.js";
import { fillTable, foldAsk, fromAddress, openRuns, periodOf } from "./small.js";
import { caveats, periodWords } from "./telling.js";
import { figure, said, UNKNOWN } from "./words.js";

const USUAL = { categories: "", target_s: "", simulate_days: "", repeats: "10" };
const form = $("#ask");
const run = openRuns();
const ground = openMap();
const showAreas = openWhatIfMap(ground, (change) => deltaText(change, points));
let changes = null;
let plan = null;
let answer = null;

window.tanggap = { map: ground.map, ready: start().then(() => ground.ready) };
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
$("#do").addEventListener("change", ({ target }) => {
  if (target.value) changes?.add(target.value);
  target.value = "";
});
$("#group-by").addEventListener("change", showGroups);
addEventListener("popstate", () => restore());

function openMap() {
  const why = whyNoMap();
  if (!why) return openAnalysisMap($("#map"));
  fill($("#map"), notice("warn", why));
  const nothing = () => {};
  const dumb = ["showNotes", "onClick", "onHover", "showShapes", "showClasses", "showWords"];
  const none = Object.fromEntries(dumb.map((name) => [name, nothing]));
  return { map: undefined, ready: Promise.resolve(), ...none };
}

async function start() {
  try {
    plan = await get("/api/whatif/plan");
  } catch (reason) {
    return fill($("#trouble"), notice("bad", problemWords(reason)));
  }
  changes = openChanges(plan, { onPlaces: showPosts });
  ground.onClick(({ lngLat }) => changes.clicked(lngLat));
  restore();
}

function restore() {
  fromAddress(form, USUAL);
  changes.put(changesOf(new URLSearchParams(location.search).get("changes")));
  if (changes.read().length) ask({ keep: false });
}

function changesOf(words) {
  try {
    const read = JSON.parse(words ?? "[]");
    return Array.isArray(read) ? read : [];
  } catch {
    return []; // an address that was cut off
  }
}

/** Posts as they are, and numbered those that a change moves or makes. */
function showPosts(list) {
  const there = plan.stations.map(({ code, at: [lon, lat] }) => ({
    id: code,
    lon,
    lat,
    number: "",
  }));
  const placed = list
    .map(({ at }, index) => ({
      id: `c${index}`,
      lon: at?.[0],
      lat: at?.[1],
      number: `${index + 1}`,
    }))
    .filter(({ lon, lat }) => lon && lat);
  ground.showNotes([...there, ...placed]);
}

function ask({ keep = true } = {}) {
  const period = periodOf(form);
  if (!period || !changes) return;
  const list = changes.read();
  if (!list.length) {
    fill($("#ask-said"), notice("bad", t("analysis.no_changes")));
    return $("#do").focus();
  }
  const body = bodyOf(period, list);
  if (keep) remember(period, list);
  run(
    (told) => reckon(body, { ...told, path: "/api/whatif" }).catch(blame),
    (given) => {
      answer = given;
      foldAsk();
      show();
    },
  );
}

function bodyOf(period, list) {
  const { categories, target_s, simulate_days, repeats } = form.elements;
  return {
    changes: list,
    ...period,
    categories: categories.value ? [categories.value] : [],
    target_s: Number(target_s.value) || null,
    simulate_days: Number(simulate_days.value) || null,
    repeats: Number(repeats.value),
  };
}

function remember(period, list) {
  const words = new URLSearchParams(period);
  for (const [name, usual] of Object.entries(USUAL))
    if (form.elements[name].value !== usual) words.set(name, form.elements[name].value);
  words.set("changes", JSON.stringify(list));
  if (location.search !== `?${words}`) history.pushState(null, "", `?${words}`);
}

function blame(reason) {
  if (reason instanceof Problem && reason.facts.field) changes.wrong(reason.facts.field);
  throw reason;
}

function show() {
  $("#sentence").textContent = said(answer, "words");
  $("#beside").textContent = [
    periodWords(answer),
    t("analysis.calls", { n: answer.calls }),
    t("analysis.repeats", { n: answer.repeats.done }),
  ].join(" ");
  caveats(answer);
  showTotal(answer.total);
  showGroups();
  showUnits(answer.units);
}

const share = (p) => (p === null || p === undefined ? UNKNOWN : percent(p));
const time = (seconds) => (seconds === null || seconds === undefined ? UNKNOWN : span(seconds));

/** "+2,4 poin (1,1 sampai 3,8)"; strong where the interval leaves out nothing. */
function deltaWords(delta, unit) {
  const words = deltaText(delta, unit);
  return delta?.sure ? el("b", {}, words) : el("span", { class: "quiet" }, words);
}

function deltaText(delta, unit) {
  if (!delta || [delta.by, delta.low, delta.high].includes(null)) return UNKNOWN;
  const [by, low, high] = [delta.by, delta.low, delta.high].map(unit.value);
  const bounds = { by: t(unit.words, { n: signed(by) }), low: signed(low), high: signed(high) };
  return t("analysis.delta", bounds);
}

const signed = (value) => (value > 0 ? `+${figure(value)}` : figure(value).replace("-", "−"));
const points = { words: "analysis.points", value: (share) => Math.round(share * 1000) / 10 };
const seconds = { words: "analysis.seconds", value: Math.round };

function showTotal({ before, after, change }) {
  $("#total-note").textContent = t("analysis.delta_note");
  const head = ["figure", "before", "after", "change"].map((name) => t(`analysis.total.${name}`));
  fillTable(
    "total",
    head,
    [
      ["in_time", share(before.in_time), share(after.in_time), deltaWords(change.in_time, points)],
      ["p50", time(before.p50_s), time(after.p50_s), deltaWords(change.p50_s, seconds)],
      ["p90", time(before.p90_s), time(after.p90_s), deltaWords(change.p90_s, seconds)],
      ["unserved", figure(before.unserved), figure(after.unserved), ""],
    ].map(([name, ...others]) => [t(`analysis.total.${name}`), ...others]),
  );
}

function showGroups() {
  if (!answer) return;
  const by = $("#group-by").value;
  const held = answer.withheld[by];
  $("#groups-note").textContent = held ? t("analysis.withheld_calls", { n: held }) : "";
  const head = ["group", "calls", "before", "after", "change"].map((name) =>
    t(`analysis.total.${name}`),
  );
  const rows = answer.groups[by].map(({ name, n, before, after, change }) => [
    name,
    figure(n),
    share(before.in_time),
    share(after.in_time),
    deltaWords(change, points),
  ]);
  fillTable("groups", head, rows);
  // The map knows areas: by kind or agency it shows the districts.
  const unit = by === "desa" ? "desa" : "kecamatan";
  showAreas(unit, answer.groups[unit]);
}

function showUnits(units) {
  const head = ["unit", "before", "after"].map((name) => t(`analysis.total.${name}`));
  const rows = units.map(({ call_sign, before, after }) => [
    call_sign,
    unitWords(before),
    unitWords(after),
  ]);
  const other = ([, before, after]) => before !== after;
  fillTable("units", head, [...rows.filter(other), ...rows.filter((row) => !other(row))]);
}

function unitWords(unit) {
  if (!unit) return t("analysis.not_there");
  const { post_name: post, shift, jobs, busy } = unit;
  const words = { post, shift: shiftWords(shift), n: figure(jobs), busy: percent(busy) };
  return t("analysis.unit_words", words);
}
