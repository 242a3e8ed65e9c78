/** What is known of the call's place, under "Di mana?": doubt, question, contradictions. */

import { beliefRows } from "./belief.js";
import { contradictionNotice } from "./contradictions.js";
import { $, el, fill, icon } from "./dom.js";
import { acceptedLine, answersGiven, questionBox } from "./question.js";
import { radiusChoice } from "./radius.js";
import { t } from "./words.js";

/**
 * Draw it: the question in `place`, right under the words; the chances in `card`, beside the map.
 * `refocus` gives the focus back to the question after an answer.
 */
export function drawFound(place, card, draft, view, { refocus = false } = {}) {
  const back = wayBack([place, card], refocus);
  const lines = [
    draft.away && awayLine(draft.away, draft.pin ? null : view.onClear),
    settledLine(draft, view),
    question(draft, view),
  ].filter(Boolean);
  fill(place, lines);
  place.classList.toggle("nothing", lines.length === 0 && !draft.pin);
  drawCard(card, draft, view);
  back();
}

/** What was in focus before all is drawn anew gets it back, or its next of kin does. */
function wayBack(places, refocus) {
  const focused = document.activeElement;
  const had = places.find((one) => one.contains(focused));
  if (!had) return () => {};
  const again = focused.matches(".radius input") ? ".radius input:checked" : "button";
  const asked = ".options button, [data-undo]";
  return () => ((refocus && $(asked, had)) || $(again, had) || $("#where")).focus();
}

function drawCard(card, draft, view) {
  const { weighed, pinnedBy, radius_m, answers } = draft;
  const parts = [
    weighed && contradictionNotice(weighed.contradictions, ways(draft, view)),
    weighed && chances(draft, view),
    pinnedBy === "petugas" && radiusChoice(radius_m, view.onRadius),
    answersGiven(answers, view.onUndo),
  ].filter(Boolean);
  fill(card, parts);
  card.hidden = parts.length === 0;
}

// One village with all of the chance needs no bars: its line says it.
function chances({ weighed, village }, { onVillage }) {
  const some = weighed.villages.length + (weighed.sea > 0) + (weighed.outside > 0);
  if (!some || (some === 1 && (weighed.accepted || weighed.outside))) return null;
  return beliefRows(weighed, { onVillage, chosen: village?.code });
}

function settledLine({ weighed, village }, { onVillage }) {
  if (village?.byHand) return takenLine(village, onVillage);
  return weighed && !weighed.contradictions?.length ? acceptedLine(weighed) : null;
}

const question = ({ weighed, village }, { onAnswer }) =>
  weighed?.question && !village?.byHand ? questionBox(weighed.question, onAnswer) : null;

/** The village that the operator has chosen: the doubt is settled, and can be opened again. */
function takenLine(village, onVillage) {
  return el(
    "p",
    { class: "placed good" },
    icon("check"),
    el("span", {}, t("belief.taken", { village: village.name })),
    el(
      "button",
      {
        type: "button",
        class: "plain clear",
        title: t("belief.untake"),
        onclick: () => onVillage(village),
      },
      icon("undo-2"),
      el("span", { class: "only-heard" }, t("belief.untake")),
    ),
  );
}

function awayLine(away, onClear) {
  return el(
    "p",
    { class: "placed warn" },
    icon("log-out"),
    el("span", {}, t("places.outside_taken", { where: away })),
    onClear &&
      el(
        "button",
        { type: "button", class: "plain clear", title: t("pin.clear"), onclick: onClear },
        icon("x"),
        el("span", { class: "only-heard" }, t("pin.clear")),
      ),
  );
}

// Only a pin that a hand has set can be wrong against the words.
function ways({ pinnedBy, placement }, { onPinRight, onWordsRight }) {
  if (pinnedBy !== "petugas") return [];
  return [
    placement?.village ? [t("against.pin_right"), onPinRight] : null,
    [t("against.words_right"), onWordsRight],
  ].filter(Boolean);
}
