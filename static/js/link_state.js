/** Words about the line: live and as of when, or cut and since when. */

import { $, el, fill, icon } from "./dom.js";
import { clock, fullTime } from "./format.js";
import { t } from "./words.js";

// The pictures lie ready from the start: once the line is cut it brings none.
const parts = new WeakMap();

function partsOf(place) {
  if (!parts.has(place))
    parts.set(place, { live: icon("wifi"), cut: icon("wifi-off"), words: el("span") });
  const { live, cut, words } = parts.get(place);
  if (!words.isConnected) fill(place, live, cut, words);
  return parts.get(place);
}

for (const place of [$("#link-state"), $("#cut")].filter(Boolean)) show(place, place.id, "");

/** Words with the picture of the line, "cut" or not. */
function show(place, state, said) {
  const { live, cut, words } = partsOf(place);
  live.toggleAttribute("hidden", state !== "live");
  cut.toggleAttribute("hidden", state !== "cut");
  if (words.textContent !== said) words.textContent = said;
}

/** Say in the top bar whether the wire is live, and since when not. */
export function showLink(state, moment) {
  const place = $("#link-state");
  if (!place) return;
  place.classList.toggle("cut", state !== "live");
  if (state !== "live") return show(place, "cut", t("link.cut", { time: clock(moment) }));
  show(place, "live", t("link.live", { time: clock(moment) }));
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
  show(cut, "cut", words);
  $("a", cut)?.remove();
  if (state === "logged_out") cut.append(logIn());
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
