/** The map's style: our own tiles only, colours from the tokens of the page. */

import { UNSURE } from "../incident_words.js";
import { basemapLayers, basemapSources, shadeOpacity } from "./basemap.js";
import { colour } from "./colour.js";
import {
  EMPTY,
  FONT,
  NOTHING,
  UNDER_BORDERS,
  VILLAGES,
  borderLayers,
  chosenVillage,
  layerMaker,
  unitAreas,
  unitSigns,
  unitSources,
  villageNames,
  villageSource,
} from "./layers.js";

/** From how many open incidents a village is in each class; the first class is none. */
export const LOAD_STEPS = [1, 2, 4, 7];

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
  const layer = layerMaker(themePaint());
  return {
    version: 8,
    sources: {
      ...basemapSources(),
      villages: villageSource(edition),
      doubt: { type: "geojson", data: EMPTY },
      ways: { type: "geojson", data: EMPTY },
      ...unitSources(),
      incidents: { type: "geojson", data: EMPTY },
    },
    layers: [
      layer("sea", { type: "background" }),
      ...basemapLayers(),
      layer(
        "village-fill",
        { type: "fill", ...VILLAGES },
        { "fill-opacity": shadeOpacity(), ...UNDER_BORDERS },
      ),
      layer(
        "village-pale",
        { type: "fill", ...VILLAGES, filter: NOTHING },
        {
          "fill-opacity": 0.78,
        },
      ),
      layer(
        "village-chance",
        { type: "fill", ...VILLAGES, filter: NOTHING },
        { "fill-opacity": 0 },
      ),
      layer("village-reach", { type: "fill", ...VILLAGES, filter: NOTHING }),
      ...borderLayers(layer),
      layer(
        "village-chance-line",
        { type: "line", ...VILLAGES, filter: NOTHING },
        { "line-width": 1.5, "line-dasharray": [3, 2] },
      ),
      chosenVillage(layer, 3),
      layer("doubt-fill", { type: "fill", source: "doubt" }, { "fill-opacity": 0.08 }),
      layer(
        "doubt-line",
        { type: "line", source: "doubt" },
        {
          "line-width": 2,
          "line-dasharray": [3, 2],
        },
      ),
      villageNames(layer),
      ...unitAreas(layer),
      ...wayLayers(layer),
      layer(
        "unit-ring",
        { type: "circle", source: "units", filter: ["==", ["id"], -1] },
        { "circle-radius": 18, "circle-opacity": 0, "circle-stroke-width": 2.5 },
      ),
      ...unitSigns(layer, 10),
      // Over the units: while a place is in doubt its chances matter more.
      layer(
        "chance-name",
        {
          type: "symbol",
          source: "villages",
          "source-layer": "labels",
          filter: NOTHING,
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
