/** The same tickets on the map; a sign leads to its row, a row rings its sign. */

import { get } from "../api.js";
import { $, fill, notice } from "../dom.js";
import { t } from "../words.js";

/** onChoose(id) for a click on a sign. Resolves once the map stands, null where there is none. */
export async function openSide({ onChoose }) {
  const { openMap, whyNoMap } = await import("../map.js");
  const why = whyNoMap();
  if (why) {
    fill($("#map"), notice("warn", why));
    return null;
  }
  const ground = openMap($("#map"));
  ground.showIncidents([]);
  ground.onClick({ onChoose: (kind, id) => kind === "incident" && onChoose(id) });
  $("#view-all").addEventListener("click", () => ground.fit(ground.home));
  $("#view-most").addEventListener("click", () => ground.fitMost(shown));
  let shown = [];
  let asked = null;
  let fitted = false;

  return {
    ground,
    ring: (id) => ground.choose(id),
    /** Draw what the query finds; what is too much to draw is said. */
    async draw(query) {
      asked = query;
      const found = await get(`/api/tickets.geojson?${query}`).catch(() => null);
      if (!found || asked !== query) return;
      shown = found.features;
      await ground.showIncidents(shown);
      $("#map-note").textContent = noteWords(found);
      if (!fitted && shown.length) ground.fitMost(shown);
      fitted ||= shown.length > 0;
    },
  };
}

function noteWords({ features, truncated }) {
  const n = features.filter(({ geometry }) => geometry).length;
  return truncated ? t("inbox.map.truncated", { n }) : t("inbox.map.shown", { n });
}
