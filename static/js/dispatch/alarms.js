/** What must not be overlooked: a crew that calls for help, an order that nobody answers. */

import { $, el, icon } from "../dom.js";
import { serverNow } from "../format.js";
import { t, wordFor } from "../words.js";
import { redraw, walk } from "./list.js";
import { isUnanswered } from "./sent.js";
import { timer } from "./timers.js";

const DANGER = "petugas_terancam"; // first of all
const QUIET_MS = 120_000; // how long an alarm that somebody sees to is silent on this screen

/**
 * The alarms among these units, the gravest first.
 * @returns {{key, kind: "help" | "unanswered", rank, since, unit, held}[]}
 */
export function alarmsOf(units, now) {
  const found = [];
  for (const unit of units) {
    const held = unit.properties.assignment;
    if (!held) continue;
    if (held.help_at && !held.help_seen_at)
      found.push({
        key: `help-${held.id}`,
        kind: "help",
        rank: held.help_kind === DANGER ? 0 : 1,
        since: held.help_at,
        unit,
        held,
      });
    if (isUnanswered(held, now))
      found.push({
        key: `ack-${held.id}`,
        kind: "unanswered",
        rank: 2,
        since: held.sent_at,
        unit,
        held,
      });
  }
  return found.sort((a, b) => a.rank - b.rank || a.since.localeCompare(b.since));
}

/** The strip at the top; onOpen(alarm) shows its incident, onSeen(held) a call for help as heard. */
export function openAlarms({ sound, nameOf, onOpen, onSeen }) {
  const strip = $("#alarms");
  const list = $("#alarms-list");
  const quiet = new Map(); // key: until when
  let alarms = [];
  walk(list, "button");

  function draw(units) {
    const now = serverNow();
    alarms = alarmsOf(units, now);
    strip.hidden = alarms.length === 0;
    strip.classList.toggle(
      "danger",
      alarms.some(({ rank }) => rank === 0),
    );
    redraw(list, alarms, {
      key: ({ key }) => key,
      // A crew that asked for a unit may be in danger by now: the line must say so.
      mark: (alarm) =>
        JSON.stringify([
          alarm.key,
          alarm.since,
          alarm.held.help_kind,
          alarm.held.incident,
          isQuiet(alarm),
        ]),
      draw: row,
    });
    const loud = alarms.filter((alarm) => !isQuiet(alarm));
    sound.ring(loud.length ? (loud[0].rank === 0 ? "danger" : loud[0].kind) : null);
    document.title = document.title.replace(
      /^(\(\d+\) )?/,
      alarms.length ? `(${alarms.length}) ` : "",
    );
  }

  const isQuiet = ({ key }) => (quiet.get(key) ?? 0) > Date.now();

  function row(alarm) {
    const { kind, held, unit } = alarm;
    const values = { unit: unit.properties.call_sign, incident: nameOf(held.incident) };
    const words =
      kind === "help"
        ? t("alarm.help", { ...values, what: wordFor("help", held.help_kind) })
        : t("alarm.unanswered", values);
    return el(
      "li",
      { class: `alarm ${kind}${alarm.rank === 0 ? " danger" : ""}` },
      icon(kind === "help" ? "siren" : "bell"),
      el("b", {}, words),
      silent(timer(alarm.since, { title: t("alarm.since") })),
      el(
        "button",
        { type: "button", class: "main", "data-focus": "open", onclick: () => onOpen(alarm) },
        kind === "help" ? t("alarm.open") : t("alarm.take_over"),
      ),
      kind === "help"
        ? el(
            "button",
            { type: "button", "data-focus": "seen", onclick: () => onSeen(held) },
            t("alarm.seen"),
          )
        : el(
            "button",
            {
              type: "button",
              "data-focus": "quiet",
              disabled: isQuiet(alarm),
              onclick: () => hush(alarm),
            },
            t(isQuiet(alarm) ? "alarm.quiet" : "alarm.radio"),
          ),
    );
  }

  // The strip is read out when it changes; its clocks would never let it end.
  function silent(clock) {
    clock.setAttribute("aria-hidden", "true");
    return clock;
  }

  function hush({ key }) {
    quiet.set(key, Date.now() + QUIET_MS);
    sound.ring(null);
  }

  return {
    draw,
    first: () => alarms[0] ?? null,
    any: () => alarms.length > 0,
  };
}
