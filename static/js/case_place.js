/** The place of an incident in its panel: its doubt, its question, and settling it. */

import { post } from "./api.js";
import { beliefRows } from "./belief.js";
import { contradictionNotice } from "./contradictions.js";
import { $, el, fill, notice } from "./dom.js";
import { UNSURE } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { questionBox } from "./question.js";
import { t } from "./words.js";

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
    const villages = (of?.villages ?? also_villages).filter(({ p }) => p === null || p >= 0.02);
    if (!villages.length) return null;
    return [
      el("p", { class: "small quiet" }, t("belief.confirm_how")),
      beliefRows({ villages }, { onVillage: confirm }),
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
