/** Who can go: the nearest units with time, distance and reasons, and the button that sends one. */

import { get, Problem } from "./api.js";
import { sendUnit } from "./dispatch/acts.js";
import { $, $$, el, fill, icon, notice } from "./dom.js";
import { chanceWords as inTime, leavesWords } from "./dispatch/choices.js";
import { etaWords } from "./dispatch/times.js";
import { clock, distance, span } from "./format.js";
import { unitIcon, unitState } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { basisWords } from "./basis.js";
import { t } from "./words.js";

const SENDABLE = ["siap", "kembali"];
const MOST = 12; // farther ones would only be read by mistake
let shownFor = null;

/** Show the suggestions for an incident; onSent(answer) when one was sent. */
export async function showUnits(place, incident, { onSent, focus = false, said = null }) {
  shownFor = incident.id;
  if (!incident.geometry) return fill(place, el("p", { class: "empty" }, t("units.no_pin")));
  if (!said) fill(place, el("p", { class: "empty" }, t("units.looking")));
  try {
    const found = await get(`/api/incidents/${incident.id}/suggestions`);
    if (shownFor !== incident.id) return;
    draw(place, incident, found, { onSent, said });
    if (focus) $("button.send-unit", place)?.focus();
  } catch (reason) {
    if (shownFor === incident.id) fill(place, notice("bad", problemWords(reason)));
  }
}

/** Say why there is no list. */
export function clearUnits(place, words) {
  shownFor = null;
  fill(place, el("p", { class: "empty" }, words));
}

function draw(place, incident, found, { onSent, said }) {
  const { units, by_sea, no_route = [], divert = [], basis } = found;
  const row = (unit, best) =>
    unitRow(unit, best, (button) => send(place, incident, unit, button, { onSent }));
  fill(
    place,
    said,
    units.length + by_sea.length + no_route.length === 0
      ? el("p", { class: "empty" }, t("units.none"))
      : null,
    el(
      "ul",
      { class: "rows" },
      units.slice(0, MOST).map((unit, at) => row(unit, at === 0 && !said)),
    ),
    units.length > MOST
      ? el("p", { class: "quiet small basis" }, t("units.more", { n: units.length - MOST }))
      : null,
    ...block("waves", t("units.by_sea"), by_sea, row),
    ...block("route", t("choices.no_route"), no_route, row),
    divert.length
      ? el("p", { class: "quiet small basis" }, t("units.divert", { n: divert.length }))
      : null,
    basis
      ? el("p", { class: "quiet small basis" }, t("units.basis", { basis: basisWords(basis) }))
      : null,
  );
}

const block = (picture, title, list, row) =>
  list.length
    ? [
        el("h3", {}, icon(picture), ` ${title}`),
        el(
          "ul",
          { class: "rows" },
          list.map((unit) => row(unit, false)),
        ),
      ]
    : [];

/** The reason, and what speaks against it. */
function whyWords(unit) {
  const english = document.documentElement.lang === "en";
  const said = [
    (english && unit.why_en) || unit.why,
    unit.stale
      ? t("choices.stale", { span: span(unit.fix_age_s ?? 0), radius: distance(unit.radius_m) })
      : null,
    leavesWords(unit.leaves),
  ];
  return said.filter(Boolean).join(" · ");
}

function unitRow(unit, best, onSend) {
  return el(
    "li",
    { class: "unit-row" },
    icon(unitIcon(unit.unit_kind)),
    el(
      "div",
      {},
      el("b", {}, unit.call_sign),
      el("span", { class: "quiet" }, ` ${unit.agency} · ${unit.station ?? ""}`),
      el("p", { class: "quiet small", title: whyWords(unit) }, whyWords(unit)),
    ),
    el("span", { class: "away" }, el("b", {}, etaWords(unit)), chanceWords(unit)),
    SENDABLE.includes(unit.state)
      ? sendButton(unit, best, onSend)
      : el("span", { class: "busy" }, unitState(unit)),
  );
}

// How likely it is there in time; where that is not known, how far it is.
const chanceWords = ({ p_target, distance_m }) =>
  p_target === null || p_target === undefined ? distance(distance_m) : inTime(p_target);

function sendButton(unit, best, onSend) {
  return el(
    "button",
    {
      type: "button",
      class: best ? "send-unit main" : "send-unit",
      "aria-label": t("units.send_which", { unit: unit.call_sign }),
      onclick: (event) => onSend(event.currentTarget),
    },
    icon("send"),
    t("units.send"),
  );
}

async function send(place, incident, unit, button, { onSent }) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await sendUnit(incident.id, unit.unit, unit.part);
    const said = notice("good", t("units.sent", { unit: unit.call_sign, time: clock(new Date()) }));
    said.setAttribute("role", "status");
    onSent(answer);
    await showUnits(place, answer.incident ?? incident, { onSent, said });
  } catch (reason) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    const words = problemWords(withUnit(reason, unit));
    const said = notice("warn", words);
    said.setAttribute("role", "alert");
    if (!(reason instanceof Problem)) {
      $(":scope > .notice", place)?.remove();
      place.prepend(said);
      button.focus();
      return;
    }
    // Somebody was faster: read who is free now.
    said.append(el("span", { class: "only-heard" }, t("units.refreshed")));
    await showUnits(place, incident, { onSent, said });
  }
  safeFocus(place);
}

// Not on the next unit: whoever presses Enter twice must not send two.
function safeFocus(place) {
  const said = $(".notice", place);
  if (!said) return;
  said.tabIndex = -1;
  said.focus();
}

function withUnit(reason, unit) {
  if (reason instanceof Problem) reason.facts.call_sign ??= unit.call_sign;
  return reason;
}

/** Arrows go from unit to unit in the list. */
export function walkUnits(place) {
  place.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = $$("button.send-unit", place);
    buttons[Math.max(0, buttons.indexOf(document.activeElement) + step)]?.focus();
  });
}
