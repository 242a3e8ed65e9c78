/** How far help gets in so many minutes: areas on the map whose lines carry their minutes. */

import { colour } from "../map/colour.js";
import { onTheme, paintAnew } from "../map/ground.js";
import { EMPTY, FONT, layerMaker } from "../map/layers.js";
import { t } from "../words.js";

const BELOW = "village-line"; // borders and names lie on top
const reach = { source: "reach" };
const MOST_WORDS = 4; // of one limit: its largest parts

/**
 * @param ground what openAnalysisMap gave
 * @returns {{show: (features) => Promise}} areas with their `minutes`, the farthest first
 */
export function openReachLines({ map, loaded }) {
  loaded.then(() => {
    map.addSource("reach", { type: "geojson", data: EMPTY });
    map.addSource("reach_words", { type: "geojson", data: EMPTY });
    const [words, ...below] = reachLayers().reverse();
    for (const layer of below.reverse()) map.addLayer(layer, BELOW);
    map.addLayer(words);
  });
  onTheme(loaded, () => paintAnew(map, reachPaint()));
  return {
    async show(features) {
      await loaded;
      const areas = ranked(features);
      map.getSource("reach").setData(collection(areas));
      map.getSource("reach_words").setData(collection(areas.flatMap(wordsOn)));
    },
  };
}

const collection = (features) => ({ type: "FeatureCollection", features });

/** The minutes at the northern edge of the largest parts: lines inside each other keep apart. */
const wordsOn = ({ properties, geometry }) =>
  (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates)
    .map(([outer]) => outer)
    .filter((ring) => ring?.length)
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_WORDS)
    .map((ring) => ring.reduce((top, at) => (at[1] > top[1] ? at : top)))
    .map((coordinates) => ({
      type: "Feature",
      properties,
      geometry: { type: "Point", coordinates },
    }));

/** The nearest of all has rank 0, whatever the minutes are. */
const ranked = (features) =>
  features.map((feature) => {
    const { minutes } = feature.properties;
    const rank = limitsOf(features).indexOf(minutes);
    const word = t("analysis.within", { n: minutes });
    return { ...feature, properties: { minutes, rank, word } };
  });

const limitsOf = (features) =>
  [...new Set(features.map(({ properties }) => properties.minutes))].sort((a, b) => a - b);

/** Rows of the legend: what is reached within each limit, the nearest first. */
export const reachRows = (features) =>
  [...features].reverse().map(({ properties: { minutes, km2 } }, at) => ({
    colour: `reach-${Math.min(at, 3)}`,
    said: t("analysis.reach_row", { n: minutes, km2 }),
  }));

const reachPaint = () => ({
  "reach-fill": { "fill-color": colour("accent") },
  "reach-line": { "line-color": colour("accent") },
  "reach-word": { "text-color": colour("ink"), "text-halo-color": colour("label-halo") },
});

function reachLayers() {
  const layer = layerMaker(reachPaint());
  return [
    layer("reach-fill", { type: "fill", ...reach }, { "fill-opacity": 0.17 }),
    layer(
      "reach-line",
      { type: "line", ...reach },
      { "line-width": ["match", ["get", "rank"], 0, 2.4, 1, 1.8, 1.2] },
    ),
    layer(
      "reach-word",
      {
        type: "symbol",
        source: "reach_words",
        layout: {
          "text-field": ["get", "word"],
          "text-font": FONT,
          "text-size": 12,
          "text-padding": 1,
          "symbol-sort-key": ["-", 0, ["get", "rank"]],
        },
      },
      { "text-halo-width": 2 },
    ),
  ];
}
