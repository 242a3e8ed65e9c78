/** What is laid over the map for a while, and what lies under a point of it. */

import { drawCover } from "./cover.js";

// A finger is not a needle: look a little around the point.
export const around = ({ x, y }, reach = 8) => [
  [x - reach, y - reach],
  [x + reach, y + reach],
];

/** What is laid over the ground for a while: a way, the reach. */
export function overlays(map, loaded) {
  return {
    /** A line of [lon, lat] from a unit to an incident; `crow` where it is no road. Null: none. */
    async showWay(line, { crow = false } = {}) {
      await loaded;
      const features = line
        ? [
            {
              type: "Feature",
              properties: { crow },
              geometry: { type: "LineString", coordinates: line },
            },
          ]
        : [];
      map.getSource("ways").setData({ type: "FeatureCollection", features });
    },
    async showCover(villages) {
      await loaded;
      drawCover(map, villages);
    },
    /** Which incident lies under a point of the window; null for none. */
    incidentAt({ x, y }) {
      const { left, top } = map.getCanvas().getBoundingClientRect();
      const spot = around({ x: x - left, y: y - top }, 14);
      return map.queryRenderedFeatures(spot, { layers: ["incidents"] })[0]?.id ?? null;
    },
    async chooseUnit(id) {
      await loaded;
      map.setFilter("unit-ring", ["==", ["id"], id ?? -1]);
    },
  };
}
