/** What to do next: one plain button with exactly the fields it needs; the rest stands beside it. */

import { Problem } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { t, wordFor } from "../words.js";
import { agencyField } from "./agency_pick.js";
import { answerField } from "./answer.js";
import { noteField, reasonField } from "./fields.js";
import { ticketProblem } from "./problems.js";
import { holderWords, isOver, stateName } from "./words.js";

const EXTEND = "extend"; // no state: more time for a request of information, once
const REFER_OWN = "refer_own"; // to the agency that the rule has chosen already

// Which of the allowed moves is the ordinary one, by where the ticket stands.
const ORDINARY = {
  baru: [REFER_OWN, "diterima_opd", "diverifikasi"],
  diverifikasi: [REFER_OWN, "diterima_opd"],
  didisposisi: ["diterima_opd"],
  diterima_opd: ["dikerjakan"],
  dikerjakan: ["ditindaklanjuti"],
  ditindaklanjuti: ["menunggu_tanggapan"],
  bukan_wewenang: ["didisposisi"],
  dibuka_kembali: ["dikerjakan", "didisposisi", "diterima_opd"],
};
const NEW = ["baru", "diverifikasi"];
const ICONS = {
  diverifikasi: "check",
  didisposisi: "send",
  diterima_opd: "check",
  dikerjakan: "wrench",
  ditindaklanjuti: "camera",
  menunggu_tanggapan: "message-square",
  ditunda: "pause",
  bukan_wewenang: "undo-2",
  diarsipkan: "x",
  dibuka_kembali: "refresh-cw",
  [EXTEND]: "calendar",
  [REFER_OWN]: "send",
};

/** The fields of a move; none: it is sent at once. */
function fieldsOf(to, ticket) {
  const other = (reason) => noteField({ needed: () => reason.read().reason === "lainnya" });
  if (to === EXTEND) return [moreTime()];
  if (to === REFER_OWN) return [];
  if (ticket.state === "ditunda" && to !== "diarsipkan") return [];
  if (to === "didisposisi") return [agencyField(ticket), noteField()];
  if (to === "ditindaklanjuti") return [noteField({ label: t("ticket.note.done") })];
  if (to === "menunggu_tanggapan") return [answerField(ticket, to)];
  if (to === "dikerjakan" && ticket.state === "ditindaklanjuti") return withReason(to, other);
  if (to === "diarsipkan" || to === "dibuka_kembali") return withReason(to, other);
  if (to === "ditunda") return [reasonField(to), answerField(ticket, to, { ask: true })];
  if (to !== "bukan_wewenang") return [];
  const where = agencyField(ticket, { wanted: false, label: t("ticket.where_instead") });
  const [reason, note] = withReason(to, other);
  return [reason, where, note];
}

function moreTime() {
  const made = noteField({ needed: () => true, label: t("ticket.extend.why") });
  return { ...made, read: () => ({ reason: made.read().note }) };
}

function withReason(to, other) {
  const reason = reasonField(to);
  return [reason, other(reason)];
}

/**
 * The block. `sender` as in send.js; onProof() goes to the proof; `me` is /api/me.
 * @returns {{draw: (ticket) => void, busy: () => boolean}}
 */
