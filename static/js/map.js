/** The map: villages as vector tiles, incidents and units as signs. With map/, all that knows MapLibre. */

import { boundsOfDoubt, drawDoubt, drawnOf } from "./map/doubt.js";
import { PADDING, calm, idle, mostOf, onTheme, openGround, paintAnew } from "./map/ground.js";
import { around, overlays } from "./map/overlays.js";
import { makePin } from "./map/pin.js";
import { mapStyle, themePaint } from "./map/style.js";
import { putPriorityImages } from "./map/symbols.js";
import { unitSigns } from "./map/unit_signs.js";
import { t } from "./words.js";

export { whyNoMap } from "./map/ground.js";

/**
 * A map in the element, fitted to where most villages lie unless a view {zoom, lat, lon} is given.
 * `ready` resolves when it has drawn what was shown first.
 */
export function openMap(element, { view = null, still = false } = {}) {
  const ground = openGround(element, mapStyle, { view, still });
  const { map, home, most } = ground;
  const loaded = ground.loaded.then(() => putPriorityImages(map));
  const facade = {
    map,
    home,
    most,
    loaded,
    ...signs(map, loaded),
    ...unitSigns(map, loaded),
    ...overlays(map, loaded),
    ...choices(map, loaded),
  };
  facade.ready = loaded.then(() => facade.shown).then(() => idle(map));
  onTheme(loaded, () => repaint(map, facade));
  return facade;
}

function signs(map, loaded) {
  const shades = new Map();
  let tell_shown;
  const shown = new Promise((resolve) => (tell_shown = resolve));
  const set = (source, features) =>
    map.getSource(source).setData({ type: "FeatureCollection", features });

  return {
    shown,
    async showIncidents(features) {
      await loaded;
      set(
        "incidents",
        features.filter((feature) => feature.geometry),
      );
      tell_shown();
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
      const bounds = mostOf(points);
      if (bounds) map.fitBounds(bounds, { padding: 40, maxZoom: 13, animate: calm() });
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
  paintAnew(map, themePaint());
  putPriorityImages(map);
  facade.repaintUnits();
}

function showDoubtWords(doubt) {
  const note = document.querySelector("#doubt-note");
  if (!note) return;
  const { outline, shades } = drawnOf(doubt);
  const words = [outline && t("doubt.outline"), shades && t("doubt.shades")].filter(Boolean);
  note.textContent = words.join(" ");
  note.hidden = words.length === 0;
}
