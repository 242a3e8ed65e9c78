/** A map without what lies on it: fitted to the regency, with its controls, quiet on any screen. */

import { AttributionControl, Map as Ground, NavigationControl, ScaleControl } from "maplibre-gl";
import "./worker.js";
import { t } from "../words.js";
import { basemapName } from "./basemap.js";

export const PADDING = 24;

/** Why there can be no map, in words; null when there can be one. */
export function whyNoMap() {
  if (!document.querySelector("[data-bbox]")?.dataset.bbox) return t("map.no_edition");
  return document.createElement("canvas").getContext("webgl2") ? null : t("map.no_webgl");
}

/**
 * A map in the element, fitted to where most villages lie unless a view {zoom, lat, lon} is given.
 * `room`: what stays free at the edges, in points.
 * @param style (edition) => a MapLibre style
 * @returns {{map, home: number[][], most: number[][], loaded: Promise}} `home`: bounds of all
 *   villages, `most`: of where most lie, `loaded`: once the style can be drawn on
 */
export function openGround(element, style, { view = null, room = PADDING, still = false } = {}) {
  const { bbox, most: inner, edition, editionName } = element.closest("[data-bbox]").dataset;
  const home = cornersOf(bbox);
  const most = inner ? cornersOf(inner) : home;
  const map = new Ground({
    container: element,
    style: style(edition),
    ...(view
      ? { center: [view.lon, view.lat], zoom: view.zoom }
      : { bounds: most, fitBoundsOptions: { padding: room } }),
    maxBounds: widened(home),
    maxZoom: 18,
    attributionControl: false,
    dragRotate: false,
    touchPitch: false,
    pitchWithRotate: false,
    cooperativeGestures: still,
    fadeDuration: 0, // a new dot is there at once
    locale: MAP_WORDS(),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.once("style.load", () => dropSky(map));
  addControls(map, editionName);
  return { map, home, most, loaded: new Promise((resolve) => map.once("load", resolve)) };
}

/**
 * MapLibre draws a sky over the whole window in each frame, transparent and above what a map seen from
 * straight above shows. Without a graphics card that is a quarter of the frame; no option leaves it out.
 */
function dropSky(map) {
  if (map.style?.sky) map.style.sky.getEvaluated = () => undefined;
}

function cornersOf(words) {
  const [west, south, east, north] = words.split(",").map(Number);
  return [
    [west, south],
    [east, north],
  ];
}

function addControls(map, editionName) {
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-right");
  const sources = [t("map.source", { edition: editionName }), basemapName()].filter(Boolean);
  map.addControl(
    new AttributionControl({ compact: false, customAttribution: sources }),
    "bottom-right",
  );
}

/** Once all that is to be drawn is drawn and the map stands still. */
export function idle(map) {
  return map.loaded() && !map.isMoving()
    ? Promise.resolve()
    : new Promise((resolve) => map.once("idle", () => resolve()));
}

/** Whether the map may glide; some get sick of it. */
export const calm = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Tell of each change between day and night, once the map can be painted. */
export function onTheme(loaded, repaint) {
  const told = () => loaded.then(repaint);
  addEventListener("themechange", told);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", told);
}

/** Put the paint of a style's layers anew; layers that this map has not are left out. */
export function paintAnew(map, paints) {
  for (const [layer, paint] of Object.entries(paints))
    if (map.getLayer(layer))
      for (const [property, value] of Object.entries(paint))
        map.setPaintProperty(layer, property, value);
}

/**
 * Bounds of where most of these [lon, lat] lie: an island far off does not make the map too small
 * to read. Null where there are none.
 */
export function mostOf(points) {
  if (points.length === 0) return null;
  const [west, east] = middle(points.map(([lon]) => lon));
  const [south, north] = middle(points.map(([, lat]) => lat));
  return [
    [west, south],
    [east, north],
  ];
}

// All but the outermost tenth on each side.
function middle(values) {
  const sorted = values.sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 10);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

function widened([[west, south], [east, north]]) {
  const wide = (east - west) * 1.2;
  const high = (north - south) * 1.2;
  return [
    [west - wide, south - high],
    [east + wide, north + high],
  ];
}

const MAP_WORDS = () => ({
  "NavigationControl.ZoomIn": t("map.zoom_in"),
  "NavigationControl.ZoomOut": t("map.zoom_out"),
  "Map.Title": t("map.title"),
  "Marker.Title": t("map.pin"),
  "CooperativeGesturesHandler.WindowsHelpText": t("map.two_hands"),
  "CooperativeGesturesHandler.MacHelpText": t("map.two_hands"),
  "CooperativeGesturesHandler.MobileHelpText": t("map.two_fingers"),
});
