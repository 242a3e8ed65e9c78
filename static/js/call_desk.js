/** The call from its first word to its number: pin, likeness, saving, drafts put aside. */

import { openCallPlace } from "./call_place.js";
import { contradictionNotice } from "./contradictions.js";
import { $, fill, icon, notice } from "./dom.js";
import { categoryName } from "./incident_words.js";
import { clearNear, markJoined, showNear } from "./near.js";
import { openOutbox } from "./outbox.js";
import { showOutbox } from "./outbox_view.js";
import { problemWords } from "./problems.js";
import { codeLine } from "./tracking.js";
import { t } from "./words.js";

/**
 * @param form of call_form.js; `onSaved(incident | null, answer, told)` shows what was saved,
 *   `isOwn(id)` hears of each, `toCall()` brings the form to the front, `covered()` says that something lies over it
 */
export function openCallDesk({ form, ground, pin, onSaved, isOwn, toCall, covered }) {
  const drafts = [];
  const outbox = openOutbox(drawOutbox);

  const place = openCallPlace({ form, ground, pin, covered, onMoved: lookNear });
  const showPin = place.show;
  $("#call").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  $("#next-call").addEventListener("click", next);
  clearNear($("#near"), t("near.no_pin"));

  // ---- the same event as another call? ----

  async function lookNear() {
    const { pin: point } = form.draft();
    await showNear($("#near"), { pin: point, category: form.category() }, join);
    markJoined($("#near"), form.draft().joins);
  }

  function join(feature) {
    const draft = form.draft();
    draft.joins = draft.joins === feature.id ? null : feature.id;
    markJoined($("#near"), draft.joins);
    const words = { id: String(feature.id), what: categoryName(feature.properties) };
    sayDone(draft.joins && t("near.joining", words), "git-merge");
  }

  // ---- saving ----

  async function save() {
    if (covered() || $("#save").disabled) return;
    const body = form.report();
    const needs = body.class === "normal" && !body.what && !body.where && !body.pin;
    sayProblem(needs ? t("call.needs_words") : "");
    if (needs) {
      form.fields.where.focus();
      return;
    }
    place.leave();
    form.stop();
    form.lock(true);
    const kept = form.take();
    const label = body.where || body.what.slice(0, 30) || t(`class.${body.class}`);
    try {
      const answer = await outbox.send(body, label);
      if (answer.incident) isOwn(answer.incident.id);
      if (form.draft() === kept.draft) saved(answer);
    } catch (reason) {
      refused(kept, label, reason);
    }
  }

  /** The words are still there, to be mended and sent under a new key. */
  function refused(kept, label, reason) {
    if (form.draft() !== kept.draft) drafts.push({ ...kept, label, at: new Date() });
    else form.lock(false);
    sayProblem(problemWords(reason));
    drawOutbox(outbox.items);
  }

  function saved(answer) {
    for (const item of outbox.sent()) if (item.answer === answer) outbox.drop(item);
    clean();
    const told = notice("good", savedWords(answer));
    told.setAttribute("role", "status");
    if (answer.code) told.lastChild.append(codeLine(answer));
    if (!onSaved(answer, [told, ...warningsOf(answer)])) {
      sayDone(savedWords(answer), "check");
      form.fields.where.focus();
    }
  }

  // ---- the next call: what is not saved is put aside, never lost ----

  function next() {
    const sending = $("#save").disabled;
    if (form.touched() && !sending) putAside();
    toCall();
    clean();
    form.begin();
    form.fields.where.focus();
    drawOutbox(outbox.items);
  }

  function putAside() {
    const kept = form.take();
    drafts.push({
      ...kept,
      label: kept.where || kept.what.slice(0, 30) || kept.phone,
      at: new Date(),
    });
  }

  function takeUp(draft) {
    drafts.splice(drafts.indexOf(draft), 1);
    next();
    form.put(draft);
    showPin();
    drawOutbox(outbox.items);
  }

  function clean() {
    form.lock(false);
    form.reset();
    sayProblem("");
    sayDone("");
    showPin();
  }

  function drawOutbox(items) {
    const shown = { items, drafts };
    showOutbox($("#outbox"), shown, { onOpen: openSent, onDraft: takeUp, onRetry: hurry });
    const busy = items.some((item) => item.state === "sending");
    $("#save").setAttribute("aria-busy", String(busy));
  }

  function hurry() {
    outbox.hurry();
  }

  function openSent(item) {
    outbox.drop(item);
    onSaved(item.answer, []);
  }

  return {
    placed: place.placed,
    lookNear,
    showPin,
    save,
    next,
    // A call joins at once; two cases are merged by the button that then has the focus.
    joinFirst: () =>
      $("#near [data-join]") ? $("#near [data-join]").click() : $("#near [data-merge]")?.focus(),
    /** Whether closing the page now would lose something. */
    unsaved: () => outbox.pending() > 0 || drafts.length > 0 || form.touched(),
  };
}

// What the panel does not say by itself; contradictions stand there, with their ways out.
const WARNINGS = {
  gabung_tidak_ditemukan: () => t("warning.no_join"),
  desa_tidak_cocok: () => t("warning.other_village"),
};

function warningsOf({ warnings = [], contradictions = [], incident }) {
  const said = warnings.filter((code) => code !== "desa_tidak_cocok" || !contradictions.length);
  const told = said
    .filter((code) => WARNINGS[code])
    .map((code) => notice("warn", WARNINGS[code]()));
  return incident ? told : [...told, contradictionNotice(contradictions)].filter(Boolean);
}

function savedWords({ incident, joined }) {
  if (incident) return t("call.saved", { id: String(incident.id) });
  return joined ? t("call.joined", { id: String(joined) }) : t("call.counted");
}

function sayProblem(words) {
  $("#call-problem").hidden = !words;
  $("#call-problem").textContent = words;
}

function sayDone(words, picture) {
  $("#joins").hidden = !words;
  if (words) fill($("#joins"), icon(picture), words);
}
