/** "12 > amb12": everything by keyboard. Enter shows who goes and when, a second Enter sends. */

import { $, $$, el, fill, icon } from "../dom.js";
import { categoryName, shortPlace, unitState } from "../incident_words.js";
import { t } from "../words.js";
import * as acts from "./acts.js";
import { chanceWords, inOrder } from "./choices.js";
import { incidentsFor, parse, unitsFor } from "./command.js";
import { missingWords } from "./needs.js";
import { etaWords } from "./times.js";

const MOST = 9; // as many as there are digits
const FRESH_MS = 4000; // suggestions that old are asked for anew
const SENDABLE = ["siap", "kembali"];

/** onOpen(incidentId) for a number alone; doing sends. */
export function openCommand({ board, number, doing, onOpen }) {
  const field = $("#command");
  const list = $("#command-list");
  const preview = $("#command-preview");
  const known = new Map(); // incident: {at, found}
  let candidates = [];
  let chosen = 0;
  let armed = null; // what the next Enter sends
  let sending = false;

  field.addEventListener("input", () => {
    armed = null;
    chosen = 0;
    draw();
  });
  field.addEventListener("keydown", press);
  field.addEventListener("focus", draw);
  field.addEventListener("blur", () =>
    setTimeout(() => document.activeElement !== field && hide(), 150),
  );

  function press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      armed = null;
      chosen = Math.max(0, Math.min(candidates.length - 1, chosen + steps[event.key]));
      show();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!event.repeat) enter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (armed) disarm();
      else leave();
    }
  }

  function enter() {
    const one = candidates[chosen];
    if (!one || sending) return;
    if (one.incident) return openIncident(one.incident);
    if (!one.sendable) return;
    if (armed !== one.key) {
      armed = one.key;
      return show();
    }
    send(one);
  }

  async function send(one) {
    sending = true;
    armed = null;
    const answer = await doing.send(one.incidentId, one.suggestion);
    sending = false;
    known.delete(one.incidentId);
    if (answer) leave();
    else draw();
  }

  function openIncident(feature) {
    const { sends } = parse(field.value);
    if (sends) {
      // Two incidents end with these digits: now it is said which.
      field.value = `${feature.id} > ${parse(field.value).unit}`;
      return draw();
    }
    leave();
    onOpen(feature.id);
  }

  function disarm() {
    armed = null;
    show();
  }

  async function draw() {
    const typed = parse(field.value);
    const incidents = board().incidents;
    const meant = incidentsFor(typed.number, incidents);
    if (!typed.sends || meant.length !== 1) {
      candidates = meant.slice(0, MOST).map((incident) => ({ key: `i${incident.id}`, incident }));
      return show(
        typed.number && !meant.length ? t("command.no_incident", { number: typed.number }) : "",
      );
    }
    const [incident] = meant;
    const found = await suggestions(incident);
    if (parse(field.value).number !== typed.number) return; // typed on meanwhile
    candidates = unitCandidates(parse(field.value), incident, found);
    chosen = Math.min(chosen, Math.max(0, candidates.length - 1));
    show(candidates.length ? "" : t("command.no_unit", { unit: typed.unit }));
  }

  async function suggestions(incident) {
    const kept = known.get(incident.id);
    if (kept && Date.now() - kept.at < FRESH_MS) return kept.found;
    fill(preview, t("units.looking"));
    const found = incident.geometry
      ? await acts.suggestionsFor(incident.id).catch(() => kept?.found ?? null)
      : null;
    known.set(incident.id, { at: Date.now(), found });
    return found;
  }

  function unitCandidates({ unit, nth }, incident, found) {
    // The same order as on the screen: the digits there are these.
    const first = found ? inOrder(found) : [];
    const rest = found ? [...found.units, ...found.by_sea, ...found.no_route] : [];
    const listed = [...new Map([...first, ...rest].map((one) => [one.unit, one])).values()];
    if (nth) return first.slice(nth - 1, nth).map((one) => candidate(one, incident, nth));
    const own = new Set(listed.map((one) => one.unit));
    const others = [...board().units.values()]
      .filter(({ id }) => !own.has(id))
      .map(({ id, properties }) => ({
        unit: id,
        call_sign: properties.call_sign,
        state: properties.state,
        part: null,
      }));
    const all = unit ? [...listed, ...others] : listed;
    return unitsFor(unit, all)
      .slice(0, MOST)
      .map((one, at) => candidate(one, incident, unit ? null : at + 1));
  }

  function candidate(suggestion, incident, digit) {
    const state = board().units.get(suggestion.unit)?.properties.state ?? suggestion.state;
    return {
      key: `u${suggestion.unit}-${incident.id}`,
      suggestion,
      incidentId: incident.id,
      digit,
      state,
      sendable: SENDABLE.includes(state),
    };
  }

  function show(said = "") {
    list.hidden = candidates.length === 0;
    fill(
      list,
      candidates.map((one, at) =>
        el(
          "li",
          {
            role: "option",
            id: `command-${at}`,
            "aria-selected": String(at === chosen),
            onmousedown: (event) => event.preventDefault(),
            onclick() {
              chosen = at;
              enter();
              field.focus();
            },
          },
          one.incident ? incidentLine(one.incident) : unitLine(one),
        ),
      ),
    );
    $$("[role=option]", list)[chosen]?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-expanded", String(candidates.length > 0));
    if (candidates.length) field.setAttribute("aria-activedescendant", `command-${chosen}`);
    else field.removeAttribute("aria-activedescendant");
    preview.classList.toggle("armed", Boolean(armed));
    fill(preview, said || previewWords(candidates[chosen]));
  }

  function incidentLine(feature) {
    return [
      el("b", {}, `${number(feature.id)} ${categoryName(feature.properties)}`),
      el("span", {}, ` ${shortPlace(feature)}`),
      el("span", { class: "lack" }, ` ${missingWords(feature)}`),
    ];
  }

  const unitLine = ({ suggestion, digit, sendable, state }) => [
    digit ? el("kbd", {}, String(digit)) : null,
    el("b", {}, suggestion.call_sign),
    el(
      "span",
      { class: "quiet" },
      ` ${sendable ? (suggestion.station ?? "") : unitState({ state })}`,
    ),
    el("span", { class: "eta" }, sendable ? etaWords(suggestion) : ""),
  ];

  function previewWords(one) {
    if (!one) return field.value.trim() ? t("command.how_more") : t("command.how");
    if (one.incident) return t("command.open", { incident: doing.nameOf(one.incident.id) });
    if (!one.sendable)
      return t("command.busy", { unit: one.suggestion.call_sign, state: unitState(one) });
    const { p_target } = one.suggestion;
    const words = [
      doing.sendWords(one.incidentId, one.suggestion),
      etaWords(one.suggestion),
      p_target === null || p_target === undefined ? null : chanceWords(p_target),
    ];
    return [
      icon("send"),
      el("b", {}, words.filter(Boolean).join(" · ")),
      el(
        "span",
        { class: armed ? "sure" : "quiet" },
        armed ? t("command.again") : t("command.enter"),
      ),
    ];
  }

  function hide() {
    armed = null;
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    preview.classList.remove("armed");
    fill(preview, t("command.how"));
  }

  function leave() {
    field.value = "";
    candidates = [];
    hide();
    field.blur();
  }

  hide();
  return {
    /** Go to the line; a digit that opened it stands in it already. */
    open(first = "") {
      field.value = first;
      field.focus();
      field.setSelectionRange(first.length, first.length);
      chosen = 0;
      draw();
    },
    leave,
  };
}
