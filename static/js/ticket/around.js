/** What stands around a ticket: its reports, the other tickets of the case, the pin on the map. */

import { $, el, fill, icon, notice } from "../dom.js";
import { callItem } from "../incident_panel.js";
import { t } from "../words.js";
import { addAgencyTool } from "./add_agency.js";
import { leftElement, stateName, turnWords } from "./words.js";

/** Each caller stays a report of their own, with their own words. */
export function reportList(place, { file }, { may }) {
  const calls = file?.calls ?? [];
  place.hidden = !calls.length;
  fill(
    place,
    el("h2", {}, t("ticket.reports", { n: calls.length })),
    el(
      "ul",
      { class: "plain-list" },
      calls.map((call) => callItem(call, file.feature, { may })),
    ),
  );
}

/** The other tickets of the same case, as links; the room may add one for another agency. */
export function otherSection(place, { current, me, onChanged }) {
  const list = el("div", {});
  const tool = me.rights.includes("verify") ? addAgencyTool(current, onChanged) : null;
  fill(place, el("h2", {}, t("ticket.others")), list, tool?.element);
  return {
    draw({ others, incident, file }) {
      place.hidden = !others.length && !tool;
      fill(
        list,
        others.length
          ? el("ul", { class: "plain-list" }, others.map(ticketLink))
          : el("p", { class: "quiet" }, t("ticket.others.none", { id: incident })),
      );
      if (tool) tool.element.hidden = file.feature.properties.state === "ditutup";
    },
  };
}

/** One ticket as a line that leads to its page. */
export function ticketLink(ticket) {
  return el(
    "li",
    { class: "t-link-line" },
    el("a", { href: `/tiket/${ticket.id}` }, el("b", {}, ticket.agency.short), ` #${ticket.id}`),
    el("span", {}, stateName(ticket.state)),
    leftElement(ticket),
    el("span", { class: "quiet" }, turnWords(ticket)),
  );
}

/** The pin on a small map; where there is none it is said. */
export async function placeMap(feature) {
  const place = $("#map");
  const { openMap, whyNoMap } = await import("../map.js");
  const why = whyNoMap();
  if (why || !feature) {
    fill(place, notice("warn", why ?? t("place.unpinned")));
    return null;
  }
  const point = feature.geometry?.coordinates;
  const view = point ? { lon: point[0], lat: point[1], zoom: 14 } : null;
  const ground = openMap(place, { view, still: true });
  ground.showIncidents([feature]);
  if (!point) $("#map-note").textContent = t("place.unpinned");
  return ground;
}

/** A link to the phone's own map. */
export function wayLink({ lon, lat }) {
  if (lon === null || lat === null || lon === undefined) return null;
  return el(
    "a",
    { class: "button", href: `geo:${lat},${lon}?q=${lat},${lon}` },
    icon("navigation"),
    t("tasks.navigate"),
  );
}
