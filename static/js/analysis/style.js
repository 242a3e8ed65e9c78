/** The style of an analysis' map: places by class, the sure ones ringed, clusters, a grid, notes. */

import { basemapLayers, basemapSources } from "../map/basemap.js";
import { colour } from "../map/colour.js";
import {
  EMPTY,
  FONT,
  NOTHING,
  VILLAGES,
  borderLayers,
  layerMaker,
  villageNames,
  villageSource,
} from "../map/layers.js";
import { COLOURS, mixed } from "./classes.js";

const CLASS = ["coalesce", ["feature-state", "class"], "none"];
const SURE = ["boolean", ["feature-state", "sure"], false];
const CHOSEN = ["boolean", ["feature-state", "chosen"], false];

const classColours = () => [
  "match",
  CLASS,
  ...Object.entries(COLOURS).flatMap(([name, made_of]) => [name, mixed(...made_of)]),
  colour("load-0"),
];

/** Paint that hangs on day or night, by layer. */
export function analysisPaint() {
  const label = { "text-color": colour("label"), "text-halo-color": colour("label-halo") };
  return {
    sea: { "background-color": colour("sea") },
    "village-fill": { "fill-color": colour("load-0") },
    "place-fill": { "fill-color": classColours() },
    "place-line": { "line-color": colour("border") },
    "place-sure": { "line-color": colour("ink") },
    "place-chosen": { "line-color": colour("accent") },
    "village-line": { "line-color": colour("border") },
    "district-line": { "line-color": colour("border") },
    "village-name": label,
    "place-word": { "text-color": colour("ink"), "text-halo-color": colour("label-halo") },
    cluster: { "fill-color": colour("load-3") },
    "cluster-line": { "line-color": colour("ink") },
    "cluster-word": { "text-color": colour("ink"), "text-halo-color": colour("label-halo") },
    note: {
      "circle-color": colour("raised"),
      "circle-stroke-color": colour("accent"),
    },
    "note-word": { "text-color": colour("ink") },
  };
}

const placeLayers = (layer) => [
  layer("place-fill", { type: "fill", source: "places" }, { "fill-opacity": 0.9 }),
  layer(
    "place-unknown",
    { type: "fill", source: "places", filter: NOTHING },
    { "fill-pattern": "hatch" },
  ),
  layer("place-line", { type: "line", source: "places" }, { "line-width": 0.5 }),
];

// What is more than chance is ringed: nobody needs to see colours to find it.
const sureLayers = (layer) => [
  layer(
    "place-sure",
    { type: "line", source: "places" },
    {
      "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1.6, 12, 3],
      "line-opacity": ["case", SURE, 1, 0],
    },
  ),
  layer(
    "place-chosen",
    { type: "line", source: "places" },
    { "line-width": 4, "line-opacity": ["case", CHOSEN, 1, 0] },
  ),
];

const word = (size) => ({
  "text-field": ["get", "word"],
  "text-font": FONT,
  "text-size": size,
  "text-max-width": 8,
  "text-padding": 2,
});

const clusterLayers = (layer) => [
  layer("cluster", { type: "fill", source: "clusters" }, { "fill-opacity": 0.3 }),
  layer(
    "cluster-line",
    { type: "line", source: "clusters" },
    {
      "line-width": ["case", ["boolean", ["get", "sure"], true], 2.5, 1.2],
      "line-dasharray": [3, 1.5],
    },
  ),
];

const wordLayers = (layer) => [
  layer(
    "place-word",
    { type: "symbol", source: "words", layout: word(11) },
    { "text-halo-width": 1.8 },
  ),
  layer(
    "cluster-word",
    {
      type: "symbol",
      source: "cluster_words",
      layout: { ...word(13), "text-allow-overlap": true },
    },
    { "text-halo-width": 2 },
  ),
];

const noteLayers = (layer) => [
  layer(
    "note",
    { type: "circle", source: "notes" },
    {
      "circle-radius": ["case", ["==", ["get", "number"], ""], 5, 11],
      "circle-stroke-width": 2.5,
    },
  ),
  layer("note-word", {
    type: "symbol",
    source: "notes",
    layout: {
      "text-field": ["get", "number"],
      "text-font": FONT,
      "text-size": 12,
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
  }),
];

/** The style for an edition of the boundaries. */
export function analysisStyle(edition) {
  const layer = layerMaker(analysisPaint());
  const geojson = { type: "geojson", data: EMPTY };
  return {
    version: 8,
    sources: {
      ...basemapSources(),
      villages: villageSource(edition),
      places: { ...geojson, promoteId: "id" },
      words: geojson,
      clusters: geojson,
      cluster_words: geojson,
      notes: geojson,
    },
    layers: [
      layer("sea", { type: "background" }),
      ...basemapLayers(),
      layer("village-fill", { type: "fill", ...VILLAGES }, { "fill-opacity": 0.6 }),
      ...placeLayers(layer),
      ...clusterLayers(layer),
      ...borderLayers(layer),
      ...sureLayers(layer),
      villageNames(layer),
      ...wordLayers(layer),
      ...noteLayers(layer),
    ],
  };
}
