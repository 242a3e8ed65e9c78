/** The map's style: our own tiles only, colours from the tokens of the page. */

import { UNSURE } from "../incident_words.js";
import { basemapLayers, basemapSources, shadeOpacity } from "./basemap.js";
import { colour } from "./colour.js";

/** From how many open incidents a village is in each class; the first class is none. */
export const LOAD_STEPS = [1, 2, 4, 7];

const EMPTY = { type: "FeatureCollection", features: [] };
// Labels are drawn with the fonts of the machine: the style names no glyph server.
export const FONT = ["system-ui", "sans-serif"];

/**
 * The sign of an area in which a unit is, by zoom: named from `from` on; before that, the area
 * is too small to see, and the unit stands as one whose place is a guess.
 */
export const areaSign = (from) => ({
  "icon-image": ["step", ["zoom"], ["get", "image"], from, ""],
  "icon-allow-overlap": true,
  "icon-ignore-placement": true,
  "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.45, 10, 0.7],
  "text-field": ["step", ["zoom"], "", from, ["get", "name"]],
  "text-allow-overlap": true,
});

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

function loadColours() {
  const open = ["coalesce", ["feature-state", "open"], 0];
  const steps = LOAD_STEPS.flatMap((from, index) => [from, colour(`load-${index + 1}`)]);
  return ["step", open, colour("load-0"), ...steps];
}

/** Paint that hangs on day or night, by layer: for the first style and for a change of theme. */
export function themePaint() {
  return {
    sea: { "background-color": colour("sea") },
    "village-fill": { "fill-color": loadColours() },
    "village-pale": { "fill-color": colour("load-0") },
    "village-line": { "line-color": colour("border") },
    "district-line": { "line-color": colour("border") },
    "village-chosen": { "line-color": colour("accent") },
    "village-name": { "text-color": colour("label"), "text-halo-color": colour("label-halo") },
    "village-chance": { "fill-color": colour("accent") },
    "village-chance-line": { "line-color": colour("accent") },
    "chance-name": { "text-color": colour("label"), "text-halo-color": colour("label-halo") },
    "doubt-fill": { "fill-color": colour("accent") },
    "doubt-line": { "line-color": colour("accent") },
    "way-casing": { "line-color": colour("raised") },
    way: { "line-color": colour("ink") },
    "way-crow": { "line-color": colour("ink") },
    "unit-area": { "fill-color": colour("ink") },
    "unit-area-line": { "line-color": colour("ink") },
    "unit-area-name": { "text-color": colour("label"), "text-halo-color": colour("label-halo") },
    "unit-ring": { "circle-stroke-color": colour("ink") },
    units: { "text-color": colour("label"), "text-halo-color": colour("label-halo") },
    "incident-ring": { "circle-stroke-color": colour("accent") },
  };
}

// A road is drawn whole, a straight line for want of one dashed: it is no way to drive.
function wayLayers(layer) {
  const rounded = { "line-cap": "round", "line-join": "round" };
  const ways = (crow) => ({
    type: "line",
    source: "ways",
    filter: ["==", ["get", "crow"], crow],
    layout: rounded,
  });
  return [
    layer("way-casing", ways(false), { "line-width": 7, "line-opacity": 0.9 }),
    layer("way", ways(false), { "line-width": 3.5 }),
    layer("way-crow", ways(true), { "line-width": 2, "line-dasharray": [2, 2.5] }),
  ];
}

