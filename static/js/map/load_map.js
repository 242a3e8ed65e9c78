/** The live map itself: shades by class, signs in tiles that are read anew where they changed. */

import { PADDING, calm, idle, mostOf, onTheme, openGround, paintAnew } from "./ground.js";
import { putClusterImages } from "./cluster_images.js";
import { classOpacity, loadPaint, loadStyle } from "./load_style.js";
import { around } from "./overlays.js";
import { heardUpTo, onWaiting, signTiles, tileAt } from "./sign_tiles.js";
import { putPriorityImages } from "./symbols.js";
import { unitSigns } from "./unit_signs.js";

const NOTHING = ["literal", false];
const GATHER_MS = 250;
const SPREAD_MS = 900; // as in load/feed.js: many screens hear the same
const DEEPEST = 18;
const LEAST_WIDE = 24; // points: a village narrower than this is hard to see

/**
 * The live map in the element. `view` and `room` as in openGround; `query` filters the signs (words of the
 * API), null draws none. `ready` resolves when the first shades and signs are drawn.
 */
export function openLoadMap(element, { view = null, room, query = {} } = {}) {
  const { map, home } = openGround(element, (edition) => loadStyle(edition, query), { view, room });
  // Earlier than "load", which waits for every tile: shades and tiles come side by side.
  const loaded = new Promise((resolve) => map.once("style.load", resolve)).then(() => draw(map));
  const units = unitSigns(map, loaded);
  const shades = shadesOf(map, loaded);
  onTheme(loaded, () => {
    paintAnew(map, loadPaint());
    draw(map);
    units.repaintUnits();
  });
  return {
    map,
    home,
    loaded,
    ...units,
    ...shades,
    ...(query === null ? NO_SIGNS : signsOf(map, loaded)),
    ...chosenOn(map, loaded),
    ...moves(map),
    ready: loaded.then(() => shades.shown).then(() => idle(map)),
  };
}

function draw(map) {
  putPriorityImages(map);
  putClusterImages(map);
}

function shadesOf(map, loaded) {
  const classes = new Map();
  let unknown = "";
  let tell_shown;
  const shown = new Promise((resolve) => (tell_shown = resolve));
  const village = (id) => ({ source: "villages", sourceLayer: "villages", id });

  return {
    shown,
    /** @param villages code to {class}, as in load/measures.js; null classes are hatched */
    async showClasses(villages) {
      await loaded;
      for (const [code, one] of villages) {
        const now = one.class ?? -1;
        if (classes.get(code) === now) continue;
        classes.set(code, now);
        map.setFeatureState(village(code), { class: now });
      }
      const codes = [...villages].filter(([, one]) => one.class === null).map(([code]) => code);
      if (codes.join() !== unknown)
        map.setFilter("village-unknown", ["in", ["get", "code"], ["literal", codes]]);
      unknown = codes.join();
      tell_shown();
    },
    /** Without figures there is nothing to wait for. */
    giveUp: () => tell_shown(),
    /** Hold up one class (0 to 4, -1 the unknown) before the others; null: none. */
    async hold(number) {
      await loaded;
      map.setPaintProperty("village-fill", "fill-opacity", classOpacity(number));
      const striped = number === null || number === -1;
      map.setPaintProperty("village-unknown", "fill-opacity", striped ? 1 : 0.15);
    },
  };
}

const NO_SIGNS = { filter() {}, touched() {}, onWaiting() {}, fitMost() {} };

function signsOf(map, loaded) {
  let due = null;
  let points = [];
  let stale_elsewhere = false; // tiles out of sight are kept, and may be of before

  function refresh() {
    due = null;
    const z = Math.min(DEEPEST, Math.max(0, Math.floor(map.getZoom())));
    if (points === null) map.refreshTiles("signs");
    else map.refreshTiles("signs", unique(points.map((point) => tileAt(point, z))));
    stale_elsewhere = points !== null;
    points = [];
  }
  map.on("moveend", () => {
    if (!stale_elsewhere) return;
    stale_elsewhere = false;
    map.refreshTiles("signs");
  });

  return {
    onWaiting,
    /** Signs of another filter; those of before stay until the new ones are there. */
    async filter(query) {
      await loaded;
      map.getSource("signs").setTiles(signTiles(query));
    },
    /** Something changed at these [lon, lat]; null: anywhere. `cursor`: the screen has heard so far. */
    async touched(there, cursor) {
      heardUpTo(cursor);
      await loaded;
      points = there === null || points === null ? null : [...points, ...there];
      due ??= setTimeout(refresh, GATHER_MS + Math.random() * SPREAD_MS);
    },
    /** Where most signs of those in sight lie. */
    fitMost() {
      const signs = map.querySourceFeatures("signs", { sourceLayer: "incidents" });
      const bounds = mostOf(signs.map(({ geometry }) => geometry.coordinates));
      if (bounds) map.fitBounds(bounds, { padding: 40, maxZoom: 13, animate: calm() });
    },
  };
}

