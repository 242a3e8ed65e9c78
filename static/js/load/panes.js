/** What stands beside the map for a while: one village, or the incidents of one sign. */

import { $, el, fill, icon } from "../dom.js";
import { timeElement } from "../format.js";
import { t, wordFor } from "../words.js";
import { openList } from "./lists.js";
import { MEASURE_KEYS, NONE, valueOf } from "./measures.js";
import { figure, number } from "./numbers.js";

/** One village: its figures as in the table, and what is open in it. */
export function villagePane(place, { code, facts, load, lists, onChoose, onClose }) {
  const own = load[code] ?? NONE;
  const title = t("village.full", {
    kind: wordFor("village_kind", facts.kind),
    name: facts.name,
    district: facts.district,
  });
  head(place, title, onClose);
  place.append(figuresOf(own, facts));
  return lists ? listIn(place, onChoose) : null;
}

/** The figures alone, anew. */
export function refreshVillage(place, facts, load) {
  $(".facts", place)?.replaceWith(figuresOf(load ?? NONE, facts));
}

function figuresOf(own, facts) {
  const told = MEASURE_KEYS.map((measure) => [
    t(`measure.${measure}`),
    figure(measure, own, valueOf(measure, own, facts)) ?? t("class.unknown"),
  ]);
  told.splice(1, 0, [t("at_village.urgent"), number(own.urgent ?? 0)]);
  if (own.oldest_at) told.push([t("at_village.oldest"), timeElement(own.oldest_at)]);
  told.push([
    t("at_village.people"),
    facts.population ? number(facts.population) : t("class.unknown"),
  ]);
  return el(
    "dl",
    { class: "facts" },
    told.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
}

/** Several incidents in one place, or without any. */
export function signPane(place, title, { onChoose, onClose }) {
  head(place, title, onClose);
  return listIn(place, onChoose);
}

function head(place, title, onClose) {
  place.hidden = false;
  delete place.dataset.id;
  fill(
    place,
    el(
      "div",
      { class: "detail-head" },
      el("h2", { tabindex: "-1" }, title),
      el(
        "button",
        { type: "button", class: "plain", onclick: onClose, "aria-label": t("close.panel") },
        icon("x"),
      ),
    ),
  );
}

function listIn(place, onChoose) {
  const note = el("p", { class: "quiet small", role: "status" });
  const list = el("ul", { class: "rows" });
  place.append(note, list);
  return openList(list, note, { onChoose });
}
