/** The pin of whatever is being placed: its village in words, its distance to the border. */

import { get, Problem, withQuery } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { placementWords } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

let asked = 0;

/**
 * Name the village of a point in `place`.
 * @returns {Promise<object | null>} the placement; null when another question overtook this one
 */
export async function namePlace(place, point, { onClear = null } = {}) {
  const number = ++asked;
  if (!point) {
    fill(place);
    return null;
  }
  place.setAttribute("aria-busy", "true");
  try {
    const placement = await placementAt(point);
    if (number !== asked) return null;
    fill(place, lines(placement), onClear && clearButton(onClear));
    return placement;
  } catch (reason) {
    if (number === asked) fill(place, line({ words: problemWords(reason), kind: "warn" }));
    return null;
  } finally {
    if (number === asked) place.removeAttribute("aria-busy");
  }
}

async function placementAt(point) {
  try {
    return await get(withQuery("/api/villages/at", point));
  } catch (reason) {
    // Off every village is an answer too: the call is taken all the same.
    if (reason instanceof Problem && reason.type === "OutsideCoverage")
      return { village: null, outside: true, nearest: reason.facts.nearest ?? null };
    throw reason;
  }
}

const lines = (placement) => placementWords(placement).map(line);

function line({ words, kind }) {
  return el(
    "p",
    { class: `placed ${kind}` },
    icon(kind === "warn" ? "triangle-alert" : "map-pin"),
    el("span", {}, words),
  );
}

function clearButton(onClear) {
  return el(
    "button",
    { type: "button", class: "plain clear", title: t("pin.clear"), onclick: onClear },
    icon("x"),
    el("span", { class: "only-heard" }, t("pin.clear")),
  );
}
