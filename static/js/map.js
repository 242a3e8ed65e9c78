/** The map: villages as vector tiles, incidents and units as signs. With map/, all that knows MapLibre. */

import { AttributionControl, Map as Ground, NavigationControl, ScaleControl } from "maplibre-gl";
import { unitIcon } from "./incident_words.js";
import { partUnits } from "./map/areas.js";
import { boundsOfDoubt, drawDoubt, drawnOf } from "./map/doubt.js";
import { around, overlays } from "./map/overlays.js";
import { makePin } from "./map/pin.js";
import { mapStyle, themePaint } from "./map/style.js";
import { putPriorityImages, putUnitImages, unitImageName } from "./map/symbols.js";
import { t } from "./words.js";

const PADDING = 24;
const AREAS_MS = 5000; // areas of units that are silent grow on the map, too

/** Why there can be no map, in words; null when there can be one. */
export function whyNoMap() {
  if (!document.querySelector("[data-bbox]")?.dataset.bbox) return t("map.no_edition");
  return document.createElement("canvas").getContext("webgl2") ? null : t("map.no_webgl");
}

/**
 * A map in the element, fitted to its data-bbox unless a view {zoom, lat, lon} is given.
 * `ready` resolves when it has drawn what was shown first.
 */
export function openMap(element, { view = null, still = false } = {}) {
  const { bbox, edition, editionName } = element.closest("[data-bbox]").dataset;
  const [west, south, east, north] = bbox.split(",").map(Number);
  const home = [
    [west, south],
    [east, north],
  ];
  const map = new Ground({
    container: element,
    style: mapStyle(edition),
    ...(view
      ? { center: [view.lon, view.lat], zoom: view.zoom }
      : { bounds: home, fitBoundsOptions: { padding: PADDING } }),
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
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-right");
  map.addControl(
    new AttributionControl({
      compact: false,
      customAttribution: t("map.source", { edition: editionName }),
    }),
    "bottom-right",
  );
  const loaded = new Promise((resolve) => map.once("load", resolve)).then(() =>
    putPriorityImages(map),
  );
  const facade = {
    map,
    home,
    loaded,
    ...signs(map, loaded),
    ...overlays(map, loaded),
    ...choices(map, loaded),
  };
  facade.ready = loaded.then(() => facade.shown).then(() => idle(map));
  addEventListener("themechange", () => loaded.then(() => repaint(map, facade)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    loaded.then(() => repaint(map, facade)),
  );
  return facade;
}

function signs(map, loaded) {
  const icons = new Set();
  const shades = new Map();
  let units = [];
  let tell_shown;
  const shown = new Promise((resolve) => (tell_shown = resolve));
  const set = (source, features) =>
    map.getSource(source).setData({ type: "FeatureCollection", features });

  function drawUnits() {
    const { dots, areas, names } = partUnits(units);
    set("units", dots.map(withImage));
    set("areas", areas);
    set("area_names", names);
    return areas.length;
  }
  setInterval(() => map.getSource("areas") && units.some(withGrowth) && drawUnits(), AREAS_MS);

  return {
    shown,
    icons,
    async showIncidents(features) {
      await loaded;
      set(
        "incidents",
        features.filter((feature) => feature.geometry),
      );
      tell_shown();
    },
    async showUnits(features) {
      await loaded;
      const news = features
        .map((f) => unitIcon(f.properties.unit_kind))
        .filter((i) => !icons.has(i));
      for (const name of news) icons.add(name);
      await putUnitImages(map, new Set(news));
      units = features;
      drawUnits();
    },
    async showLoad(load) {
      await loaded;
      for (const [code, { open }] of Object.entries(load)) {
        if (shades.get(code) === open) continue;
        shades.set(code, open);
        map.setFeatureState({ source: "villages", sourceLayer: "villages", id: code }, { open });
      }
    },
    /** Where something may be, as in map/doubt.js; the legend's line says what is drawn. */
    async showDoubt(doubt) {
      await loaded;
      drawDoubt(map, set, doubt);
      showDoubtWords(doubt);
    },
  };
}

const withGrowth = ({ properties }) => Boolean(properties.growth);

function withImage(feature) {
  const facts = feature.properties;
  const image = unitImageName(
    unitIcon(facts.unit_kind),
    facts.state,
    facts.assumed || !facts.fix_at,
  );
  return { ...feature, properties: { ...facts, image } };
}

function choices(map, loaded) {
  let fitted = null;
  return {
    /** onChoose("incident" | "unit", id) for a click on a sign; onGround({lon, lat}) elsewhere. */
    onClick({ onChoose = () => {}, onGround = () => {} }) {
      map.on("click", (event) => {
        const [sign] = map.queryRenderedFeatures(around(event.point), {
          layers: ["incidents", "units", "unit-area-name"],
        });
        if (sign) onChoose(sign.layer.id === "incidents" ? "incident" : "unit", sign.id);
        else onGround({ lon: event.lngLat.lng, lat: event.lngLat.lat });
      });
      for (const layer of ["incidents", "units", "unit-area-name"]) {
        map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
        map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
      }
    },
    async choose(id) {
      await loaded;
      map.setFilter("incident-ring", ["==", ["id"], id ?? -1]);
    },
    async chooseVillage(code) {
      await loaded;
      map.setFilter("village-chosen", ["==", ["get", "code"], code ?? ""]);
    },
    /** One village in full colour, all others pale. */
    async paleBut(code) {
      await loaded;
      map.setFilter("village-pale", ["!=", ["get", "code"], code]);
      map.setFilter("village-chosen", ["==", ["get", "code"], code]);
    },
    /** Names of the villages whose tiles are there, by code. */
    villageNames() {
      const drawn = map.querySourceFeatures("villages", { sourceLayer: "villages" });
      return new Map(drawn.map(({ properties }) => [properties.code, properties.name]));
    },
    fit(bounds, padding = PADDING) {
      map.resize();
      map.fitBounds(bounds, { padding, maxZoom: 15, animate: calm() });
    },
    /** The same, once for each thing: whoever has moved the map since keeps the view. */
    fitOnce(id, bounds) {
      if (id === fitted) return;
      fitted = id;
      map.resize(); // what was opened beside it has taken room
      map.fitBounds(bounds, { padding: 48, maxZoom: 13.5, animate: calm() });
    },
    /** Where most of these lie: an island far off does not make the map too small to read. */
    fitMost(features) {
      const points = features.filter(({ geometry }) => geometry).map((f) => f.geometry.coordinates);
      if (points.length === 0) return;
      const [west, east] = middle(points.map(([lon]) => lon));
      const [south, north] = middle(points.map(([, lat]) => lat));
      map.fitBounds(
        [
          [west, south],
          [east, north],
        ],
        { padding: 40, maxZoom: 13, animate: calm() },
      );
    },
    goTo({ lon, lat }, zoom = 14) {
      map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), zoom), animate: calm() });
    },
    /** A place with its doubt around it: the less is known, the wider the view. */
    goToPlace(place) {
      const bounds = boundsOfDoubt(place);
      if (bounds) map.fitBounds(bounds, { padding: roomAround(map), maxZoom: 14, animate: calm() });
      else map.easeTo({ center: [place.lon, place.lat], zoom: 13, animate: calm() });
    },
    /** The same, unless it is in sight already and large enough to be told apart. */
    lookAt(place) {
      if (!inSight(map, boundsOfDoubt(place) ?? [place, place].map(({ lon, lat }) => [lon, lat])))
        this.goToPlace(place);
    },
    view() {
      const { lng, lat } = map.getCenter();
      return { zoom: map.getZoom(), lat, lon: lng };
    },
    onMove: (told) => map.on("moveend", told),
    pin: (told) => makePin(map, told),
  };
}

