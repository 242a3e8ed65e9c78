/** The queue: what still lacks somebody first; each card a thing to choose and to drop a unit on. */

import { $, el, icon, sign } from "../dom.js";
import {
  UNSURE,
  categoryName,
  isUnsure,
  placeLine,
  priorityName,
  stateWords,
} from "../incident_words.js";
import { t } from "../words.js";
import { redraw, walk } from "./list.js";
import { byNeed, isLacking, missingWords, targetOf } from "./needs.js";
import { timer } from "./timers.js";

const MOST = 150; // more nobody reads

/** onChoose(id) for a card; onDrop(unitId, incidentId) for a unit that is dropped on one. */
export function openQueue({ onChoose, drop }) {
  const list = $("#queue");
  walk(list, ".card");

  function draw({ incidents, numbers, chosenId }) {
    const sorted = [...incidents].sort(byNeed);
    const lacking = sorted.filter(isLacking).length;
    $("#queue-count").textContent = t("queue.count", { n: lacking, all: sorted.length });
    redraw(list, sorted.slice(0, MOST), {
      key: ({ id }) => id,
      mark: (feature) =>
        JSON.stringify([feature.properties, numbers.get(feature.id), feature.id === chosenId]),
      draw: (feature) => card(feature, numbers.get(feature.id), feature.id === chosenId),
      empty: t("rows.none"),
    });
  }

  function card(feature, number, chosen) {
    const facts = feature.properties;
    const lacking = isLacking(feature);
    const button = el(
      "button",
      {
        type: "button",
        class: `card pr${facts.priority}${lacking ? " lacking" : ""}`,
        "data-id": feature.id,
        "aria-current": chosen ? "true" : null,
        onclick: () => onChoose(feature.id),
      },
      sign(facts.priority),
      el(
        "b",
        {},
        el("span", { class: "number" }, number),
        ` ${categoryName(facts)}`,
        el("span", { class: "only-heard" }, `, ${priorityName(facts.priority)}`),
      ),
      // Until somebody is there the clock runs against the target; then it only counts.
      timer(facts.opened_at, {
        given_s: facts.state === "di_lokasi" ? null : targetOf(feature),
        title: t("fact.opened"),
      }),
      el("span", { class: "where" }, placeLine(feature)),
      lacking
        ? el("span", { class: "lack" }, missingWords(feature))
        : el("span", { class: "doing" }, stateWords(facts)),
      feature.geometry && isUnsure(feature)
        ? el("span", { class: "unsure" }, icon("circle-help"), doubtWords(feature))
        : null,
    );
    drop(button, feature.id);
    return el("li", {}, button);
  }

  return {
    draw,
    focus: () => ($('.card[aria-current="true"]', list) ?? $(".card", list))?.focus(),
  };
}

function doubtWords({ properties }) {
  return properties.doubt > UNSURE ? t("queue.unsure") : t("queue.against");
}
