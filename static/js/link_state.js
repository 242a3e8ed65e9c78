/** Words about the line: live and as of when, or cut and since when. */

import { $, el, fill, icon } from "./dom.js";
import { clock, fullTime } from "./format.js";
import { t } from "./words.js";

/** Say in the top bar whether the wire is live, and since when not. */
export function showLink(state, moment) {
  const place = $("#link-state");
  if (!place) return;
  place.classList.toggle("cut", state !== "live");
  if (state !== "live") {
    const words = t("link.cut", { time: clock(moment) });
    if (place.textContent !== words) fill(place, icon("wifi-off"), words);
    return;
  }
  fill(place, icon("wifi"), t("link.live", { time: clock(moment) }));
  place.title = fullTime(moment);
}

/** Say over the map, or above the list, that what stands there is old; grey it. */
export function showCut(state, since) {
  const cut = $("#cut");
  if (!cut) return;
  const old = state !== "live";
  const words = old ? t(`cut.${state}`, { time: clock(since) }) : "";
  $("#map-frame")?.classList.toggle("stale", old);
  if (cut.dataset.words === words) return;
  cut.dataset.words = words;
  cut.hidden = !old;
  fill(cut, icon("wifi-off"), el("span", {}, words), state === "logged_out" ? logIn() : null);
}

// In another tab: what is typed here and not sent stays.
function logIn() {
  return el("a", { class: "button", href: "/masuk", target: "_blank" }, t("cut.log_in"));
}

/** The time of the last update, as a sentence on the map. */
export function showUpdated(place, moment) {
  if (!place || !moment) return;
  place.textContent = t("map.updated", { time: clock(moment) });
  place.title = fullTime(moment);
}