const unique = (tiles) => [
  ...new Map(tiles.map((tile) => [`${tile.z}/${tile.x}/${tile.y}`, tile])).values(),
];

/** What a click means: onCluster, onIncident, onUnit with what lies there, onVillage with a code. */
function chosenOn(map, loaded) {
  const layers = () => ["signs", "units", "unit-area-name"].filter((name) => map.getLayer(name));
  const village = (point) =>
    map.queryRenderedFeatures(point, { layers: ["village-fill"] })[0]?.properties.code ?? null;
  const signAt = (point) => map.queryRenderedFeatures(around(point), { layers: layers() })[0];
  return {
    onClick({ onCluster, onIncident, onUnit, onVillage }) {
      map.on("click", ({ point }) => {
        const sign = signAt(point);
        if (!sign) return onVillage(village(point));
        if (sign.layer.id !== "signs") return onUnit(sign.id);
        const there = clusterOf(sign, map);
        if (there.n > 1) onCluster(there);
        else onIncident(there);
      });
    },
    /** Tell what is under the mouse: a sign as in onCluster, or a village's code; null for nothing. */
    onHover(told) {
      let last = "";
      const say = (point) => {
        const sign = point && signAt(point);
        const there = sign?.layer.id === "signs" ? clusterOf(sign, map) : null;
        const code = point && !sign ? village(point) : null;
        const now = there ? there.cell : (code ?? "");
        map.getCanvas().style.cursor = sign ? "pointer" : "";
        if (now === last) return;
        last = now;
        told(there, code);
      };
      let frame = null;
      map.on("mousemove", ({ point }) => {
        cancelAnimationFrame(frame);
        if (!map.isMoving()) frame = requestAnimationFrame(() => say(point));
      });
      map.on("mouseout", () => say(null));
    },
    /** A ring around a [lon, lat]; null takes it away. */
    async ring(point) {
      await loaded;
      const feature = { type: "Feature", properties: {}, geometry: null };
      const features = point
        ? [{ ...feature, geometry: { type: "Point", coordinates: point } }]
        : [];
      map.getSource("chosen").setData({ type: "FeatureCollection", features });
    },
    async chooseVillage(code) {
      await loaded;
      map.setFilter("village-chosen", code ? ["==", ["get", "code"], code] : NOTHING);
    },
  };
}

/** A sign of the tiles: its figures, its point, and the cell by which the API lists it. */
function clusterOf(sign, map) {
  const { properties, geometry } = sign;
  const z = Math.min(DEEPEST, Math.floor(sign._z ?? map.getZoom()));
  const tile = tileAt(geometry.coordinates, z);
  const cell = [z, tile.x, tile.y, properties.cx, properties.cy].join("/");
  return { ...properties, point: geometry.coordinates, cell };
}

function moves(map) {
  return {
    fit(bounds, { padding = PADDING, maxZoom = 15 } = {}) {
      map.resize();
      map.fitBounds(bounds, { padding, maxZoom, animate: calm() });
    },
    /** The same, unless all of it is in sight and large enough to be told apart. */
    lookAt([southwest, northeast]) {
      const seen = map.getBounds();
      const wide = map.project(northeast).x - map.project(southwest).x;
      if (!seen.contains(southwest) || !seen.contains(northeast) || wide < LEAST_WIDE)
        this.fit([southwest, northeast], { padding: 60, maxZoom: 12.5 });
    },
    goTo([lon, lat], zoom = 14) {
      map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), zoom), animate: calm() });
    },
    deeper([lon, lat]) {
      map.easeTo({ center: [lon, lat], zoom: Math.min(18, map.getZoom() + 2), animate: calm() });
    },
    setView: ({ zoom, lat, lon }) => map.jumpTo({ center: [lon, lat], zoom }),
    atDeepest: () => map.getZoom() >= map.getMaxZoom() - 0.5,
    view() {
      const { lng, lat } = map.getCenter();
      return { zoom: map.getZoom(), lat, lon: lng };
    },
    /** What is in sight: west, south, east, north. */
    bbox() {
      const bounds = map.getBounds();
      return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    },
    onMove: (told) => map.on("moveend", told),
  };
}
