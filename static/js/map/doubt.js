/** Where something may be: its outline, dashed, and the villages shaded by how likely each is. */

import { percent } from "../format.js";
import { boundsOf } from "../inside.js";

const LEAST = 0.03; // less is not shaded
const NAMED = 0.05; // less gets no figure on the map
const BROAD_DEG = 0.25;
const SURE = 0.965;
const NONE = ["literal", false];
const METRES_A_DEGREE = 111_195;

/**
 * Draw a doubt {shape, villages, point or lon and lat, radius_m}, or take it away with null.
 * Without a shape it is the villages themselves, or for a pin the circle around it.
 * @param set (source, features) puts features into a source of the map
 */
export function drawDoubt(map, set, doubt) {
  const shape = doubt && shapeOf(doubt);
  set("doubt", shape ? [{ type: "Feature", properties: {}, geometry: shape }] : []);
  shade(
    map,
    (doubt?.villages ?? []).filter(({ p }) => p >= LEAST),
  );
}

/** Where all of a doubt lies; null where it has neither shape nor radius. */
export const boundsOfDoubt = (doubt) => doubt.bounds ?? boundsOf(shapeOf(doubt) ?? circleOf(doubt));

/** What of it is drawn: its outline, and whether villages are told apart by shades. */
export function drawnOf(doubt) {
  const villages = (doubt?.villages ?? []).filter(({ p }) => p >= LEAST);
  return { outline: Boolean(doubt && shapeOf(doubt)), shades: villages.length > 1 };
}

function shapeOf(doubt) {
  if (doubt.shape) return tellsNothing(doubt) ? null : doubt.shape;
  return doubt.point ? circleOf(doubt) : null;
}

// "Somewhere in the regency" around the villages that it rather is: the shades say more.
function tellsNothing({ shape, villages = [] }) {
  const [[west, south], [east, north]] = boundsOf(shape);
  return Math.max(east - west, north - south) > BROAD_DEG && villages.some(({ p }) => p >= 0.1);
}

function shade(map, villages) {
  const codes = villages.map(({ code }) => code);
  const among = codes.length ? ["in", ["get", "code"], ["literal", codes]] : NONE;
  map.setFilter("village-chance", among);
  map.setFilter("village-chance-line", among);
  const told = villages.filter(({ p }) => p >= NAMED).map(({ code }) => code);
  const named = told.length ? ["in", ["get", "code"], ["literal", told]] : NONE;
  map.setFilter("chance-name", named);
  map.setFilter("village-name", ["!", named]);
  if (!codes.length) return;
  map.setPaintProperty("village-chance", "fill-opacity", byVillage(villages, shadeOf, 0));
  map.setLayoutProperty("chance-name", "text-field", [
    "concat",
    ["get", "name"],
    byVillage(villages, ({ p }) => (p < 0.9995 ? `\n${percent(p)}` : ""), ""),
  ]);
}

const byVillage = (villages, said, otherwise) => [
  "match",
  ["get", "code"],
  ...villages.flatMap((village) => [village.code, said(village)]),
  otherwise,
];

// The one village that it is needs no more than a tint.
const shadeOf = ({ p }) => (p > SURE ? 0.12 : Number((0.06 + 0.42 * p).toFixed(3)));

function circleOf({ point, lon, lat, radius_m }) {
  const centre = point ?? (lon === undefined ? null : { lon, lat });
  if (!centre || !radius_m) return null;
  const high = radius_m / METRES_A_DEGREE;
  const wide = high / Math.cos((centre.lat * Math.PI) / 180);
  const ring = Array.from({ length: 65 }, (_corner, index) => {
    const angle = (index / 32) * Math.PI;
    return [centre.lon + wide * Math.cos(angle), centre.lat + high * Math.sin(angle)];
  });
  return { type: "Polygon", coordinates: [ring] };
}
