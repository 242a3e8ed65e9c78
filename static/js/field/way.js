/** The way to the place: its line on the map, its length and time, and the phone's own guide. */

import { get, Problem, Unreachable } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { distance, span } from "../format.js";
import { colour } from "../map/colour.js";
import { basisWords } from "../basis.js";
import { t } from "../words.js";
import { metresBetween } from "./positions.js";

const AGAIN_M = 300; // after so far the way is asked anew
const AGAIN_MS = 60_000;
const EMPTY = { type: "FeatureCollection", features: [] };

/** The own position as a dot of its own on the map of map.js. */
export async function addOwnPlace({ map, loaded }) {
  await loaded;
  map.addSource("own-place", { type: "geojson", data: EMPTY });
  map.addLayer({
    id: "own-place",
    type: "circle",
    source: "own-place",
    paint: { "circle-radius": 8, "circle-stroke-width": 3 },
  });
  const paint = () => {
    map.setPaintProperty("own-place", "circle-color", colour("accent"));
    map.setPaintProperty("own-place", "circle-stroke-color", colour("raised"));
  };
  paint();
  addEventListener("themechange", paint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}

/** Put the way and the own position on the map; what is null is taken away. */
export async function drawWay(ground, { facts }, fix) {
  await ground.loaded;
  const crow = Boolean(facts?.basis?.startsWith("garis"));
  ground.showWay(facts?.course?.coordinates ?? null, { crow });
  const dot = fix && { type: "Point", coordinates: [fix.lon, fix.lat] };
  const features = dot ? [{ type: "Feature", properties: {}, geometry: dot }] : [];
  ground.map.getSource("own-place")?.setData({ type: "FeatureCollection", features });
}

/** Asks for the way when it is due; onChange() when there is another. */
export function openWay(onChange) {
  const way = { of: null, facts: null, follow };
  let askedAt = 0;
  let askedFrom = null;

  /** Keep the way of this order true while the crew moves. */
  async function follow(assignment, fix) {
    if (assignment !== way.of) Object.assign(way, { of: assignment, facts: null });
    else if (!isDue(fix)) return;
    askedAt = Date.now();
    askedFrom = fix;
    if (assignment === null) return;
    try {
      const facts = await get(`/api/assignments/${assignment}/way`);
      if (way.of !== assignment) return;
      way.facts = facts;
      onChange();
    } catch (reason) {
      if (!(reason instanceof Unreachable) && !(reason instanceof Problem)) throw reason;
    }
  }

  function isDue(fix) {
    const moved = fix && (!askedFrom || metresBetween(fix, askedFrom) > AGAIN_M);
    return Date.now() - askedAt > AGAIN_MS && (moved || !way.facts);
  }
  return way;
}

/** "4,2 km · 9 menit", by what it is reckoned, and the button for the phone's own maps. */
export function showWay(place, { facts }, incident) {
  const spot = incident?.geometry?.coordinates;
  place.hidden = !spot;
  if (!spot) return;
  fill(
    place,
    facts ? el("p", { class: "way-figures" }, icon("route"), wayWords(facts)) : null,
    facts?.names?.length
      ? el("p", { class: "small" }, t("field.way.by", { names: facts.names.join(", ") }))
      : null,
    facts?.basis
      ? el("p", { class: "quiet small" }, t("units.basis", { basis: basisWords(facts.basis) }))
      : null,
    el(
      // Only the numbers go to the other program, never what a caller said.
      "a",
      { class: "button navigate", href: `geo:${spot[1]},${spot[0]}?q=${spot[1]},${spot[0]}` },
      icon("navigation"),
      t("field.navigate"),
    ),
  );
}

function wayWords({ travel_s, distance_m, why }) {
  if (travel_s === null || travel_s === undefined) return el("b", {}, why ?? t("field.way.none"));
  return el("b", {}, `${distance(distance_m)} · ${span(travel_s)}`);
}
