/** Who can go: the nearest units with time, distance and reasons, and the button that sends one. */

import { get, post, Problem } from "./api.js";
import { $, $$, el, fill, icon, notice } from "./dom.js";
import { clock, distance, span } from "./format.js";
import { unitIcon, unitState } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

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

function draw(place, incident, { units, by_sea, basis }, { onSent, said }) {
  const row = (unit, at) =>
    unitRow(unit, at, (button) => send(place, incident, unit, button, { onSent }));
  fill(
    place,
    said,
    units.length + by_sea.length === 0 ? el("p", { class: "empty" }, t("units.none")) : null,
    el("ul", { class: "rows", onkeydown: walk }, units.slice(0, MOST).map(row)),
    units.length > MOST
      ? el("p", { class: "quiet small basis" }, t("units.more", { n: units.length - MOST }))
      : null,
    by_sea.length ? el("h3", {}, icon("waves"), ` ${t("units.by_sea")}`) : null,
    by_sea.length ? el("ul", { class: "rows", onkeydown: walk }, by_sea.map(row)) : null,
    basis ? el("p", { class: "quiet small basis" }, t("units.basis", { basis })) : null,
  );
}

function unitRow(unit, index, onSend) {
  const away = unit.travel_s === null ? t("units.time_unknown") : `± ${span(unit.travel_s)}`;
  return el(
    "li",
    { class: "unit-row" },
    icon(unitIcon(unit.unit_kind)),
    el(
      "div",
      {},
      el("b", {}, unit.call_sign),
      el("span", { class: "quiet" }, ` ${unit.agency} · ${unit.station ?? ""}`),
      el("p", { class: "quiet small" }, unit.why),
    ),
    el("span", { class: "away" }, el("b", {}, away), distance(unit.distance_m)),
    unit.state === "siap"
      ? sendButton(unit, index, onSend)
      : el("span", { class: "busy" }, unitState(unit)),
  );
}

function sendButton(unit, index, onSend) {
  return el(
    "button",
    {
      type: "button",
      class: index === 0 ? "send-unit main" : "send-unit",
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
    const answer = await post(`/api/incidents/${incident.id}/assignments`, { unit: unit.unit });
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
    if (!(reason instanceof Problem)) return place.prepend(said);
    // Somebody was faster: read who is free now.
    said.append(el("span", { class: "only-heard" }, t("units.refreshed")));
    await showUnits(place, incident, { onSent, said });
  }
  $("button.send-unit", place)?.focus();
}

function withUnit(reason, unit) {
  if (reason instanceof Problem) reason.facts.call_sign ??= unit.call_sign;
  return reason;
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = $$("button.send-unit", event.currentTarget.parentElement);
  const next = buttons[buttons.indexOf(document.activeElement) + step];
  next?.focus();
}
