/** Units on a map: squares where they are, areas that grow where nobody has heard of them. */

import { unitIcon } from "../incident_words.js";
import { partUnits } from "./areas.js";
import { putUnitImages, unitImageName } from "./symbols.js";

const AREAS_MS = 5000; // areas of units that are silent grow on the map, too

/** @returns {{showUnits: (features) => Promise, icons: Set<string>}} */
export function unitSigns(map, loaded) {
  const icons = new Set();
  let units = [];
  const set = (source, features) =>
    map.getSource(source).setData({ type: "FeatureCollection", features });

  function draw() {
    const { dots, areas, names } = partUnits(units);
    set(
      "units",
      dots.map((dot) => withImage(dot)),
    );
    set("areas", areas);
    set(
      "area_names",
      names.map((name) => withImage(name, true)),
    );
  }
  setInterval(() => map.getSource("areas") && units.some(withGrowth) && draw(), AREAS_MS);

  return {
    icons,
    async showUnits(features) {
      await loaded;
      const news = features
        .map((f) => unitIcon(f.properties.unit_kind))
        .filter((i) => !icons.has(i));
      for (const name of news) icons.add(name);
      await putUnitImages(map, new Set(news));
      units = features;
      draw();
    },
  };
}

const withGrowth = ({ properties }) => Boolean(properties.growth);

function withImage(feature, guessed = false) {
  const facts = feature.properties;
  const image = unitImageName(
    unitIcon(facts.unit_kind),
    facts.state,
    guessed || facts.assumed || !facts.fix_at,
  );
  return { ...feature, properties: { ...facts, image } };
}
