/** Layers that every map of ours has: villages with their lines and names, units with their areas. */

export const EMPTY = { type: "FeatureCollection", features: [] };
/** A filter that lets nothing through. */
export const NOTHING = ["literal", false];
// Labels are drawn with the fonts of the machine: the style names no glyph server.
export const FONT = ["system-ui", "sans-serif"];
export const VILLAGES = { source: "villages", "source-layer": "villages" };
const BORDERS = { source: "villages", "source-layer": "borders" };
/** Areas whose edges a border lies on: to draw these smooth as well is a second pass over every corner. */
export const UNDER_BORDERS = { "fill-antialias": false };

/** The villages' shapes: tiles that never change within one edition. */
export function villageSource(edition) {
  const path = `/api/tiles/villages/${encodeURIComponent(edition)}/{z}/{x}/{y}`;
  // With the mark of their drawing the browser keeps them for ever.
  const mark = document.querySelector("[data-drawing]")?.dataset.drawing;
  return {
    type: "vector",
    tiles: [location.origin + path + (mark ? `?d=${mark}` : "")],
    minzoom: 6,
    maxzoom: 14,
    promoteId: { villages: "code" },
  };
}

/** Sources of units and of the areas in which units are. */
export const unitSources = () => ({
  units: { type: "geojson", data: EMPTY },
  areas: { type: "geojson", data: EMPTY },
  area_names: { type: "geojson", data: EMPTY },
});

/** A maker of layers whose paint hangs on day or night. */
export const layerMaker =
  (paint) =>
  (id, facts, more = {}) => ({ id, ...facts, paint: { ...paint[id], ...more } });

// Each border comes once: drawn for the village on either side it would be as dark as this.
const BORDER_OPACITY = 0.94;

export const borderLayers = (layer) => [
  layer(
    "village-line",
    { type: "line", ...BORDERS, filter: ["==", ["get", "between"], "village"] },
    {
      "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 11, 0.9, 14, 2],
      "line-opacity": BORDER_OPACITY,
    },
  ),
  layer(
    "district-line",
    { type: "line", ...BORDERS, filter: ["==", ["get", "between"], "district"] },
    { "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1, 12, 2] },
  ),
];

export const chosenVillage = (layer, width) =>
  layer("village-chosen", { type: "line", ...VILLAGES, filter: NOTHING }, { "line-width": width });

export const villageNames = (layer) =>
  layer(
    "village-name",
    {
      type: "symbol",
      source: "villages",
      "source-layer": "labels",
      minzoom: 10.5,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 10.5, 10.5, 14, 14],
        "text-max-width": 7,
        "text-padding": 4,
      },
    },
    { "text-halo-width": 1.6 },
  );

export const unitAreas = (layer) => [
  layer("unit-area", { type: "fill", source: "areas" }, { "fill-opacity": 0.07 }),
  layer(
    "unit-area-line",
    { type: "line", source: "areas" },
    { "line-width": 1.5, "line-dasharray": [2, 2], "line-opacity": 0.8 },
  ),
];

/**
 * Units, and the names of the areas in which units are.
 *
 * An area is named from zoom `from` on; before that it is too small to see, and the unit stands as
 * one whose place is a guess.
 */
export function unitSigns(layer, from) {
  const named = { "text-font": FONT, "text-size": 11.5 };
  const sign = {
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
  };
  const units = {
    ...named,
    ...sign,
    "icon-image": ["get", "image"],
    "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.45, 10, 0.7, 12, 1],
    "text-field": ["step", ["zoom"], "", 11.5, ["get", "call_sign"]],
    "text-offset": [0, 1.15],
    "text-anchor": "top",
    "text-optional": true,
  };
  const areas = {
    ...named,
    ...sign,
    "icon-image": ["step", ["zoom"], ["get", "image"], from, ""],
    "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.45, 10, 0.7],
    "text-field": ["step", ["zoom"], "", from, ["get", "name"]],
    "text-allow-overlap": true,
  };
  const halo = { "text-halo-width": 1.6 };
  return [
    layer("units", { type: "symbol", source: "units", layout: units }, halo),
    layer("unit-area-name", { type: "symbol", source: "area_names", layout: areas }, halo),
  ];
}
