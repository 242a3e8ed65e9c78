/** The one question that settles most: its answers on keys, what was answered, and undoing it. */

import { el, icon } from "./dom.js";
import { percent } from "./format.js";
import { t } from "./words.js";

const NEITHER = "bukan-keduanya";
const UNKNOWN = "tidak-tahu"; // an answer to every question
const CAPS = { first: "Z", second: "X", neither: "C", unknown: "V" };

/**
 * The question with its answers as buttons; the letters are those of call_keys.js.
 * onAnswer(question, {key, label}) is told which one was given.
 */
export function questionBox(question, onAnswer) {
  const named = question.options.filter(({ key }) => key !== NEITHER && key !== UNKNOWN);
  const neither = question.options.find(({ key }) => key === NEITHER);
  const buttons = [
    ["first", named[0]],
    ["second", named[1]],
    ["neither", neither, t("question.neither")],
    ["unknown", { key: UNKNOWN, label: t("question.unknown") }, "?"],
  ].filter(([, option]) => option);
  return el(
    "div",
    { class: "question", role: "group", "aria-label": t("question.ask") },
    el("p", {}, icon("circle-help"), el("b", {}, question.text)),
    el(
      "div",
      { class: "options" },
      buttons.map(([rank, option, short]) =>
        optionButton(rank, option.label, short, () => onAnswer(question, option)),
      ),
    ),
  );
}

// The two ways out are narrow where room is dear: their title says all.
function optionButton(rank, label, short, onclick) {
  return el(
    "button",
    {
      type: "button",
      "data-option": rank,
      class: short ? "aside" : null,
      title: label,
      // The list of places stays open while its question is answered.
      onmousedown: (event) => event.preventDefault(),
      onclick,
    },
    el("kbd", { "aria-hidden": "true" }, CAPS[rank]),
    el("span", { class: "whole" }, label),
    short ? el("span", { class: "short", "aria-hidden": "true" }, short) : null,
  );
}

/** "Dijawab: timur", with a button that takes the last answer back. */
export function answersGiven(answers, onUndo) {
  if (!answers.length) return null;
  const said = answers.map(({ label }) => label).join(", ");
  return el(
    "p",
    { class: "answered" },
    el("span", {}, t("question.answered", { said })),
    el(
      "button",
      { type: "button", class: "plain", "data-undo": true, onclick: onUndo },
      icon("undo-2"),
      t("question.undo"),
      el("kbd", { "aria-hidden": "true" }, "H"),
    ),
  );
}

/** "Diterima: desa Pecangaan Wetan (97 %)"; null while in doubt. */
export function acceptedLine({ accepted, villages }) {
  const village = accepted && villages.find(({ code }) => code === accepted);
  if (!village) return null;
  return el(
    "p",
    { class: "placed good" },
    icon("check"),
    el("span", {}, t("belief.accepted", { village: village.name, p: percent(village.p) })),
  );
}