export function nextStep(place, { sender, current, me, onProof }) {
  let open = null; // {to, fields}: a form that somebody has begun
  let sending = false; // what comes meanwhile is drawn once it is known how this went

  function draw(ticket) {
    if (sending) return;
    if (open && (open.to === EXTEND || ticket.moves.includes(open.to))) return;
    if (open) return stranded(ticket);
    const [first, ...others] = ordered(ticket);
    fill(
      place,
      el("h2", {}, t("ticket.next")),
      el("p", { class: "t-hint" }, hint(ticket, first)),
      first ? el("div", { class: "t-main-row" }, mainButton(first, ticket)) : null,
      holderRow(ticket),
      el(
        "div",
        { class: "buttons" },
        others.map((to) => button(to, ticket)),
        extendable(ticket) ? button(EXTEND, ticket) : null,
      ),
      el("div", { class: "t-said", role: "alert" }),
    );
  }

  function mainButton(to, ticket) {
    const made = button(to, ticket);
    made.className = "main";
    return made;
  }

  function button(to, ticket) {
    return el(
      "button",
      { type: "button", "data-move": to, onclick: () => begin(to) },
      icon(ICONS[to] ?? "arrow-right"),
      moveName(to, ticket),
    );
  }

  function begin(to) {
    const ticket = current();
    if (to === "ditindaklanjuti" && ticket.proof_needed && !ticket.proofs.length) {
      say(notice("warn", t("ticket.problem.proof")));
      return onProof();
    }
    const fields = fieldsOf(to, ticket);
    if (!fields.length) return go(to, {});
    open = { to, fields };
    form(ticket);
    fields[0].focus();
  }

  function form(ticket) {
    const { to, fields } = open;
    const send = el("button", { class: "main" }, icon(ICONS[to]), moveName(to, ticket));
    const made = el(
      "form",
      { class: "t-form", novalidate: true, onsubmit: submitted },
      el("h2", {}, moveName(to, ticket)),
      el("div", { class: "t-said", role: "alert" }),
      fields.map(({ element }) => element),
      el(
        "div",
        { class: "buttons" },
        send,
        el("button", { type: "button", class: "plain", onclick: leave }, t("back")),
      ),
    );
    made.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
      if (event.key === "Enter" && event.ctrlKey) made.requestSubmit();
    });
    fill(place, made);
  }

  function submitted(event) {
    event.preventDefault();
    const { to, fields } = open;
    const wrong = fields.filter((one) => !one.check());
    if (wrong.length) return wrong[0].focus();
    return go(to, Object.assign({}, ...fields.map((one) => one.read())));
  }

  async function go(to, body) {
    sending = true;
    wait(true);
    try {
      if (to === EXTEND) await sender.step(EXTEND, body, { keyed: false });
      else await sender.step("moves", { to: to === REFER_OWN ? "didisposisi" : to, ...body });
      open = null;
      sending = false;
      draw(current());
      say(notice("good", t("ticket.moved", { state: stateName(current().state) })));
    } catch (reason) {
      sending = false;
      refused(reason);
    } finally {
      wait(false);
    }
  }

  function refused(reason) {
    const field = reason instanceof Problem && reason.facts.field;
    const own = open?.fields.find(({ name }) => name === field);
    if (own) {
      own.refuse(lackWords(reason));
      return own.focus();
    }
    const kept = open && reason.status === 409 ? ` ${t("ticket.kept")}` : "";
    if (open && open.to !== EXTEND && !current().moves.includes(open.to)) stranded(current());
    else if (!open) draw(current());
    return say(notice("bad", ticketProblem(reason) + kept));
  }

  /** Somebody moved it meanwhile, and this step no longer fits: the words stay to be copied. */
  function stranded(ticket) {
    const words = Object.values(Object.assign({}, ...open.fields.map((one) => one.read())));
    const typed = words.filter((one) => typeof one === "string" && one.length > 20).join("\n");
    open = null;
    draw(ticket);
    if (typed)
      place.append(
        el("label", { class: "field" }, t("ticket.typed"), el("textarea", { rows: 4 }, typed)),
      );
  }

  function leave() {
    open = null;
    draw(current());
    $("button", place)?.focus();
  }

  function wait(busy) {
    for (const one of place.querySelectorAll("button")) one.disabled = busy;
  }

  const extendable = (ticket) => ticket.extendable && me.rights.includes("work_ticket");
  const say = (words) => fill($(".t-said", place), words);

  function holderRow(ticket) {
    if (isOver(ticket) || !mine(ticket, me)) return null;
    const own = ticket.holder?.id === me.id;
    const taken = ticket.holder && !own;
    const word = own ? "ticket.release" : taken ? "ticket.take_over" : "ticket.claim";
    const act = () =>
      claim(own ? "release" : "claim", taken ? { take_over: true } : {}).catch(refused);
    return el(
      "div",
      { class: "t-holder" },
      el("span", {}, icon("user"), holderWords(ticket, me)),
      el("button", { type: "button", "data-claim": "", onclick: act }, t(word)),
    );
  }

  async function claim(path, body) {
    await sender.step(path, body, { keyed: false });
    draw(current());
  }

  return { draw, busy: () => open !== null && !sending, begin };
}

const LACKS = {
  agency: "ticket.agency.missing",
  reason: "ticket.reason.missing",
  answer: "ticket.answer.missing",
  note: "ticket.note.missing",
};

function lackWords(reason) {
  return reason.type === "MoveLacks" ? t(LACKS[reason.facts.field]) : ticketProblem(reason);
}

function ordered(ticket) {
  const { state, moves, before } = ticket;
  const may = (to) => moves.includes(to === REFER_OWN ? "didisposisi" : to);
  const first =
    state === "ditunda" ? moves.find((to) => to === before) : (ORDINARY[state] ?? []).find(may);
  const others = moves.filter((to) => to !== first);
  return [first, ...others];
}

/** "Teruskan ke OPD"; out of a pause every way but the archive means going on. */
export function moveName(to, { state, agency }) {
  if (to === EXTEND) return t("ticket.extend");
  if (to === REFER_OWN) return t("ticket.refer_own", { who: agency.short });
  if (NEW.includes(state) && to === "didisposisi") return t("ticket.refer_other");
  if (state === "ditunda" && to !== "diarsipkan") return t("ticket.go_on");
  if (state === "bukan_wewenang" && to === "didisposisi") return t("ticket.refer_other");
  if (state === "ditindaklanjuti" && to === "dikerjakan") return t("ticket.back_to_work");
  return wordFor("ticket_move", to);
}

function hint(ticket, first) {
  if (isOver(ticket)) return t("ticket.hint.over");
  if (!first)
    return ticket.waits === "pelapor" ? t("ticket.hint.reporter") : t("ticket.hint.other");
  return wordFor("ticket_hint", first);
}

/** Whether this side works on it now; for the reporter nobody holds it. */
const mine = ({ waits }, { rights = [] }) =>
  waits !== "pelapor" && rights.includes(waits === "ruang" ? "verify" : "work_ticket");
