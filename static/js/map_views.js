/** What lies on the map: two looks at it, and the word that its boundaries are no longer in force. */

import { $, el, icon, notice } from "./dom.js";
import { t } from "./words.js";

/** Wire the two buttons of the map; `ground` may be null where there is no map. */
export function mapViews(ground, board) {
  $(".map-views").hidden = !ground;
  if (!ground) return;
  $("#view-all").addEventListener("click", () => ground.fit(ground.home));
  $("#view-most").addEventListener("click", () => ground.fitMost([...board.incidents.values()]));
}

/** Boundaries were switched while the page was open: its tiles are those of yesterday. */
export function sayEdition() {
  if ($("#map-frame .new-edition")) return;
  const again = el(
    "button",
    { type: "button", onclick: () => location.reload() },
    icon("refresh-cw"),
    t("reload"),
  );
  const said = notice("warn", t("edition.new"), " ", again);
  said.classList.add("new-edition");
  said.setAttribute("role", "status");
  $("#map-frame").append(said);
}
