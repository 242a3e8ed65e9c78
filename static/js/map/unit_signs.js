/** Units on a map: squares where they are, areas that grow where nobody has heard of them. */

import { unitIcon } from "../incident_words.js";
import { partUnits } from "./areas.js";
import { putUnitImages, unitImageName } from "./symbols.js";

const AREAS_MS = 5000; // areas of units that are silent grow on the map, too

/** @returns {{showUnits: (features) => Promise, repaintUnits: () => Promise}} */
export function unitSigns(map, loaded) {
  const drawn = new Map(); // images that the map has, by name
  const shown = {}; // what each source was given, as words
  let units = [];
  let turn = 0;

  // Each source that is told anything is cut into tiles anew, and all is drawn again.
  function set(source, features) {
    const words = JSON.stringify(features);
    if ((shown[source] ?? "[]") === words) return;
    shown[source] = words;
    map.getSource(source).setData({ type: "FeatureCollection", features });
  }

  async function draw() {
    const mine = ++turn;
    const { dots, areas, names } = partUnits(units);
    const signs = {
      units: dots.map((dot) => withImage(dot)),
      area_names: names.map((name) => withImage(name, true)),
    };
    const wanted = new Map([...signs.units, ...signs.area_names].map(imageOf));
    const missing = [...wanted].filter(([name]) => !drawn.has(name));
    for (const [name, facts] of missing) drawn.set(name, facts);
    await putUnitImages(map, missing);
    if (mine !== turn) return; // newer ones came meanwhile
    set("units", signs.units);
    set("areas", areas);
    set("area_names", signs.area_names);
  }
  setInterval(() => map.getSource("areas") && units.some(withGrowth) && draw(), AREAS_MS);

  return {
    async showUnits(features) {
      await loaded;
      units = features;
      await draw();
    },
    /** The signs anew in the colours of the hour. */
    repaintUnits: () => putUnitImages(map, [...drawn]),
  };
}

const withGrowth = ({ properties }) => Boolean(properties.growth);

function withImage(feature, guessed = false) {
  const facts = feature.properties;
  const assumed = Boolean(guessed || facts.assumed || !facts.fix_at);
  const image = unitImageName(unitIcon(facts.unit_kind), facts.state, assumed);
  return { ...feature, properties: { ...facts, image, assumed_image: assumed } };
}

/** The name of a sign's image, and what is on it. */
const imageOf = ({ properties: { image, unit_kind, state, assumed_image } }) => [
  image,
  { icon: unitIcon(unit_kind), state, assumed: assumed_image },
];
