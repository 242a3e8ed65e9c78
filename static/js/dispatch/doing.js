/** Sends, takes over, diverts: asks where it must, says what came of it, and offers the next nearest. */

import { el } from "../dom.js";
import { clock } from "../format.js";
import { categoryName, shortPlace } from "../incident_words.js";
import { t } from "../words.js";
import * as acts from "./acts.js";
import { busyWords } from "./choices.js";
import { etaWords } from "./times.js";

/** @param {object} house board(), bar, number(id), onDone(incidentId) after each thing that was done */
export function openDoing({ board, bar, number, onDone }) {
  /** "12 Kebakaran, Tahunan" */
  function nameOf(incidentId) {
    const feature = board().incidents.get(incidentId);
    if (!feature) return number(incidentId);
    return `${number(incidentId)} ${categoryName(feature.properties)}, ${shortPlace(feature)}`;
  }

  async function run(act, { done, call_sign = null, incidentId, retry = null }) {
    try {
      const answer = await act();
      board().take(answer?.incident);
      board().take(answer?.unit);
      bar.say("good", done);
      onDone(incidentId);
      return answer;
    } catch (reason) {
      const words = await acts.refusalWords(reason, { call_sign, incidentId });
      const more = retry ? await retry(reason) : [];
      bar.say("warn", words, { more });
      onDone(incidentId);
      return null;
    }
  }

  const send = (incidentId, suggestion) =>
    run(() => acts.sendUnit(incidentId, suggestion.unit, suggestion.part), {
      done: t("done.sent", {
        unit: suggestion.call_sign,
        incident: nameOf(incidentId),
        time: clock(new Date()),
      }),
      call_sign: suggestion.call_sign,
      incidentId,
      retry: () => nextNearest(incidentId, suggestion),
    });

  /** Somebody was faster: who would be next, as a button. */
  async function nextNearest(incidentId, { unit, part }) {
    const found = await acts.suggestionsFor(incidentId).catch(() => null);
    const free = (found?.units ?? []).filter((one) => one.unit !== unit);
    const next = free.find((one) => one.part === part) ?? free[0];
    if (!next) return [];
    const words = t("done.next", { unit: next.call_sign, eta: etaWords(next) });
    return [el("button", { type: "button", onclick: () => send(incidentId, next) }, words)];
  }

  /** What stands in the bar before a unit is sent by mouse or by a line of words. */
  const sendWords = (incidentId, { call_sign }) =>
    t("ask.send", { unit: call_sign, incident: nameOf(incidentId) });

  function askSend(incidentId, suggestion) {
    bar.propose({
      words: sendWords(incidentId, suggestion),
      detail: etaWords(suggestion),
      run: () => send(incidentId, suggestion),
    });
  }

  /** A unit that was dropped on an incident: with its time, as far as the server knows it. */
  async function dropped(unitId, incidentId) {
    const facts = board().units.get(unitId)?.properties;
    if (!facts) return;
    const found = await acts.suggestionsFor(incidentId).catch(() => null);
    const all = found ? [...found.units, ...found.by_sea, ...found.no_route] : [];
    const known = all.find((one) => one.unit === unitId);
    askSend(incidentId, known ?? { unit: unitId, call_sign: facts.call_sign, part: null });
  }

  function askDivert(incidentId, suggestion) {
    bar.propose({
      words: t("ask.divert", { unit: suggestion.call_sign, incident: nameOf(incidentId) }),
      detail: `${busyWords(suggestion.busy)} · ${etaWords(suggestion)}`,
      verb: t("divert.sure"),
      kind: "warn",
      run: () =>
        run(() => acts.divert(suggestion.busy, incidentId, suggestion.part), {
          done: t("done.diverted", { unit: suggestion.call_sign, incident: nameOf(incidentId) }),
          call_sign: suggestion.call_sign,
          incidentId,
        }),
    });
  }

  function askTakeOver(unit, best) {
    const held = unit.properties.assignment;
    bar.propose({
      words: t("ask.take_over", {
        unit: best.call_sign,
        other: unit.properties.call_sign,
        incident: nameOf(held.incident),
      }),
      detail: etaWords(best),
      verb: t("take_over.sure"),
      run: () =>
        run(() => acts.takeOver(held, best.unit), {
          done: t("done.taken_over", {
            unit: best.call_sign,
            other: unit.properties.call_sign,
            time: clock(new Date()),
          }),
          call_sign: best.call_sign,
          incidentId: held.incident,
        }),
    });
  }

  const step = (held, state, more = {}) =>
    run(() => acts.moveOn(held, state, more), { done: t("done.step"), incidentId: held.incident });

  function askRaise(feature, level) {
    bar.propose({
      words: t("ask.raise", { level, incident: nameOf(feature.id) }),
      verb: t("raise.sure"),
      run: () =>
        run(async () => ({ incident: await acts.raiseLevel(feature, level) }), {
          done: t("done.raised", { level }),
          incidentId: feature.id,
        }),
    });
  }

  const seen = (held) =>
    run(() => acts.helpSeen(held.id), { done: t("done.help_seen"), incidentId: held.incident });

  return {
    send,
    askSend,
    askDivert,
    askTakeOver,
    askRaise,
    dropped,
    step,
    seen,
    nameOf,
    sendWords,
  };
}
