/** The villages that a place may lie in, with how likely each is: bars, figures, words. */

import { el } from "./dom.js";
import { percent } from "./format.js";
import { t } from "./words.js";

const MOST = 3;
const LEAST = 0.005; // less is not worth a line
const WORTH_WORDS = 0.05;

/** A small bar, for the eye only: the figure stands beside it. */
export function bar(p) {
  const element = el("span", { class: "bar", "aria-hidden": "true" });
  element.style.setProperty("--p", String(Math.max(0, Math.min(1, p))));
  return element;
}

/** "Pecangaan Wetan 62 % · Pecangaan Kulon 31 %" */
export function chancesLine(villages) {
  return villages
    .filter(({ p }) => p === null || p === undefined || p >= WORTH_WORDS)
    .slice(0, MOST)
    .map(({ name, p }) => (p === null || p === undefined ? name : `${name} ${percent(p)}`))
    .join(" · ");
}

/**
 * The likeliest villages as rows, the rest as one; sea and what lies outside by name, or together
 * as `elsewhere`.
 * onVillage(village) makes each a button; `chosen` is the code of the one that was taken.
 */
export function beliefRows(
  { villages, sea = 0, outside = 0, elsewhere = 0 },
  { onVillage, chosen = null } = {},
) {
  const likely = villages.filter(({ p }) => p >= LEAST);
  const most = likely.length === MOST + 1 ? MOST + 1 : MOST; // "1 other" would be no shorter
  const shown = likely.slice(0, most);
  const rest = likely.slice(most).reduce((sum, { p }) => sum + p, 0);
  const others = [
    [t("belief.others", { n: likely.length - most }), rest],
    [t("belief.sea"), sea],
    [t("belief.outside"), outside],
    [t("belief.elsewhere"), elsewhere],
  ].filter(([, p]) => p >= LEAST);
  return el(
    "ul",
    { class: "belief" },
    shown.map((village) => villageRow(village, onVillage, chosen)),
    others.map(([words, p]) => el("li", { class: "rest" }, row(words, p))),
  );
}

function villageRow(village, onVillage, chosen) {
  const name = village.district
    ? [village.name, el("small", {}, ` ${village.district}`)]
    : village.name;
  if (!onVillage) return el("li", {}, row(name, village.p));
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: "plain",
        title: t("belief.take", { village: village.name }),
        "aria-pressed": String(chosen === village.code),
        onclick: () => onVillage(village),
      },
      row(name, village.p),
    ),
  );
}

const row = (name, p) => [
  el("span", { class: "name" }, name),
  bar(p),
  el("span", { class: "share" }, percent(p)),
];
