/** One unit in full: who, in what state since when, where its position comes from. */

import { el, fill, icon } from "./dom.js";
import { shiftWords } from "./dispatch/times.js";
import { clock, distance, timeElement } from "./format.js";
import { unitIcon, unitKind, unitState } from "./incident_words.js";
import { driftOf } from "./map/areas.js";
import { t, wordFor } from "./words.js";

export function showUnit(place, { id, properties }, { onClose }) {
  place.hidden = false;
  place.dataset.id = `unit-${id}`;
  const told = [
    [t("fact.unit_kind"), unitKind(properties.unit_kind)],
    [t("fact.agency"), properties.agency],
    [
      t("fact.state"),
      el("span", {}, `${unitState(properties)} · `, timeElement(properties.state_since)),
    ],
    [t("fact.station"), properties.station],
    [t("fact.position"), positionWords(properties)],
    properties.crew ? [t("fact.crew"), t("unit.crew", { n: properties.crew })] : null,
    properties.shift_ends_at ? [t("fact.shift"), shiftWords(properties.shift_ends_at)] : null,
    properties.silent_since
      ? [t("fact.state"), t("unit.silent", { time: clock(properties.silent_since) })]
      : null,
  ].filter(Boolean);
  fill(
    place,
    el(
      "div",
      { class: "detail-head" },
      el(
        "h2",
        { tabindex: "-1" },
        icon(unitIcon(properties.unit_kind)),
        ` ${properties.call_sign}`,
      ),
      el(
        "button",
        { type: "button", class: "plain", onclick: onClose, "aria-label": t("close.panel") },
        icon("x"),
      ),
    ),
    el(
      "dl",
      { class: "facts" },
      told.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value ?? "")]),
    ),
  );
}

function positionWords(properties) {
  const { fix_at, fix, assumed, by_sea } = properties;
  const drift = driftOf(properties);
  const words = el("span", {});
  if (fix_at) words.append(t("position.fix"), " ", timeElement(fix_at));
  else words.append(assumed ? t("position.assumed") : t("position.station"));
  if (drift) words.append(`. ${t("position.area", { radius: distance(drift.radius_m) })}`);
  if (fix?.flag) words.append(`. ${t("unit.flag", { why: wordFor("fix_flag", fix.flag) })}`);
  if (by_sea) words.append(`. ${t("position.sea")}`);
  return words;
}
