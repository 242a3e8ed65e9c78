/** The maps on the wall: villages shaded by load, far islands apart; moved, they come home. */

import { $, el, fill, notice } from "../dom.js";
import { openMap, whyNoMap } from "../map.js";
import { LOAD_STEPS } from "../map/style.js";

const HOME_MS = 60_000;
const PADDING = 8;
const ASIDE = 0.14; // of the width: how far the large map gives way to the small one
const CORNERS = ["ne", "se", "sw", "nw"];

/**
 * Without WebGL it says so in words.
 * @returns {{show: (load: object) => void, map, ready: Promise}}
 */
export function openGround() {
  const why = whyNoMap();
  if (why) {
    fill($("#map"), notice("warn", why));
    return { show: () => {}, map: null, ready: Promise.resolve() };
  }
  showLegend(); // first: it takes room from the map
  const grounds = [$("#map"), $("#map-far")].filter(Boolean).map(open);
  if (grounds.length > 1) setAside($(".wall-far"), grounds[0]);
  const shown = grounds.map(shades);
  return {
    show: (load) => shown.forEach((show) => show(load)),
    map: grounds[0].map,
    ready: Promise.all(grounds.map(({ ready }) => ready)),
  };
}

function open(element) {
  const ground = openMap(element);
  ground.showIncidents([]); // the wall shades villages; nobody's house is pointed at
  keepHome(ground, element);
  return ground;
}

// A village that has none left is no longer named: it must be told so.
function shades(ground) {
  let shown = [];
  return (load) => {
    const gone = shown.filter((code) => !(code in load)).map((code) => [code, { open: 0 }]);
    shown = Object.keys(load);
    ground.showLoad({ ...Object.fromEntries(gone), ...load });
  };
}

// Somebody leaned on the mouse, or the window changed: nobody sits here to put it right.
function keepHome({ map, most }, element) {
  let moved = false;
  const comeHome = () => {
    moved = false;
    map.resize();
    map.fitBounds(most, { padding: roomOf(element), animate: false });
  };
  element.addEventListener("room", comeHome);
  map.on("moveend", (event) => (moved ||= Boolean(event.originalEvent)));
  setInterval(() => moved && comeHome(), HOME_MS);
  new ResizeObserver(comeHome).observe(element);
}

/** The small map in the corner where it hides the fewest villages. */
async function setAside(far, { map, ready }) {
  await ready;
  const { clientWidth: wide, clientHeight: high } = map.getContainer();
  const hidden = (corner) => {
    const x = corner.endsWith("e") ? wide - far.clientWidth : 0;
    const y = corner.startsWith("s") ? high - far.clientHeight : 0;
    const box = [
      [x, y],
      [x + far.clientWidth, y + far.clientHeight],
    ];
    return map.queryRenderedFeatures(box, { layers: ["village-fill"] }).length;
  };
  const [best] = CORNERS.map((corner) => [hidden(corner), corner]).sort(([a], [b]) => a - b);
  far.dataset.corner = best[1];
  map.getContainer().dispatchEvent(new Event("room"));
}

function roomOf(element) {
  const corner = $(".wall-far")?.dataset.corner;
  if (!corner || element.closest(".wall-far")) return PADDING;
  const side = corner.endsWith("e") ? "right" : "left";
  const even = { top: PADDING, right: PADDING, bottom: PADDING, left: PADDING };
  return { ...even, [side]: element.clientWidth * ASIDE };
}

function showLegend() {
  const ends = LOAD_STEPS.map((from, at) => [from, (LOAD_STEPS[at + 1] ?? Infinity) - 1]);
  fill(
    $("#wall-legend"),
    [[0, 0], ...ends].map(([from, to], at) =>
      el("li", {}, el("i", { class: `load-${at}` }), rangeWords(from, to)),
    ),
  );
}

function rangeWords(from, to) {
  if (to === Infinity) return `${from}+`;
  return from === to ? String(from) : `${from}–${to}`;
}
