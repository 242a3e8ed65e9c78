/** One unit in full: who, in what state since when, where its position comes from. */

import { el, fill, icon } from "./dom.js";
import { timeElement } from "./format.js";
import { unitIcon, unitKind, unitState } from "./incident_words.js";
import { t } from "./words.js";

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
  ];
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

function positionWords({ fix_at, assumed, by_sea }) {
  const words = el("span", {});
  if (fix_at) words.append(t("position.fix"), " ", timeElement(fix_at));
  else words.append(assumed ? t("position.assumed") : t("position.station"));
  if (by_sea) words.append(`. ${t("position.sea")}`);
  return words;
}
