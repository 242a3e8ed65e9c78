/** What does not fit together, in plain words, with the two ways out; never a refusal. */

import { el, notice } from "./dom.js";
import { t } from "./words.js";

const english = document.documentElement.lang === "en";

/** The sentence of a contradiction, in the language of the page. */
export const sentenceOf = (one) =>
  typeof one === "string" ? one : (english && one.text_en) || one.text;

/**
 * One notice for all of them; null when all fits.
 * `ways` are the ways out that make sense here: [words, run] each.
 */
export function contradictionNotice(contradictions, ways = []) {
  if (!contradictions?.length) return null;
  const box = notice(
    "warn",
    contradictions.map((one) => el("p", {}, sentenceOf(one))),
    ways.length
      ? el(
          "div",
          { class: "buttons" },
          ways.map(([words, run]) => el("button", { type: "button", onclick: run }, words)),
        )
      : el("p", { class: "small" }, t("against.ask")),
  );
  box.classList.add("against");
  return box;
}
