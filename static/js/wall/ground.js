/** The map on the wall: the whole regency shaded by load; it comes home by itself when moved. */

import { $, el, fill, notice } from "../dom.js";
import { openMap, whyNoMap } from "../map.js";
import { LOAD_STEPS } from "../map/style.js";
import { t } from "../words.js";

const HOME_MS = 60_000;
const PADDING = 8;

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
  const ground = openMap($("#map"));
  ground.showIncidents([]); // the wall shades villages; nobody's house is pointed at
  keepHome(ground);
  return { show: shades(ground), map: ground.map, ready: ground.ready };
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
function keepHome({ map, home }) {
  let moved = false;
  const comeHome = () => {
    moved = false;
    map.resize();
    map.fitBounds(home, { padding: PADDING, animate: false });
  };
  map.on("moveend", (event) => (moved ||= Boolean(event.originalEvent)));
  setInterval(() => moved && comeHome(), HOME_MS);
  new ResizeObserver(comeHome).observe($("#map"));
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
