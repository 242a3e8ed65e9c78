/** One map of an analysis: areas by class, clusters, the density as a picture, notes. */

import { circle } from "../map/areas.js";
import { colour } from "../map/colour.js";
import { idle, onTheme, openGround, paintAnew } from "../map/ground.js";
import { putClusterImages } from "../map/cluster_images.js";
import { around } from "../map/overlays.js";
import { densityPicture } from "./density.js";
import { analysisPaint, analysisStyle } from "./style.js";

const NONE = ["literal", false];
const collection = (features) => ({ type: "FeatureCollection", features });

/** @returns the map with show(), week and notes put on it; ready once all of it is drawn */
export function openAnalysisMap(element, { room = 24, view = null } = {}) {
  const { map, home, most } = openGround(element, analysisStyle, { room, view });
  const loaded = new Promise((resolve) => map.once("style.load", resolve));
  loaded.then(() => putClusterImages(map));
  let density = null;
  onTheme(loaded, () => {
    paintAnew(map, analysisPaint());
    putClusterImages(map);
    showDensity(map, density);
  });
  const states = statesOn(map);
  const set = (source, features) => map.getSource(source).setData(collection(features));

  return {
    map,
    home,
    most,
    loaded,
    ready: loaded.then(() => idle(map)),
    /** The areas: features whose properties hold their id. */
    async showShapes(features) {
      await loaded;
      states.forget();
      set("places", features);
    },
    /** How each area is drawn: id to {colour, sure, word}. */
    async showClasses(drawn) {
      await loaded;
      states.put(drawn);
    },
    /** Words on the map: [{id, point, word}]. */
    async showWords(words) {
      await loaded;
      const features = words.map(({ id, point, word }) => pointAt(point, { id, word }));
      set("words", features);
    },
    async showClusters(clusters) {
      await loaded;
      set("clusters", clusters.map(clusterOutline));
      set(
        "cluster_words",
        clusters.map(({ centre, id, word }) => pointAt(centre, { id, word })),
      );
    },
    /** Areas that stand for themselves: features of polygons. */
    async showOutlines(features) {
      await loaded;
      set("clusters", features);
      set("cluster_words", []);
    },
    /** The surface, or null; `steps`: where its shades begin, the same on two maps. */
    async showDensity(grid, steps) {
      await loaded;
      density = grid && { grid, steps };
      showDensity(map, density);
    },
    /** Notes with their numbers: [{id, lon, lat, number}]. */
    async showNotes(notes) {
      await loaded;
      set(
        "notes",
        notes.map(({ id, lon, lat, number }) => pointAt([lon, lat], { id, number })),
      );
    },
    async choose(id) {
      await loaded;
      states.choose(id);
    },
    ...pointing(map),
  };
}

const pointAt = (coordinates, properties) => ({
  type: "Feature",
  properties,
  geometry: { type: "Point", coordinates },
});

function clusterOutline({ id, outline, centre, radius_m, sure }) {
  const [lon, lat] = centre;
  const ring = () => ({ type: "Polygon", coordinates: [circle({ lon, lat }, radius_m || 200)] });
  return {
    type: "Feature",
    properties: { id, sure: sure !== false },
    geometry: outline ?? ring(),
  };
}

/** What the map knows of each area, written only where it changed. */
function statesOn(map) {
  let known = new Map();
  let chosen = null;
  let unknown = "";
  const write = (id, state) => map.setFeatureState({ source: "places", id }, state);

  return {
    forget() {
      map.removeFeatureState({ source: "places" });
      known = new Map();
      chosen = null;
    },
    put(drawn) {
      for (const [id, { colour: name, sure = false }] of drawn) {
        const now = `${name} ${sure}`;
        if (known.get(id) === now) continue;
        known.set(id, now);
        write(id, { class: name, sure });
      }
      const hatched = [...drawn].filter(([, one]) => one.colour === "unknown").map(([id]) => id);
      if (hatched.join() === unknown) return;
      unknown = hatched.join();
      const among = ["in", ["get", "id"], ["literal", hatched]];
      map.setFilter("place-unknown", hatched.length ? among : NONE);
    },
    choose(id) {
      if (chosen !== null) write(chosen, { chosen: false });
      chosen = id;
      if (id !== null) write(id, { chosen: true });
    },
  };
}

function showDensity(map, density) {
  if (map.getLayer("density")) map.removeLayer("density");
  if (map.getSource("density")) map.removeSource("density");
  if (!density) return;
  const { grid, steps } = density;
  const canvas = densityPicture(grid, colour, steps);
  const { corners: coordinates } = grid;
  map.addSource("density", { type: "canvas", canvas, coordinates, animate: false });
  const paint = {
    "raster-opacity": 0.85,
    "raster-fade-duration": 0,
    "raster-resampling": "linear",
  };
  map.addLayer({ id: "density", type: "raster", source: "density", paint }, "cluster");
}

/** What lies under the mouse and what a click means. */
function pointing(map) {
  const at = (point, layer) => map.queryRenderedFeatures(point, { layers: [layer] })[0];
  return {
    onHover(told) {
      let last = null;
      const say = (id) => {
        if (id !== last) told(id);
        last = id;
      };
      map.on("mousemove", ({ point }) => {
        if (!map.isMoving()) say(at(point, "place-fill")?.properties.id ?? null);
      });
      map.on("mouseout", () => say(null));
    },
    /** told({place, note, lngLat}) */
    onClick(told) {
      map.on("click", ({ point, lngLat }) => {
        const note = at(around(point), "note")?.properties.id ?? null;
        const place = at(point, "place-fill")?.properties.id ?? null;
        told({ note, place, lngLat });
      });
    },
  };
}

/** Two maps that look at the same: who is moved takes the other along. */
export function oneCamera(one, other) {
  let leading = null;
  const follow = (from, to) => () => {
    if (leading && leading !== from) return;
    leading = from;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    leading = null;
  };
  one.on("move", follow(one, other));
  other.on("move", follow(other, one));
}
