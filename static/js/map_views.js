/** Two looks at the map: the whole regency, and where most incidents are. */

import { $ } from "./dom.js";

/** Wire the two buttons of the map; `ground` may be null where there is no map. */
export function mapViews(ground, board) {
  $(".map-views").hidden = !ground;
  if (!ground) return;
  $("#view-all").addEventListener("click", () => ground.fit(ground.home));
  $("#view-most").addEventListener("click", () => ground.fitMost([...board.incidents.values()]));
}
