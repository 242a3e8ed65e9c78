/** The map of an answer, and beside it the map of a second period, under one camera. */

import { $, fill, notice } from "../dom.js";
import { problemWords } from "../problems.js";
import { whyNoMap } from "../map/ground.js";
import { t } from "../words.js";
import { figureOf, isNamed, shade, shown, stepsOf } from "./classes.js";
import { densitySteps } from "./density.js";
import { classRows, densityRows, markRows, shadeRows, showLegend } from "./legend.js";
import { oneCamera, openAnalysisMap } from "./map.js";
import { middleOf, shapesOf } from "./shapes.js";
import { periodWords } from "./telling.js";
import { className, countOf, day } from "./words.js";

const MOST_WORDS = 60; // on the map: more would hide it

/**
 * @param onPlace(id) when an area is chosen; onClick({note, place, lngLat}) for the first map
 * @param onView() when somebody moved a map
 * @param view {zoom, lat, lon} to begin with; null: all of the regency
 */
export function openMaps({ onPlace, onClick, onView, view = null }) {
  const why = whyNoMap();
  if (why) {
    fill($("#map"), notice("warn", why));
    return NO_MAPS;
  }
  const first = openAnalysisMap($("#map"), { view });
  let second = null;
  let state = null;
  let notes = [];
  first.onClick(onClick);
  watch(first.map);
  openWhole(first);
  first.onHover((id) => sayTip("map", state?.now, id));
  readyToPrint(first);

  async function show(answer, other, index) {
    const steps = stepsFor(answer, other);
    const mine = (state = {
      ...{ answer, other, steps, index },
      weekly: weeklySteps([answer, other]),
      hills: hillsFor(answer, other),
      drawn: drawnOf(answer, steps),
      drawnOther: other && drawnOf(other, steps),
    });
    $("#second").hidden = !other;
    $("#maps").classList.toggle("two", Boolean(other));
    if (other) openSecond();
    first.map.resize();
    step(index);
    try {
      await draw(first, answer, state.drawn);
      if (other && mine === state) await draw(second, other, state.drawnOther);
    } catch (reason) {
      fill($("#trouble"), notice("bad", t("analysis.no_shapes"), " ", problemWords(reason)));
    }
  }

  function openSecond() {
    if (second) return second.map.resize();
    const { lng, lat } = first.map.getCenter();
    const beside = { lon: lng, lat, zoom: first.map.getZoom() };
    second = openAnalysisMap($("#map-b"), { view: beside });
    second.onHover((id) => sayTip("map-b", state?.nowOther, id));
    second.onClick(({ place }) => onPlace(place));
    second.showNotes(notes);
    readyToPrint(second);
    oneCamera(first.map, second.map);
  }

  // A map that only takes another size looks at the same as before: that is no view of somebody's.
  function watch(map) {
    const view = () =>
      [map.getZoom(), ...map.getCenter().toArray()].map((n) => n.toFixed(4)).join();
    let last = view();
    map.on("moveend", () => {
      if (view() === last) return;
      last = view();
      onView();
    });
  }

  async function draw(ground, answer, drawn) {
    const shapes = await shapesOf(answer);
    await ground.showShapes(shapes);
    await ground.showClusters((answer.clusters ?? []).map(named));
    await drawStep(ground, answer, { drawn, shapes });
  }

  async function drawStep(ground, answer, { drawn, shapes }) {
    const { index = null, hills } = state ?? {};
    await ground.showClasses(at(answer, drawn, index));
    await ground.showWords(index === null ? wordsOf(drawn, shapes) : []);
    await ground.showDensity(index === null ? answer.grid : null, hills);
  }

  const at = (answer, drawn, index) =>
    index === null || !state ? drawn : stepOf(answer, index, state.weekly);

  /** Show one step of time, of both periods the one with that number; null: the whole periods. */
  async function step(index) {
    if (!state) return;
    const { answer, other, drawn, drawnOther } = state;
    state.index = index;
    state.now = at(answer, drawn, index);
    state.nowOther = other && at(other, drawnOther, index);
    $("#map-title").textContent = titleOf(answer, index);
    if (other) $("#map-b-title").textContent = titleOf(other, index);
    legend(index);
    const shapes = await shapesOf(answer).catch(() => []);
    await drawStep(first, answer, { drawn, shapes });
    if (!other || !second) return;
    const others = await shapesOf(other).catch(() => []);
    await drawStep(second, other, { drawn: drawnOther, shapes: others });
  }

  function legend(index) {
    const { title, rows } = legendOf(state.answer, { ...state, index });
    showLegend($("#legend"), title, rows);
  }

  return {
    first,
    second: () => second?.map,
    ready: first.ready,
    show,
    step,
    choose(id) {
      first.choose(id);
      second?.choose(id);
    },
    showNotes(given) {
      notes = given;
      first.showNotes(given);
      second?.showNotes(given);
    },
    clear() {
      state = null;
      fill($("#legend"));
      for (const ground of [first, second]) {
        ground?.showClasses(new Map());
        ground?.showShapes([]);
        ground?.showWords([]);
        ground?.showClusters([]);
        ground?.showDensity(null);
      }
    },
  };
}

const nothing = () => {};
const NO_MAPS = {
  first: { map: undefined },
  second: () => undefined,
  ready: Promise.resolve(),
  show: nothing,
  step: nothing,
  choose: nothing,
  showNotes: nothing,
  clear: nothing,
};
const HOT = { panas: "more", dingin: "less" };
const named = (cluster) => ({ ...cluster, word: String(cluster.id) });

