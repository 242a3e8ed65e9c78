/** Points inside areas: where to put a pin when only the area is known. */

const STEPS = 28;

/**
 * A point in the area, and in the other shape too where both meet; the one nearest to the middle
 * of all such points. Shapes are GeoJSON; null when the area holds none of the points tried.
 * @returns {{lon: number, lat: number} | null}
 */
export function middleWithin(area, shape = null) {
  const inside = gridOver(area).filter(([lon, lat]) => holds(area, lon, lat));
  const both = shape ? inside.filter(([lon, lat]) => holds(shape, lon, lat)) : [];
  const points = both.length ? both : inside;
  if (!points.length) return null;
  const middle = [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
  const away = (p) => Math.hypot(p[0] - middle[0], p[1] - middle[1]);
  const [lon, lat] = points.reduce((best, p) => (away(p) < away(best) ? p : best));
  return { lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)) };
}

/** The corners [[west, south], [east, north]] of a GeoJSON geometry; null for none. */
export function boundsOf(geometry) {
  const spots = geometry ? flat(geometry) : [];
  if (!spots.length) return null;
  const [lons, lats] = [0, 1].map((axis) => spots.map((spot) => spot[axis]));
  return [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ];
}

function gridOver(area) {
  const [[west, south], [east, north]] = boundsOf(area);
  const places = Array.from({ length: STEPS }, (_one, index) => (index + 0.5) / STEPS);
  return places.flatMap((x) =>
    places.map((y) => [west + x * (east - west), south + y * (north - south)]),
  );
}

function flat({ type, coordinates, geometries }) {
  if (type === "GeometryCollection") return geometries.flatMap(flat);
  return typeof coordinates[0] === "number" ? [coordinates] : deep(coordinates);
}

const deep = (list) => (typeof list[0][0] === "number" ? list : list.flatMap(deep));

function holds({ type, coordinates, geometries }, lon, lat) {
  if (type === "GeometryCollection") return geometries.some((one) => holds(one, lon, lat));
  if (type === "MultiPolygon") return coordinates.some((rings) => inRings(rings, lon, lat));
  return type === "Polygon" && inRings(coordinates, lon, lat);
}

// Even and odd crossings: a hole turns inside to outside again.
const inRings = (rings, lon, lat) =>
  rings.filter((ring) => inRing(ring, lon, lat)).length % 2 === 1;

function inRing(ring, lon, lat) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x, y] = ring[i];
    const [u, v] = ring[j];
    if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
}
