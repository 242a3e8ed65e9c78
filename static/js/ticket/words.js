/** What is said of a ticket: state, clock, whose turn it is. One wording for all screens. */

import { el, icon } from "../dom.js";
import { ago, fullTime, serverNow, spanPassed } from "../format.js";
import { t, wordFor } from "../words.js";

const OVER = ["ditutup", "digabung", "diarsipkan"];
const HOUR_S = 3600;
const DAY_S = 86_400;
const SOON = 0.75; // of its time used up: say it louder

export const isOver = ({ state }) => OVER.includes(state);

/** "diteruskan ke OPD" */
export const stateName = (state) => wordFor("ticket_state", state);

/** "Aduan" */
export const kindName = (kind) => wordFor("ticket_kind", kind);

/**
 * How much time is left, or by how much it is late: "sisa 2 hari kerja", "lewat 3 jam".
 * @returns {{words: string, kind: "late" | "soon" | "calm" | "over", at: string | null}}
 */
export function leftWords(ticket) {
  if (isOver(ticket)) {
    const at = ticket.closed_at;
    return { words: at ? ago(at) : stateName(ticket.state), kind: "over", at };
  }
  const clock = runningClock(ticket);
  if (!clock) return { words: t("ticket.no_clock"), kind: "calm", at: null };
  // Late in the night or on a Sunday: no working time has passed since, and it is late all the same.
  const late = clock.seconds < 0 || (clock.at && Date.parse(clock.at) < serverNow());
  const lastDay = !clock.wall && clock.seconds < clock.day;
  const soon = clock.which !== "reply" && (lastDay || (ticket.share ?? 0) >= SOON);
  return {
    words: lateOrLeft(clock, late),
    kind: late && clock.which !== "reply" ? "late" : soon ? "soon" : "calm",
    at: clock.at,
  };
}

/** The clock that runs for who has the ticket now; what is late goes first. Null: none. */
function runningClock({ due = {}, left, late = [], waits, answered_at: answered }) {
  if (left) {
    const { which, working_s: seconds, day_s: day, wall } = left;
    return { which, at: due[which] ?? null, seconds, day, wall };
  }
  const turn = { ruang: "verify", opd: answered ? "done" : "answer", pelapor: "reply" }[waits];
  const which = [...late, turn, "done"].find((name) => due[name]);
  if (!which) return null;
  const seconds = (Date.parse(due[which]) - serverNow()) / 1000;
  return { which, at: due[which], seconds, day: DAY_S, wall: true };
}

function lateOrLeft(clock, late) {
  if (late && clock.seconds > -60) return t("ticket.just_late");
  return t(late ? "ticket.late" : "ticket.left", { span: spanOf(Math.abs(clock.seconds), clock) });
}

function spanOf(seconds, { day, wall }) {
  if (wall) return spanPassed(seconds);
  if (seconds >= day) return t("ticket.working_days", { n: Math.floor(seconds / day) });
  if (seconds >= HOUR_S) return t("ticket.working_hours", { n: Math.floor(seconds / HOUR_S) });
  return spanPassed(seconds);
}

/** The same as an element; the full time of the due moment stands in its title. */
export function leftElement(ticket) {
  const { words, kind, at } = leftWords(ticket);
  const picture = { late: "triangle-alert", soon: "clock", over: "check" }[kind] ?? "clock";
  const title = at ? fullTime(at) : null;
  return el("span", { class: `t-left ${kind}`, title }, icon(picture), words);
}

/** "giliran DPUPR", "giliran pelapor"; empty where nobody's. */
export function turnWords({ waits, agency }) {
  if (!waits) return "";
  return t("ticket.turn", { who: waits === "opd" ? agency.short : wordFor("ticket_side", waits) });
}

/** "dipegang Ana", "belum dipegang" */
export function holderWords({ holder }, me = null) {
  if (!holder) return t("ticket.unheld");
  if (me && holder.id === me.id) return t("ticket.held_by_you");
  return t("ticket.held_by", { name: holder.name });
}

/** "Pecangaan Wetan · depan pasar"; in words where nothing is known. */
export function whereWords({ village, place }) {
  const named = [village?.name, place].filter(Boolean);
  return named.length ? named.join(" · ") : t("place.unpinned");
}

/** Small words about what is unusual: sent back, opened again, proof that is wanted. */
export function marksOf(ticket) {
  const said = [
    ticket.restricted && ["lock", "warn", t("ticket.mark.restricted")],
    ticket.instruction && ["flag", "instruction", t("ticket.mark.instruction")],
    ticket.returns && ["undo-2", "", t("ticket.mark.returns", { n: ticket.returns })],
    ticket.reopens && ["refresh-cw", "", t("ticket.mark.reopens", { n: ticket.reopens })],
    ticket.escalated && ["arrow-up", "warn", t("ticket.mark.escalated", { n: ticket.escalated })],
    ticket.proof_needed && !ticket.proofs && !isOver(ticket)
      ? ["camera", "", t("ticket.mark.proof")]
      : null,
    ticket.reports > 1 && ["users", "", t("ticket.mark.reports", { n: ticket.reports })],
    ...(ticket.flags ?? []).map((flag) => ["triangle-alert", "warn", wordFor("ticket_flag", flag)]),
  ];
  return said
    .filter(Boolean)
    .map(([picture, kind, words]) => el("span", { class: `t-mark ${kind}` }, icon(picture), words));
}