// All but the outermost tenth on each side.
function middle(values) {
  const sorted = values.sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 10);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

const calm = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

// The card of the chances lies on the left of a wide map.
function roomAround(map) {
  const wide = map.getContainer().clientWidth > 700;
  return { top: 60, right: 60, bottom: 60, left: wide ? 380 : 40 };
}

function inSight(map, corners) {
  const [one, other] = corners.map((corner) => map.project(corner));
  const { clientWidth, clientHeight } = map.getContainer();
  const within = ({ x, y }) => x >= 0 && y >= 0 && x <= clientWidth && y <= clientHeight;
  return within(one) && within(other) && Math.abs(other.x - one.x) > clientWidth / 8;
}

function repaint(map, facade) {
  for (const [layer, paint] of Object.entries(themePaint()))
    for (const [property, value] of Object.entries(paint))
      map.setPaintProperty(layer, property, value);
  putPriorityImages(map);
  putUnitImages(map, facade.icons);
}

function idle(map) {
  return map.loaded() && !map.isMoving()
    ? Promise.resolve()
    : new Promise((resolve) => map.once("idle", () => resolve()));
}

function widened([[west, south], [east, north]]) {
  const wide = (east - west) * 1.2;
  const high = (north - south) * 1.2;
  return [
    [west - wide, south - high],
    [east + wide, north + high],
  ];
}

function showDoubtWords(doubt) {
  const note = document.querySelector("#doubt-note");
  if (!note) return;
  const { outline, shades } = drawnOf(doubt);
  const words = [outline && t("doubt.outline"), shades && t("doubt.shades")].filter(Boolean);
  note.textContent = words.join(" ");
  note.hidden = words.length === 0;
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
