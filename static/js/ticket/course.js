/** The course of a ticket as a line of steps, each with its time; what is unusual hangs below. */

import { el, icon } from "../dom.js";
import { dayClock } from "./times.js";
import { stateName } from "./words.js";
import { t, wordFor } from "../words.js";
import { fullTime } from "../format.js";

const LINE = [
  "baru",
  "diverifikasi",
  "didisposisi",
  "diterima_opd",
  "dikerjakan",
  "ditindaklanjuti",
  "menunggu_tanggapan",
  "ditutup",
];
const ASIDE = ["ditunda", "bukan_wewenang", "dibuka_kembali", "digabung", "diarsipkan"];

/** The line; the steps that a ticket has passed carry the time it last got there. */
export function courseLine(ticket) {
  const reached = lastTimes(ticket.steps);
  const here = LINE.includes(ticket.state) ? ticket.state : null;
  const at = here ? LINE.indexOf(here) : furthest(reached);
  return el(
    "div",
    { class: "t-course" },
    el(
      "ol",
      { "aria-label": t("ticket.course") },
      LINE.map((state, index) => stop(state, { index, at, here, time: reached[state] })),
    ),
    here ? null : asideNote(ticket),
  );
}

function stop(state, { index, at, here, time }) {
  const current = state === here;
  // A step that was left out stays hollow: the line says what happened, not what should have.
  const kind = current ? "here" : index < at ? (time ? "done" : "skipped") : "ahead";
  const passed = kind !== "ahead" && time;
  return el(
    "li",
    { class: kind, "aria-current": current ? "step" : null },
    el("i", { "aria-hidden": "true" }, kind === "done" ? icon("check") : null),
    el("b", {}, wordFor("ticket_stop", state)),
    passed ? el("time", { datetime: time, title: fullTime(time) }, dayClock(time)) : null,
  );
}

function asideNote({ state, steps }) {
  const step = [...steps].reverse().find((one) => one.state === state);
  const why = step?.reason ? wordFor("ticket_reason", step.reason) : null;
  return el(
    "p",
    { class: `t-aside ${state}` },
    icon(state === "ditunda" ? "pause" : "info"),
    el("b", {}, stateName(state)),
    why ? ` · ${why}` : null,
    step?.note ? ` · ${step.note}` : null,
  );
}

function lastTimes(steps) {
  const times = {};
  const begun = steps.map(({ state }) => state).lastIndexOf("dibuka_kembali");
  steps.forEach(({ state, at }, index) => {
    // After a re-opening only what came before the agency still stands.
    if (index > begun || LINE.indexOf(state) <= LINE.indexOf("didisposisi")) times[state] = at;
  });
  return times;
}

function furthest(reached) {
  const known = LINE.map((state, index) => (reached[state] ? index : -1));
  return Math.max(...known) + 1;
}

/** All steps, the latest first: who did what, why, in which words. */
export function historyList(steps) {
  return el(
    "ol",
    { class: "t-history plain-list" },
    [...steps]
      .reverse()
      .map((step) =>
        el(
          "li",
          {},
          el("time", { datetime: step.at, title: fullTime(step.at) }, dayClock(step.at)),
          el(
            "div",
            {},
            el("b", {}, stateName(step.state)),
            step.agency && !ASIDE.includes(step.state) ? ` · ${agencyName(step.agency)}` : null,
            el("span", { class: "quiet" }, ` · ${byWords(step)}`),
            step.reason ? el("p", {}, wordFor("ticket_reason", step.reason)) : null,
            step.instead
              ? el("p", {}, t("ticket.instead", { who: codeWords(step.instead) }))
              : null,
            step.note ? el("blockquote", {}, step.note) : null,
          ),
        ),
      ),
  );
}

const codeWords = (code) => code.replaceAll("_", " ").toUpperCase();
const agencyName = (agency) => agency.short ?? agency;

function byWords({ by, actor }) {
  const side = wordFor("ticket_side", actor);
  return by && by !== actor ? `${by} (${side})` : side;
}
