/** How exactly a pin is known: one choice of a few circles, by arrow keys or finger. */

import { el } from "./dom.js";
import { distance } from "./format.js";
import { t } from "./words.js";

const RADII_M = [null, 50, 150, 500, 1000];

/** A group of radio buttons; onRadius(metres | null), null: as exact as a hand sets a pin. */
export function radiusChoice(chosen, onRadius) {
  return el(
    "div",
    { class: "radius", role: "radiogroup", "aria-label": t("radius.label") },
    el("span", { class: "small" }, t("radius.label"), el("kbd", { "aria-hidden": "true" }, "R")),
    RADII_M.map((radius_m) => choice(radius_m, radius_m === chosen, onRadius)),
  );
}

function choice(radius_m, checked, onRadius) {
  const input = el("input", {
    type: "radio",
    name: "radius",
    value: radius_m ?? "",
    onchange: () => onRadius(radius_m),
  });
  input.checked = checked;
  return el(
    "label",
    { class: "chip" },
    input,
    el("span", {}, radius_m ? `± ${distance(radius_m)}` : t("radius.exact")),
  );
}
