/** The place of an incident in its panel: its doubt, its question, and settling it. */

import { post } from "./api.js";
import { beliefRows } from "./belief.js";
import { contradictionNotice } from "./contradictions.js";
import { $, el, fill, notice } from "./dom.js";
import { UNSURE } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { questionBox } from "./question.js";
import { t } from "./words.js";

const WORTH_A_ROW = 0.02;

/**
 * The tool for one incident as GET /api/incidents/<id> tells it; null when nothing is in doubt.
 * onPlaced(feature, words) when the server has taken an answer; onRepin() opens the pin's tool.
 */
export function casePlace(feature, { onPlaced, onRepin }) {
  const { location, doubt, contradictions = [], village, version } = feature.properties;
  if (!(doubt > UNSURE) && !contradictions.length) return null;
  const problem = el("div", { role: "alert" });
  const element = el(
    "div",
    { class: "case-place" },
    contradictionNotice(
      contradictions,
      [
        village ? [t("against.pin_right"), () => confirm(village)] : null,
        [t("against.words_right"), onRepin],
      ].filter(Boolean),
    ),
    chances(location, feature.properties),
    location?.question ? questionBox(location.question, answered) : null,
    problem,
  );

  function chances(of, { also_villages = [] }) {
    const all = of?.villages ?? also_villages;
    const villages = all.filter(({ p }) => p === null || p >= WORTH_A_ROW);
    if (!villages.length) return null;
    const { sea = 0, outside = 0 } = of ?? {};
    const known = all.reduce((sum, { p }) => sum + (p ?? 0), sea + outside);
    const elsewhere = of && 1 - known >= WORTH_A_ROW ? 1 - known : 0;
    return [
      el("p", { class: "small quiet" }, t("belief.confirm_how")),
      beliefRows({ villages, sea, outside, elsewhere }, { onVillage: confirm }),
    ];
  }

  function confirm(chosen) {
    send({ village: chosen.code }, t("belief.taken", { village: chosen.name }));
  }

  function answered(question, { key, label }) {
    send({ answers: [[question.key, key]] }, t("question.answered", { said: label }));
  }

  async function send(said, words) {
    for (const button of element.querySelectorAll("button")) button.disabled = true;
    try {
      const answer = await post(`/api/incidents/${feature.id}/place`, { ...said, version });
      onPlaced(answer.incident ?? answer, words);
    } catch (reason) {
      for (const button of element.querySelectorAll("button")) button.disabled = false;
      fill(problem, notice("bad", problemWords(reason)));
      $(".options button, .belief button", element)?.focus();
    }
  }
  return element;
}
