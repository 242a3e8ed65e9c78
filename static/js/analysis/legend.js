/** The legend: each class with its colour and words; what a ring and stripes mean. */

import { el, fill } from "../dom.js";
import { t } from "../words.js";
import { densityLegend } from "./density.js";
import { isNamed, namedClasses } from "./classes.js";
import { className, figure } from "./words.js";

const FEWEST = 5; // the least that is told of a cell: docs/api-analisis.md

/**
 * Say what the map shows.
 * @param rows [{colour, said, sure}] as the makers below give them
 */
export function showLegend(place, title, rows) {
  const items = rows.map(({ colour, said, sure }) =>
    el("li", {}, el("i", { class: `swatch c-${colour}${sure ? " sure" : ""}` }), said),
  );
  fill(place, el("b", {}, title), el("ul", {}, items));
}

/**
 * Rows of shades: where each begins, in the unit of the figure.
 * @param few whether some have too few to be told: those have a shade of their own
 */
export function shadeRows(steps, { whole = false, few = false } = {}) {
  const first = few
    ? { colour: "few", said: t("analysis.few_n") }
    : { colour: "seq-0", said: t("analysis.nothing") };
  const from = [few && whole ? FEWEST : null, ...steps];
  const rows = from.map((low, at) => ({
    colour: `seq-${at + 1}`,
    said: rangeWords(low, steps[at], whole),
  }));
  return [first, ...rows];
}

function rangeWords(low, high, whole) {
  if (low === null && high === undefined) return t("analysis.some");
  if (low === null) return t("class.below", { to: figure(high) });
  if (high === undefined) return t("class.from", { from: figure(low) });
  if (whole && high - low === 1) return figure(low);
  return t("class.between", { from: figure(low), to: figure(high) });
}

/** Rows of a method's own classes: those that are there, and what is usual. */
export function classRows(method, there) {
  return namedClasses(method)
    .filter(([class_]) => there.has(class_) || class_ === "wajar")
    .map(([class_, colour]) => ({
      colour,
      said: className(class_),
      sure: isSure(class_),
    }));
}

const isSure = (class_) => !["wajar", "tak_diketahui", "maybe_more", "maybe_less"].includes(class_);

/** What is drawn over the shades. */
export function markRows({ sure, unknown, clusters, method }) {
  return [
    sure && !isNamed(method) ? { colour: "none", sure: true, said: t("analysis.ring") } : null,
    unknown && !isNamed(method) ? { colour: "unknown", said: className("tak_diketahui") } : null,
    clusters ? { colour: "cluster", said: t("analysis.cluster_mark") } : null,
  ].filter(Boolean);
}

export const densityRows = (steps) =>
  densityLegend(steps).map(({ colour, from, to }) => ({
    colour,
    said: to === null ? t("class.from", { from }) : t("class.between", { from, to }),
  }));
