/** The style of the live map: villages by class, signs as tiles, units; colours from the tokens. */

import { basemapLayers, basemapSources, shadeOpacity } from "./basemap.js";
import { CLUSTER_SIZES } from "./cluster_images.js";
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
import { signTiles } from "./sign_tiles.js";

const CLASS = ["coalesce", ["feature-state", "class"], -1];
const DIM = 0.22;

const classColours = () => [
  "match",
  CLASS,
  ...[1, 2, 3, 4].flatMap((number) => [number, colour(`load-${number}`)]),
  colour("load-0"),
];

/** How strongly villages are painted while one class of the legend is held up; null: none is. */
export const classOpacity = (held) =>
  held === null ? shadeOpacity() : ["case", ["==", CLASS, held], 1, DIM];

/** Paint that hangs on day or night, by layer. */
export function loadPaint() {
  const label = { "text-color": colour("label"), "text-halo-color": colour("label-halo") };
  return {
    sea: { "background-color": colour("sea") },
    "village-fill": { "fill-color": classColours() },
    "village-line": { "line-color": colour("border") },
    "district-line": { "line-color": colour("border") },
    "village-chosen": { "line-color": colour("accent") },
    "village-name": label,
    "sign-doubt": { "fill-color": colour("ink") },
    "sign-doubt-line": { "line-color": colour("ink") },
    "unit-area": { "fill-color": colour("ink") },
    "unit-area-line": { "line-color": colour("ink") },
    "unit-area-name": label,
    units: label,
    chosen: { "circle-stroke-color": colour("accent") },
    signs: { "text-color": colour("ink") },
  };
}

const NUMBER = ["get", "n"];
const SEVERAL = [">", NUMBER, 1];

// The most urgent lies on top, the fuller cluster over the emptier.
const ORDER = ["+", ["*", 10, ["-", 5, ["get", "p"]]], ["min", 9, ["log10", NUMBER]]];

const SIGN_IMAGE = [
  "case",
  SEVERAL,
  [
    "concat",
    "cluster-",
    ["get", "p"],
    ["step", NUMBER, "-0", ...CLUSTER_SIZES.slice(1).flatMap(({ from }, i) => [from, `-${i + 1}`])],
  ],
  ["concat", "priority-", ["get", "p"], ["case", ["==", ["get", "unsure"], 1], "-unsure", ""]],
];

function signLayers(layer) {
  const doubt = { source: "signs", "source-layer": "doubt" };
  return [
    layer("sign-doubt", { type: "fill", ...doubt }, { "fill-opacity": 0.07 }),
    layer(
      "sign-doubt-line",
      { type: "line", ...doubt },
      { "line-width": 1.4, "line-dasharray": [3, 2], "line-opacity": 0.8 },
    ),
  ];
}

function signsOnTop(layer) {
  return [
    layer(
      "chosen",
      { type: "circle", source: "chosen" },
      { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-width": 3 },
    ),
    layer("signs", {
      type: "symbol",
      source: "signs",
      "source-layer": "incidents",
      layout: {
        "icon-image": SIGN_IMAGE,
        "icon-size": ["case", SEVERAL, 1, 0.9],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "text-field": ["case", SEVERAL, ["number-format", NUMBER, { locale: numbersOf() }], ""],
        "text-font": FONT,
        "text-size": ["step", NUMBER, 12.5, 1000, 13],
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ORDER,
      },
    }),
  ];
}

const numbersOf = () => (document.documentElement.lang === "en" ? "en-GB" : "id-ID");

// Before that zoom, clusters would hide half of the words.
const AREAS_NAMED_FROM = 11;

const groundLayers = (layer) => [
  layer("sea", { type: "background" }),
  ...basemapLayers(),
  layer(
    "village-fill",
    { type: "fill", ...VILLAGES },
    { "fill-opacity": classOpacity(null), ...UNDER_BORDERS },
  ),
  layer(
    "village-unknown",
    { type: "fill", ...VILLAGES, filter: NOTHING },
    { "fill-pattern": "hatch", ...UNDER_BORDERS },
  ),
  ...borderLayers(layer),
  chosenVillage(layer, 3.5),
];

/** The style for an edition of the boundaries; `query` filters the signs, null leaves them out. */
export function loadStyle(edition, query) {
  const layer = layerMaker(loadPaint());
  const with_signs = query !== null;
  return {
    version: 8,
    sources: {
      ...basemapSources(),
      villages: villageSource(edition),
      ...(with_signs && { signs: { type: "vector", tiles: signTiles(query), maxzoom: 18 } }),
      ...unitSources(),
      chosen: { type: "geojson", data: EMPTY },
    },
    layers: [
      ...groundLayers(layer),
      ...(with_signs ? signLayers(layer) : []),
      villageNames(layer),
      ...unitAreas(layer),
      ...unitSigns(layer, AREAS_NAMED_FROM),
      ...(with_signs ? signsOnTop(layer) : []),
    ],
  };
}
