/** The outlines of the areas: from the server once by unit, or with the answer (hexagons). */

import { get } from "../api.js";

const kept = new Map();

/**
 * Features of the areas of an answer, each with its id in its properties.
 * @returns {Promise<object[]>}
 */
export async function shapesOf(answer) {
  if (answer.unit === "heksagon") return answer.places.filter(({ shape }) => shape).map(ofHexagon);
  if (!kept.has(answer.unit)) kept.set(answer.unit, read(answer.unit));
  try {
    return await kept.get(answer.unit);
  } catch (reason) {
    kept.delete(answer.unit); // the next answer asks again
    throw reason;
  }
}

async function read(unit) {
  const { features } = await get(`/api/analyses/shapes?unit=${unit}`);
  return features.map(({ id, geometry, properties }) => feature(String(id), geometry, properties));
}

const feature = (id, geometry, properties) => ({
  type: "Feature",
  geometry,
  properties: { ...properties, id },
});

const ofHexagon = ({ id, name, shape }) => feature(id, shape, { name });

/** The middle of a shape's largest ring, [lon, lat]: where a word is written. */
export function middleOf({ type, coordinates }) {
  const rings = type === "Polygon" ? [coordinates[0]] : coordinates.map(([outer]) => outer);
  const ring = rings.reduce((most, one) =>
    Math.abs(area(one)) > Math.abs(area(most)) ? one : most,
  );
  const whole = area(ring);
  if (!whole) return ring[0];
  let [lon, lat] = [0, 0];
  pairs(ring, ([x1, y1], [x2, y2]) => {
    const part = x1 * y2 - x2 * y1;
    lon += (x1 + x2) * part;
    lat += (y1 + y2) * part;
  });
  return [lon / (6 * whole), lat / (6 * whole)];
}

function area(ring) {
  let twice = 0;
  pairs(ring, ([x1, y1], [x2, y2]) => (twice += x1 * y2 - x2 * y1));
  return twice / 2;
}

function pairs(ring, told) {
  for (let at = 0; at + 1 < ring.length; at++) told(ring[at], ring[at + 1]);
}
