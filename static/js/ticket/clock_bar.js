/** The clock drawn: with whom the ticket lay and how long, pauses hatched, the due mark upon it. */

import { el } from "../dom.js";
import { fullTime, serverNow } from "../format.js";
import { t, wordFor } from "../words.js";
import { dayClock, longSpan } from "./times.js";
import { isOver, leftElement, stateName } from "./words.js";

/** The bar with its legend and a sentence that says the same. */
export function clockBar(ticket) {
  const { legs } = ticket.clock;
  if (!legs.length) return el("p", { class: "quiet" }, t("ticket.clock.none"));
  const begin = Date.parse(legs[0].from);
  const now = isOver(ticket) ? Date.parse(ticket.closed_at) : serverNow().getTime();
  const due = ticket.due?.done ? Date.parse(ticket.due.done) : null;
  const end = Math.max(now, due ?? 0, begin + 1000);
  const at = (moment) => ((moment - begin) / (end - begin)) * 100;
  const bar = el(
    "div",
    { class: "t-clock-bar", "aria-hidden": "true" },
    legs.map((leg) => part(leg, at, now)),
    now < end && !isOver(ticket) ? mark("now", at(now)) : null,
    due ? mark(due < now ? "due late" : "due", at(due), dueWords(ticket.due.done)) : null,
  );
  return el(
    "div",
    { class: "t-clock" },
    summary(ticket),
    bar,
    dues(ticket),
    legend(ticket),
    words(ticket),
  );
}

function part(leg, at, now) {
  const from = at(Date.parse(leg.from));
  const to = at(leg.to ? Date.parse(leg.to) : now);
  const element = el("i", {
    class: `leg ${leg.holder ?? "over"}${leg.state === "ditunda" ? " paused" : ""}`,
    title: `${stateName(leg.state)} · ${longSpan(leg.wall_s)}`,
  });
  element.style.left = `${from}%`;
  element.style.width = `${Math.max(0, to - from)}%`;
  return element;
}

function mark(kind, left, title = null) {
  const element = el("i", { class: `mark-at ${kind}`, title });
  element.style.left = `${Math.min(100, Math.max(0, left))}%`;
  return element;
}

const dueWords = (iso) => t("ticket.clock.due", { time: fullTime(iso) });

function summary(ticket) {
  return el(
    "p",
    { class: "t-clock-sum" },
    leftElement(ticket),
    ticket.left ? el("span", {}, wordFor("ticket_clock", ticket.left.which)) : null,
    ticket.extended ? el("span", { class: "t-mark" }, t("ticket.extended")) : null,
  );
}

/** Every date that stands, each by its name; what is over is said. */
function dues({ due = {}, late = [] }) {
  const known = Object.entries(due).filter(([, at]) => at);
  return el(
    "ul",
    { class: "t-dues" },
    known.map(([which, at]) =>
      el(
        "li",
        { class: late.includes(which) ? "passed" : "quiet", title: fullTime(at) },
        `${wordFor("ticket_clock", which)}: ${dayClock(at)}`,
      ),
    ),
  );
}

const SIDES = [
  ["ruang", "with_room_s"],
  ["opd", "with_agency_s"],
  ["pelapor", "with_reporter_s"],
];

function legend({ clock, agency }) {
  const name = (side) => (side === "opd" ? agency.short : wordFor("ticket_side", side));
  return el(
    "ul",
    { class: "t-clock-legend" },
    SIDES.filter(([, key]) => clock[key] > 0).map(([side, key]) =>
      el(
        "li",
        {},
        el("i", { class: `leg ${side}`, "aria-hidden": "true" }),
        `${name(side)} `,
        el("b", {}, longSpan(clock[key])),
      ),
    ),
  );
}

// The citizen waits on, whoever has the ticket.
function words({ clock }) {
  const long = longSpan(clock.citizen_s);
  return el("p", { class: "quiet small" }, t("ticket.clock.citizen", { span: long }));
}
