/** A ticket as a row: what, where, how long is left, whose turn it is, who holds it. */

import { el, sign } from "../dom.js";
import { categoryName, priorityName } from "../incident_words.js";
import {
  holderWords,
  isOver,
  leftElement,
  marksOf,
  stateName,
  turnWords,
  whereWords,
} from "../ticket/words.js";
import { t, wordFor } from "../words.js";

/** `selected`: whether it is ticked; onSelect(id, ticked). `me` as /api/me; null hides the tick. */
export function ticketRow(ticket, { me, selected, onSelect, selects }) {
  const marks = marksOf(ticket);
  return el(
    "li",
    { class: selected ? "t-row selected" : "t-row", "data-id": ticket.id },
    selects ? tick(ticket, selected, onSelect) : null,
    el(
      "a",
      { class: "t-row-link", href: `/tiket/${ticket.id}` },
      el(
        "span",
        { class: "t-row-what" },
        sign(ticket.priority),
        el("span", { class: "only-heard" }, priorityName(ticket.priority)),
        el("b", {}, ` ${categoryName(ticket)}`),
        el("span", { class: "quiet" }, ` #${ticket.id}`),
        ticket.demo ? el("span", { class: "mark demo" }, "DEMO") : null,
      ),
      leftElement(ticket),
      el("span", { class: "t-row-where" }, whereWords(ticket)),
      el("span", { class: "t-row-state" }, stateLine(ticket, me), lateWords(ticket)),
      marks.length ? el("span", { class: "t-marks" }, marks) : null,
    ),
  );
}

/** "diteruskan · giliran DPUPR · belum dipegang" */
function stateLine(ticket, me) {
  const agency = me.agency ? null : ticket.agency.short;
  const turn = ticket.waits === "opd" && agency ? null : turnWords(ticket);
  const held = isOver(ticket) || ticket.waits === "pelapor" ? null : holderWords(ticket, me);
  return [agency, stateName(ticket.state), turn, held].filter(Boolean).join(" · ");
}

/** " · jawaban pertama terlambat": the hours beside it do not say of what. */
function lateWords(ticket) {
  if (isOver(ticket) || !ticket.late?.length) return null;
  const said = ticket.late.map((which) => wordFor("ticket_late", which));
  return [" · ", el("span", { class: "t-row-late" }, said.join(", "))];
}

function tick(ticket, selected, onSelect) {
  const input = el("input", {
    type: "checkbox",
    checked: selected,
    "aria-label": t("inbox.select", { id: ticket.id, what: categoryName(ticket) }),
    onchange: () => onSelect(ticket.id, input.checked),
  });
  return el("label", { class: "t-row-tick" }, input);
}
