/** "Mungkin sama": open incidents near by that may be the same event. */

import { get, withQuery } from "./api.js";
import { $$, el, fill, notice, sign } from "./dom.js";
import { ago, distance } from "./format.js";
import { categoryName } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

let asked = 0;

/** Look around a pin; onJoin(feature) when the operator says that it is the same. */
export async function showNear(place, { pin, category }, onJoin) {
  const number = ++asked;
  if (!pin) return fill(place, el("p", { class: "empty" }, t("near.no_pin")));
  try {
    const { incidents } = await get(withQuery("/api/incidents/near", { ...pin, category }));
    if (number !== asked) return;
    if (incidents.length === 0) fill(place, el("p", { class: "empty" }, t("near.none")));
    else
      fill(
        place,
        el(
          "ul",
          { class: "rows" },
          incidents.map((one) => item(one, onJoin)),
        ),
      );
  } catch (reason) {
    if (number === asked) fill(place, notice("bad", problemWords(reason)));
  }
}

/** Say that there is nothing to look for. */
export function clearNear(place, words) {
  asked += 1;
  fill(place, el("p", { class: "empty" }, words));
}

function item({ feature, distance_m, why }, onJoin) {
  const facts = feature.properties;
  return el(
    "li",
    { class: "near-row" },
    sign(facts.priority),
    el(
      "div",
      {},
      el("b", {}, `#${feature.id} ${categoryName(facts)}`),
      el("p", { class: "small" }, why || `${distance(distance_m)}, ${ago(facts.opened_at)}`),
      facts.place ? el("p", { class: "quiet small" }, facts.place) : null,
    ),
    el(
      "button",
      {
        type: "button",
        "data-join": feature.id,
        "aria-pressed": "false",
        onclick: () => onJoin(feature),
      },
      t("near.join"),
    ),
  );
}

/** Show which one is joined, if any. */
export function markJoined(place, id) {
  for (const button of $$("[data-join]", place))
    button.setAttribute("aria-pressed", String(Number(button.dataset.join) === id));
}
