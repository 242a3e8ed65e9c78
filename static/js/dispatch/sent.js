/** The units that are out for an incident: how far they are, and what can be done with each. */

import { el, icon } from "../dom.js";
import { clock } from "../format.js";
import { t, wordFor } from "../words.js";
import { etaWords } from "./times.js";
import { timer } from "./timers.js";

/** What the room may set next; crews do it themselves as a rule. */
export const NEXT = {
  ditugaskan: ["diterima", "berangkat"],
  diterima: ["berangkat"],
  berangkat: ["tiba"],
  tiba: ["membawa_pasien", "selesai"],
  membawa_pasien: ["tiba_di_faskes"],
  tiba_di_faskes: ["selesai"],
  selesai: ["kembali"],
};
/** Why an order is called back, as dispatch.rules.workflow knows it. */
export const REASONS = ["tidak_diperlukan", "ada_yang_lebih_dekat", "kendala", "salah_kirim"];

const TIMES = ["sent_at", "accepted_at", "departed_at", "arrived_at"];

/** Units of the board that are out for an incident, the longest sent first. */
export const unitsOutFor = (units, incidentId) =>
  [...units]
    .filter(({ properties }) => properties.assignment?.incident === incidentId)
    .sort((one, other) =>
      one.properties.assignment.sent_at.localeCompare(other.properties.assignment.sent_at),
    );

/** Whether an order was not answered in the time that it had. */
export const isUnanswered = (held, now) =>
  held?.state === "ditugaskan" &&
  !held.accepted_at &&
  Boolean(held.alarmed_at || (held.ack_due_at && Date.parse(held.ack_due_at) <= now));

/**
 * One unit that is out. onStep(held, state), onCancel(held, reason), onTakeOver(unit, held),
 * onHelpSeen(held); `best` is who would take an unanswered order over.
 */
export function sentItem({ id, properties }, { unanswered, best, partNamed, ...on }) {
  const held = properties.assignment;
  return el(
    "li",
    { class: unanswered ? "sent late" : "sent", "data-key": `sent-${id}` },
    el(
      "div",
      { class: "line" },
      el("b", {}, properties.call_sign),
      ` ${wordFor("assignment_state", held.state)} `,
      held.part ? el("span", { class: "quiet" }, partNamed(held.part)) : null,
      timer(held.state_since ?? held.sent_at, { given_s: ackOf(held), title: t("sent.since") }),
    ),
    el("p", { class: "quiet small" }, timesWords(held)),
    held.help_at && !held.help_seen_at ? helpLine(held, on) : null,
    unanswered ? takeOverLine({ id, properties }, best, on) : null,
    el(
      "div",
      { class: "buttons" },
      (NEXT[held.state] ?? []).map((state) =>
        el(
          "button",
          {
            type: "button",
            "data-focus": `step-${held.id}-${state}`,
            onclick: () => on.onStep(held, state),
          },
          wordFor("step", state),
        ),
      ),
      cancelTool(held, on.onCancel),
    ),
  );
}

const ackOf = (held) =>
  held.state === "ditugaskan" && held.ack_due_at
    ? (Date.parse(held.ack_due_at) - Date.parse(held.sent_at)) / 1000
    : null;

function timesWords(held) {
  const moments = TIMES.filter((name) => held[name]).map((name) =>
    t(`sent.${name}`, { time: clock(held[name]) }),
  );
  if (held.eta && !held.arrived_at) moments.push(t("sent.eta", { eta: etaWords(held.eta) }));
  if (held.sent_by) moments.push(t("sent.by", { name: held.sent_by }));
  return moments.join(" · ");
}

const helpLine = (held, { onHelpSeen }) =>
  el(
    "p",
    { class: "notice bad" },
    icon("siren"),
    el("b", {}, wordFor("help", held.help_kind)),
    el("button", { type: "button", onclick: () => onHelpSeen(held) }, t("alarm.seen")),
  );

function takeOverLine(unit, best, { onTakeOver }) {
  return el(
    "p",
    { class: "notice bad" },
    icon("bell"),
    el("span", {}, t("sent.unanswered", { unit: unit.properties.call_sign })),
    best
      ? el(
          "button",
          {
            type: "button",
            class: "main",
            "data-focus": `take-${unit.id}`,
            onclick: () => onTakeOver(unit, best),
          },
          t("take_over.with", { unit: best.call_sign, eta: etaWords(best) }),
        )
      : el("span", {}, t("take_over.nobody")),
  );
}

/** "Batalkan": asks why first, with the reason that is the commonest chosen already. */
export function cancelTool(held, onCancel) {
  const select = el(
    "select",
    { "aria-label": t("cancel.why"), "data-focus": `why-${held.id}` },
    REASONS.map((code) => el("option", { value: code }, wordFor("reason", code))),
  );
  const sure = el(
    "button",
    { type: "button", onclick: () => onCancel(held, select.value) },
    t("cancel.sure"),
  );
  const question = el("span", { class: "cancelling", hidden: true }, select, sure);
  const opener = el(
    "button",
    {
      type: "button",
      class: "plain",
      "aria-expanded": "false",
      "data-focus": `cancel-${held.id}`,
      onclick() {
        question.hidden = !question.hidden;
        opener.setAttribute("aria-expanded", String(!question.hidden));
        if (!question.hidden) select.focus();
      },
    },
    t("step.dibatalkan"),
  );
  return [opener, question];
}
