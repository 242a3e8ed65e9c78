/** What village heads said of a case, as the room reads it; a point may be taken over. */

import { post } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { clock, distance, fullTime } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

const SAME_M = 5; // nearer than this the pin lies there already

/** A section, or null where nothing was said. onPinned({incident}) after the pin has moved. */
export function marksOf(marks, feature, { may, onPinned }) {
  if (!marks?.length) return null;
  return el(
    "section",
    { class: "village-marks" },
    el("h3", {}, t("marks.title")),
    el(
      "ul",
      { class: "plain-list" },
      marks.map((mark) => item(mark, feature, { may, onPinned })),
    ),
  );
}

function item(mark, feature, { may, onPinned }) {
  const isOpen = feature.properties.state !== "ditutup";
  const offers = may.dispatch && isOpen && mark.lon !== null && !(mark.off_m < SAME_M);
  return el(
    "li",
    {},
    words(mark),
    el(
      "span",
      { class: "quiet" },
      " · ",
      el("time", { datetime: mark.at, title: fullTime(mark.at) }, clock(mark.at)),
      ` · ${mark.by}`,
    ),
    offers ? acceptTool(mark, feature, onPinned) : null,
  );
}

function words({ kind, moved, lon, off_m }) {
  if (kind !== "di_sini") return t(`marks.${kind}`);
  if (moved) return t("marks.moved");
  if (lon === null) return t("marks.di_sini_pin");
  return off_m === null
    ? t("marks.di_sini_no_pin")
    : t("marks.di_sini", { metres: distance(off_m) });
}

function acceptTool({ lon, lat }, feature, onPinned) {
  const said = el("span", { role: "status" });
  const button = el(
    "button",
    { type: "button", onclick: accept },
    icon("map-pin"),
    t("marks.accept"),
  );

  async function accept() {
    button.disabled = true;
    const { version } = feature.properties;
    try {
      const path = `/api/incidents/${feature.id}/pin`;
      onPinned({ incident: await post(path, { lon, lat, version, confirmed: true }) });
    } catch (problem) {
      button.disabled = false;
      fill(said, notice("bad", problemWords(problem)));
    }
  }
  return el("div", { class: "buttons" }, button, said);
}
