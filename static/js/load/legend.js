/** The legend: what the shades mean, of what and since when; a class can be held up. */

import { el, fill } from "../dom.js";
import { t } from "../words.js";
import { isWhole } from "./measures.js";
import { number, short } from "./numbers.js";

/** The classes of a measure in words, 0 to 4, then the unknown. @returns {Map<number, string>} */
export function classWords(measure, steps) {
  const words = new Map([[0, t(`class.${measure}.none`)]]);
  const bounds = [isWhole(measure) ? 1 : 0, ...steps];
  for (const [at, from] of bounds.entries())
    words.set(at + 1, between(measure, from, bounds[at + 1]));
  words.set(-1, t("class.unknown"));
  return words;
}

function between(measure, from, to) {
  const said = (n) => (measure === "age" ? t("time.days", { n }) : short(n));
  if (to === undefined) return t("class.from", { from: said(from) });
  if (isWhole(measure)) return to - 1 === from ? number(from) : `${number(from)}–${number(to - 1)}`;
  if (from === 0) return t("class.below", { to: said(to) });
  return t("class.between", { from: short(from), to: said(to) });
}

/**
 * Show the legend of a measure. `counts` says how many villages each class has; `held` is the
 * class that is held up or null; onHold(number | null) when that is to change.
 */
export function showLegend(place, { measure, steps, counts, held, since, onHold }) {
  const words = classWords(measure, steps);
  const focused = document.activeElement?.dataset?.class;
  const had = place.contains(document.activeElement);
  const ranks = [...words.keys()].filter((rank) => rank >= 0 || counts.get(-1));
  fill(
    place,
    el("h3", {}, t(`measure.${measure}`)),
    el("p", { class: "quiet small" }, t(`measure.${measure}.what`), " ", since),
    el(
      "ol",
      { class: "classes", "aria-label": t("class.hold") },
      ranks.map((rank) => classItem(rank, words.get(rank), counts.get(rank) ?? 0, held, onHold)),
    ),
  );
  if (had && focused !== undefined) place.querySelector(`[data-class="${focused}"]`)?.focus();
}

function classItem(rank, words, count, held, onHold) {
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "plain",
        "data-class": rank,
        "aria-pressed": String(held === rank),
        onclick: () => onHold(held === rank ? null : rank),
      },
      el("i", { class: rank < 0 ? "load-unknown" : `load-${rank}` }),
      el("span", {}, words),
      el("span", { class: "quiet" }, t("class.villages", { n: count })),
    ),
  );
}
