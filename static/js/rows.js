/** Incidents as rows of a list: the same rows on console, map and village page. */

import { el, fill, sign } from "./dom.js";
import { timeElement } from "./format.js";
import { categoryName, placeLine, priorityName, stateWords } from "./incident_words.js";
import { t } from "./words.js";

const MOST = 200; // more nobody reads; the filters narrow

/** One incident as a button; onChoose(feature) when it is taken. `why(feature)` says why it is here. */
export function incidentRow(feature, { onChoose, current, why = null }) {
  const facts = feature.properties;
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "incident-row",
        "data-id": feature.id,
        "aria-current": current ? "true" : null,
        onclick: () => onChoose(feature),
      },
      sign(facts.priority),
      el(
        "b",
        {},
        categoryName(facts),
        el(
          "span",
          { class: "only-heard" },
          `, ${t("row.priority")} ${priorityName(facts.priority)}`,
        ),
      ),
      timeElement(facts.opened_at),
      el("span", { class: "where" }, (why && facts.place) || placeLine(feature)),
      el("span", { class: why ? "doing lack" : "doing" }, why ? why(feature) : stateWords(facts)),
    ),
  );
}

/** Fill a list; keeps focus and scroll, says in words why it is empty and what is left off. */
export function fillRows(list, features, { onChoose, currentId = null, empty, why = null }) {
  const focused = document.activeElement?.closest?.("[data-id]")?.dataset.id;
  const had = focused && list.contains(document.activeElement);
  const top = list.parentElement.scrollTop;
  if (features.length === 0) fill(list, el("li", { class: "empty" }, empty));
  else
    fill(
      list,
      features
        .slice(0, MOST)
        .map((feature) =>
          incidentRow(feature, { onChoose, current: feature.id === currentId, why }),
        ),
      tooMany(features.length),
    );
  list.parentElement.scrollTop = top;
  if (had) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function tooMany(n) {
  if (n <= MOST) return null;
  return el("li", { class: "empty" }, t("rows.too_many", { shown: MOST, all: n }));
}

/** Counts by village, the fullest first, for those who see no incidents. */
export function fillLoadRows(list, load, names) {
  const villages = Object.entries(load)
    .filter(([, { open }]) => open > 0)
    .sort(([, a], [, b]) => b.open - a.open);
  fill(
    list,
    el("li", { class: "empty" }, t("load.only")),
    villages.map(([code, { open, urgent }]) =>
      el(
        "li",
        { class: "load-row" },
        el("b", {}, names.get(code) ?? code),
        el("span", {}, t("load.row", { n: open })),
        urgent ? el("span", { class: "p1" }, t("load.urgent", { n: urgent })) : null,
      ),
    ),
  );
}
