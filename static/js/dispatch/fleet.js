/** The units by state, with how long they have been in it; each can be dragged on an incident. */

import { $, el, icon } from "../dom.js";
import { ago, clock } from "../format.js";
import { unitIcon, unitState } from "../incident_words.js";
import { driftOf } from "../map/areas.js";
import { t, wordFor } from "../words.js";
import { redraw, walk } from "./list.js";
import { endsSoon, shiftWords } from "./times.js";
import { timer } from "./timers.js";

/** Those first with whom something can go wrong; the free ones after them. */
const ORDER = [
  "ditugaskan",
  "berangkat",
  "di_lokasi",
  "membawa_pasien",
  "di_faskes",
  "kembali",
  "siap",
  "lepas_dinas",
];
/** As the work goes, for the line of counts. */
const COURSE = ["siap", "kembali", ...ORDER.slice(0, 5), "lepas_dinas"];
const SENDABLE = new Set(["siap", "kembali"]);
const FOLDED = "tanggap.papan.dilipat"; // which groups are folded away, remembered on this computer

/** onChoose(id) for a unit; drag(element, unit) makes it something that can be dragged. */
export function openFleet({ onChoose, drag }) {
  const list = $("#fleet");
  const finder = $("#fleet-find");
  const folded = new Set(JSON.parse(localStorage.getItem(FOLDED) ?? '["lepas_dinas"]'));
  let last = null;
  walk(list, ".unit-card, .group-head");
  finder.addEventListener("input", () => last && draw(last));

  function draw(shown) {
    last = shown;
    const units = shown.units.filter(isSought);
    const groups = ORDER.map((state) => [state, units.filter((u) => u.properties.state === state)]);
    drawCounts(shown.units);
    const rows = groups.flatMap(([state, members]) =>
      members.length
        ? [{ head: state, n: members.length }, ...(isOpen(state) ? members.sort(bySince) : [])]
        : [],
    );
    redraw(list, rows, {
      key: (row) => (row.head ? `head-${row.head}` : row.id),
      mark: (row) => markOf(row, shown),
      draw: (row) => (row.head ? head(row) : unitRow(row, shown)),
      empty: shown.units.length ? t("fleet.none_found") : t("fleet.none"),
    });
  }

  const isSought = ({ properties }) => {
    const sought = finder.value.toLowerCase().replace(/\s+/g, " ").trim();
    const words = [
      properties.call_sign,
      properties.call_sign.replace(/\W/g, ""),
      properties.agency,
      properties.station,
      wordFor("unit_kind", properties.unit_kind),
    ];
    return (
      !sought ||
      words.some((word) =>
        String(word ?? "")
          .toLowerCase()
          .includes(sought),
      )
    );
  };
  const isOpen = (state) => Boolean(finder.value) || !folded.has(state);

  function fold(state) {
    if (!folded.delete(state)) folded.add(state);
    localStorage.setItem(FOLDED, JSON.stringify([...folded]));
    draw(last);
  }

  function head({ head: state, n }) {
    const open = isOpen(state);
    return el(
      "li",
      { class: "group" },
      el(
        "button",
        {
          type: "button",
          class: "group-head plain",
          "aria-expanded": String(open),
          "data-state": state,
          onclick: () => fold(state),
        },
        icon(open ? "chevron-down" : "chevron-right"),
        el("b", {}, wordFor("unit_state", state)),
        el("span", { class: "count" }, String(n)),
      ),
    );
  }

  function drawCounts(units) {
    const counted = COURSE.map((state) => [
      state,
      units.filter((unit) => unit.properties.state === state).length,
    ]).filter(([, n]) => n);
    $("#fleet-counts").textContent = counted
      .map(([state, n]) => `${n} ${wordFor("unit_state", state)}`)
      .join(" · ");
  }

  function unitRow(feature, { numbers, chosenUnit }) {
    const facts = feature.properties;
    const out = facts.assignment;
    const card = el(
      "div",
      {
        class: `unit-card${facts.silent_since ? " silent" : ""}`,
        tabindex: "0",
        role: "button",
        "data-unit": feature.id,
        "data-state": facts.state,
        "aria-pressed": String(feature.id === chosenUnit),
        onclick: () => onChoose(feature.id),
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          onChoose(feature.id);
        },
      },
      icon(unitIcon(facts.unit_kind)),
      el(
        "span",
        { class: "who" },
        el("b", {}, facts.call_sign),
        el("span", { class: "only-heard" }, ` ${unitState(facts)} `),
        out
          ? el("span", { class: "out" }, ` ▸ ${numbers.get(out.incident) ?? out.incident}`)
          : null,
      ),
      timer(facts.state_since, { given_s: ackGiven(facts), title: t("fleet.since") }),
      el("span", { class: "more" }, tail(facts)),
      ...warnings(facts),
    );
    if (SENDABLE.has(facts.state)) drag(card, feature);
    return el("li", {}, card);
  }

  return {
    draw,
    focus: () => $(".unit-card", list)?.focus(),
    find: () => finder.focus(),
  };
}

const tail = ({ agency, station, crew }) =>
  [agency, station, crew ? t("unit.crew", { n: crew }) : null].filter(Boolean).join(" · ");

function warnings(facts) {
  const drift = driftOf(facts);
  const said = [
    facts.silent_since ? t("unit.silent", { time: clock(facts.silent_since) }) : null,
    drift ? t("unit.stale", { ago: ago(facts.fix?.at ?? facts.fix_at) }) : null,
    facts.fix?.flag ? t("unit.flag", { why: wordFor("fix_flag", facts.fix.flag) }) : null,
    endsSoon(facts.shift_ends_at) ? shiftWords(facts.shift_ends_at) : null,
  ].filter(Boolean);
  return said.map((words) => el("span", { class: "lack" }, icon("triangle-alert"), words));
}

/** Seconds that the crew has for an answer, while one is awaited. */
export function ackGiven({ state, assignment }) {
  if (state !== "ditugaskan" || !assignment?.ack_due_at || assignment.accepted_at) return null;
  return (Date.parse(assignment.ack_due_at) - Date.parse(assignment.sent_at)) / 1000;
}

// A position that moves changes no word of the row: only that it is known, or not.
function markOf(row, { numbers, chosenUnit }) {
  if (row.head) return JSON.stringify(row) + localStorage.getItem(FOLDED);
  const { fix, fix_at, ...facts } = row.properties;
  const drift = driftOf(row.properties);
  const age = drift && Math.floor(drift.age_s / 60);
  const number = numbers.get(facts.assignment?.incident);
  const soon = endsSoon(facts.shift_ends_at);
  return JSON.stringify([
    facts,
    fix?.flag,
    Boolean(fix_at),
    age,
    soon,
    row.id === chosenUnit,
    number,
  ]);
}

const bySince = (one, other) =>
  one.properties.state_since.localeCompare(other.properties.state_since) ||
  one.properties.call_sign.localeCompare(other.properties.call_sign);
