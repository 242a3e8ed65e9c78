/** Where the likely villages lie, so that the map can go there: each is asked about once. */

import { get, withQuery } from "./api.js";

const LIKELY = 0.1;
const known = new Map();

/** [[west, south], [east, north]] of the likely ones; null where none is likely, or none is known. */
export async function boundsOfLikely(villages = []) {
  const codes = villages.filter(({ p }) => p >= LIKELY).map(({ code }) => code);
  const boxes = (await Promise.all(codes.map(boxOf))).filter(Boolean);
  if (!boxes.length) return null;
  const side = (at, pick) => pick(...boxes.map((box) => box[at]));
  return [
    [side(0, Math.min), side(1, Math.min)],
    [side(2, Math.max), side(3, Math.max)],
  ];
}

async function boxOf(code) {
  if (!known.has(code)) {
    const asked = get(withQuery("/api/villages/outline", { village: code }));
    known.set(
      code,
      asked.then(
        ({ bbox }) => bbox,
        () => known.delete(code) && null,
      ),
    );
  }
  return known.get(code);
}