/** @param {string} edition whose boundaries the tiles show */
export function mapStyle(edition) {
  const paint = themePaint();
  const layer = (id, facts, more = {}) => ({ id, ...facts, paint: { ...paint[id], ...more } });
  const villages = { source: "villages", "source-layer": "villages" };
  return {
    version: 8,
    sources: {
      ...basemapSources(),
      villages: villageSource(edition),
      doubt: { type: "geojson", data: EMPTY },
      ways: { type: "geojson", data: EMPTY },
      areas: { type: "geojson", data: EMPTY },
      area_names: { type: "geojson", data: EMPTY },
      units: { type: "geojson", data: EMPTY },
      incidents: { type: "geojson", data: EMPTY },
    },
    layers: [
      layer("sea", { type: "background" }),
      ...basemapLayers(),
      layer("village-fill", { type: "fill", ...villages }, { "fill-opacity": shadeOpacity() }),
      layer(
        "village-pale",
        { type: "fill", ...villages, filter: ["==", "1", "2"] },
        {
          "fill-opacity": 0.78,
        },
      ),
      layer(
        "village-chance",
        { type: "fill", ...villages, filter: ["==", "1", "2"] },
        { "fill-opacity": 0 },
      ),
      layer("village-reach", { type: "fill", ...villages, filter: ["==", "1", "2"] }),
      layer(
        "village-line",
        { type: "line", ...villages },
        {
          "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 11, 0.9, 14, 2],
          "line-opacity": 0.75,
        },
      ),
      layer(
        "district-line",
        { type: "line", source: "villages", "source-layer": "districts" },
        {
          "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1, 12, 2],
        },
      ),
      layer(
        "village-chance-line",
        { type: "line", ...villages, filter: ["==", "1", "2"] },
        { "line-width": 1.5, "line-dasharray": [3, 2] },
      ),
      layer(
        "village-chosen",
        { type: "line", ...villages, filter: ["==", "1", "2"] },
        {
          "line-width": 3,
        },
      ),
      layer("doubt-fill", { type: "fill", source: "doubt" }, { "fill-opacity": 0.08 }),
      layer(
        "doubt-line",
        { type: "line", source: "doubt" },
        {
          "line-width": 2,
          "line-dasharray": [3, 2],
        },
      ),
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
      ),
      layer("unit-area", { type: "fill", source: "areas" }, { "fill-opacity": 0.07 }),
      layer(
        "unit-area-line",
        { type: "line", source: "areas" },
        { "line-width": 1.5, "line-dasharray": [2, 2], "line-opacity": 0.8 },
      ),
      ...wayLayers(layer),
      layer(
        "unit-ring",
        { type: "circle", source: "units", filter: ["==", ["id"], -1] },
        { "circle-radius": 18, "circle-opacity": 0, "circle-stroke-width": 2.5 },
      ),
      layer(
        "units",
        {
          type: "symbol",
          source: "units",
          layout: {
            "icon-image": ["get", "image"],
            "icon-allow-overlap": true,
            "icon-ignore-placement": true,
            "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.45, 10, 0.7, 12, 1],
            "text-field": ["step", ["zoom"], "", 11.5, ["get", "call_sign"]],
            "text-font": FONT,
            "text-size": 11.5,
            "text-offset": [0, 1.15],
            "text-anchor": "top",
            "text-optional": true,
          },
        },
        { "text-halo-width": 1.6 },
      ),
      layer(
        "unit-area-name",
        {
          type: "symbol",
          source: "area_names",
          layout: {
            ...areaSign(10),
            "text-font": FONT,
            "text-size": 11.5,
          },
        },
        { "text-halo-width": 1.6 },
      ),
      // Over the units: while a place is in doubt its chances matter more.
      layer(
        "chance-name",
        {
          type: "symbol",
          source: "villages",
          "source-layer": "labels",
          filter: ["==", "1", "2"],
          layout: {
            "text-field": ["get", "name"],
            "text-font": FONT,
            "text-size": ["interpolate", ["linear"], ["zoom"], 10, 11.5, 14, 15],
            "text-max-width": 7,
            "text-allow-overlap": true,
          },
        },
        { "text-halo-width": 2 },
      ),
      layer(
        "incident-ring",
        { type: "circle", source: "incidents", filter: ["==", ["id"], -1] },
        { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-width": 3 },
      ),
      layer("incidents", {
        type: "symbol",
        source: "incidents",
        layout: {
          "icon-image": [
            "concat",
            "priority-",
            ["get", "priority"],
            // A place in doubt is never a bare dot: a dashed ring goes around it.
            ["case", [">", ["coalesce", ["get", "doubt"], 0], UNSURE], "-unsure", ""],
          ],
          "icon-allow-overlap": true,
          "icon-ignore-placement": true,
          "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 10, 0.8, 12, 1],
          // The most pressing lies on top.
          "symbol-sort-key": ["-", 5, ["get", "priority"]],
        },
      }),
    ],
  };
}
