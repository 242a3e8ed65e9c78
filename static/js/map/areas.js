/** Units that nobody has heard of for a while: not a dot but an area that grows, with its age. */

import { ageSeconds, ago } from "../format.js";

const METRES_A_DEGREE = 111_195;
const CORNERS = 64;
const LEAST_M = 150; // a smaller circle could not be told from a dot

/**
 * How far a unit may be from where it was last heard.
 * @returns {{age_s: number, radius_m: number} | null} null where its place is as good as known
 */
export function driftOf({ fix, fix_at, growth }) {
  const at = fix?.at ?? fix_at;
  if (!growth || !at) return null;
  const age_s = ageSeconds(at);
  const grown_m = Math.min(growth.most_m, Math.max(0, age_s - growth.after_s) * growth.per_s);
  return grown_m > 0
    ? { age_s, radius_m: Math.max(LEAST_M, grown_m + (fix?.accuracy_m ?? 0)) }
    : null;
}

/** Units apart: those with a place, and the areas of the others, as features of the map. */
export function partUnits(features) {
  const dots = [];
  const areas = [];
  for (const feature of features) {
    if (!feature.geometry) continue;
    const drift = driftOf(feature.properties);
    if (drift) areas.push(areaOf(feature, drift));
    else dots.push(feature);
  }
  return { dots, areas, names: areas.map(nameOf) };
}

function areaOf({ id, geometry, properties }, { radius_m }) {
  const [lon, lat] = geometry.coordinates;
  const at = properties.fix?.at ?? properties.fix_at;
  return {
    type: "Feature",
    id,
    geometry: { type: "Polygon", coordinates: [circle({ lon, lat }, radius_m)] },
    properties: { ...properties, name: `${properties.call_sign}\n${ago(at)}`, lon, lat, unit: id },
  };
}

const nameOf = ({ id, properties }) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [properties.lon, properties.lat] },
  properties,
});

/** A closed ring of [lon, lat] around a point. */
export function circle({ lon, lat }, radius_m) {
  const high = radius_m / METRES_A_DEGREE;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: CORNERS + 1 }, (_corner, index) => {
    const angle = ((index % CORNERS) / CORNERS) * 2 * Math.PI;
    return [lon + wide * Math.cos(angle), lat + high * Math.sin(angle)];
  });
}