/** Where shades begin: the same for both periods, or they could not be compared. */
function stepsFor(answer, other) {
  const all = [answer, other].filter(Boolean);
  return stepsOf(all.flatMap(({ places, scale }) => places.map((one) => figureOf(one, scale))));
}

/** The same for the hills of two surfaces; nothing where there are none. */
function hillsFor(answer, other) {
  const grids = [answer.grid, other?.grid].filter(Boolean);
  return grids.length ? densitySteps({ max: Math.max(...grids.map(({ max }) => max)) }) : null;
}

const weeklySteps = (answers) =>
  stepsOf(answers.flatMap((one) => Object.values(one?.series?.places ?? {}).flat()));

function titleOf({ ask, series }, index) {
  if (index === null) return periodWords(ask);
  const from = series.steps[index];
  return from ? t(`analysis.at.${series.step}`, { day: day(from) }) : t("analysis.no_step");
}

/** Areas as they were in one step: its own class where the method has one, else its count. */
function stepOf({ places, series, method }, index, weekly) {
  return new Map(
    places.map(({ id, name, few }) => {
      if (few) return [id, { name, few, colour: "few" }];
      const value = series.places?.[id]?.[index] ?? null;
      const class_ = series.classes?.[id]?.[index];
      if (method === "muncul")
        return [id, { name, value, colour: HOT[class_] ?? "none", class: class_ || "wajar" }];
      return [id, { name, value, colour: value === null ? "unknown" : shade(value, weekly) }];
    }),
  );
}

/** Whether surface or clusters are the answer: shaded areas below would be a second one. */
const liesOver = ({ grid, method }) => Boolean(grid) || method.startsWith("gugus");

function drawnOf(answer, steps) {
  return new Map(
    answer.places.map((place) => {
      const drawn = shown(place, answer, steps);
      if (liesOver(answer)) drawn.colour = "none";
      place.shown = drawn.class; // the table says the same
      const value = figureOf(place, answer.scale);
      return [place.id, { ...drawn, name: place.name, value, few: place.few }];
    }),
  );
}

/** Words for what is more than chance, the surest first: a map of words only would say nothing. */
function wordsOf(drawn, shapes) {
  return shapes
    .map(({ properties: { id }, geometry }) => ({ id, geometry, ...drawn.get(id) }))
    .filter(({ sure, class: class_ }) => sure && class_ !== "alarm") // those have their number
    .slice(0, MOST_WORDS)
    .map(({ id, geometry, class: class_ }) => ({
      id,
      point: middleOf(geometry),
      word: t(`analysis.short.${class_}`),
    }));
}

function legendOf(answer, { index, steps, weekly, drawn, drawnOther, hills }) {
  const shownNow = [...drawn.values(), ...(drawnOther?.values() ?? [])];
  const there = new Set(shownNow.map((one) => one.class));
  const few = shownNow.some((one) => one.few);
  if (index !== null && answer.method === "muncul")
    return {
      title: t("analysis.legend.step"),
      rows: classRows("gi", new Set(["panas", "dingin"])),
    };
  if (index !== null) return legendOfStep(answer, { weekly, few });
  if (hills) return { title: t("analysis.legend.grid"), rows: densityRows(hills) };
  const marks = markRows({
    sure: shownNow.some(({ sure }) => sure),
    unknown: there.has("tak_diketahui"),
    clusters: answer.clusters?.length,
    method: answer.method,
  });
  if (isNamed(answer.method))
    return {
      title: t(`analysis.legend.${answer.method}`),
      rows: [...classRows(answer.method, there), ...marks],
    };
  if (liesOver(answer)) return { title: t("analysis.legend.gugus"), rows: marks };
  const { of, unit } = answer.scale ?? {};
  const title = of === "rate" ? t("analysis.legend.rate", { unit }) : t("analysis.legend.n");
  return { title, rows: [...shadeRows(steps, { whole: of !== "rate", few }), ...marks] };
}

function legendOfStep({ places, series }, { weekly, few }) {
  const untold = places.some((one) => !one.few && !series.places?.[one.id]);
  const rows = shadeRows(weekly, { whole: true });
  if (few) rows.push({ colour: "few", said: t("analysis.few_cell") });
  if (untold) rows.push({ colour: "unknown", said: t("analysis.not_by_step") });
  return { title: t(`analysis.legend.n_${series.step}`), rows };
}

/** A button for what lies off the first view: an island far out, if there is one. */
function openWhole({ map, home, most }) {
  const button = $("#whole");
  button.hidden = home.flat().join() === most.flat().join();
  button.addEventListener("click", () => {
    const wide = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(wide));
    map.fitBounds(wide ? home : most, { padding: 24, animate: false }, {});
  });
}

function sayTip(map, drawn, id) {
  const tip = $(`#${map}-tip`);
  const one = drawn?.get(id);
  tip.hidden = !one;
  if (!one) return;
  const n = countOf({ n: one.value, few: one.few });
  const words = { name: one.name, n, class: className(one.class) };
  tip.textContent = t(one.class ? "analysis.tip" : "analysis.tip_n", words);
}

/** Paper takes no drawing of the graphics card: it gets a picture of the map as it stands. */
function readyToPrint({ map }) {
  const picture = document.createElement("img");
  picture.className = "on-paper";
  picture.alt = "";
  map.getContainer().append(picture);
  addEventListener("beforeprint", () => {
    map.redraw();
    picture.src = map.getCanvas().toDataURL();
  });
}
