/** Who can go to the chosen incident: suggestions with chance, time, reason, and what is left. */

import { el, icon } from "../dom.js";
import { distance, percent, span } from "../format.js";
import { unitIcon, unitState } from "../incident_words.js";
import { basisWords } from "../basis.js";
import { t, wordFor } from "../words.js";
import { partName } from "./needs.js";
import { endsSoon, etaWords, shiftWords } from "./times.js";

const NAMED = 3; // villages that are named where more lose their reach
const NUMBERED = 9; // as many as there are digits
const FEW = 3; // of each part of the plan
const MANY = 9; // where there is but one
const english = () => document.documentElement.lang === "en";

/**
 * The free units as they are shown: by what the plan still lacks, what it must have first.
 * @returns {{part: object | null, units: object[], more: number}[]}
 */
export function arranged({ units, plan }) {
  const parts = plan?.parts ?? [];
  const rank = (part) => (part.have >= part.count ? 2 : part.required === false ? 1 : 0);
  const groups = [...parts]
    .sort((one, other) => rank(one) - rank(other))
    .map((part) => [part, units.filter((unit) => unit.part === part.code)]);
  const known = new Set(parts.map(({ code }) => code));
  groups.push([null, units.filter((unit) => !known.has(unit.part))]);
  const filled = groups.filter(([, members]) => members.length);
  const most = filled.length > 1 ? FEW : MANY;
  return filled.map(([part, members]) => ({
    part,
    units: members.slice(0, most),
    more: Math.max(0, members.length - most),
  }));
}

/** The same in one row: the numbers on the screen are places in it. */
export const inOrder = (found) => arranged(found).flatMap(({ units }) => units);

/** The lists of suggestions; onSend(suggestion), onDivert(suggestion) when a button is pressed. */
export function choiceLists(found, { onSend, onDivert, onPoint, drag }) {
  const numbers = new Map(inOrder(found).map((one, at) => [one.unit, at + 1]));
  const row = (suggestion, first = false) =>
    choiceRow(suggestion, {
      number: numbers.get(suggestion.unit),
      first,
      onSend,
      onPoint,
      drag,
    });
  return [
    found.units.length ? null : el("p", { class: "empty" }, t("choices.none")),
    arranged(found).map(({ part, units, more }) => [
      part ? partHead(part) : found.plan ? el("h4", {}, t("choices.others")) : null,
      el(
        "ul",
        { class: "choices-list" },
        units.map((one, at) => row(one, at === 0 && isMissing(part, found.plan))),
      ),
      more ? el("p", { class: "quiet small more" }, t("choices.more", { n: more })) : null,
    ]),
    block("waves", t("units.by_sea"), found.by_sea, row),
    block("route", t("choices.no_route"), found.no_route, row),
    divertBlock(found, { onDivert }),
    el("p", { class: "quiet small basis" }, foundBy(found)),
  ];
}

const isMissing = (part, plan) => (part ? part.have < part.count : !plan);

const partHead = (part) =>
  el(
    "h4",
    { class: part.have >= part.count ? "met" : "" },
    icon(part.have >= part.count ? "check" : "circle"),
    ` ${partName(part)} `,
    el("span", { class: "quiet" }, t("plan.have", { have: part.have, count: part.count })),
  );

const block = (picture, title, list, row) =>
  list.length
    ? [
        el("h3", {}, icon(picture), ` ${title}`),
        el(
          "ul",
          { class: "choices-list" },
          list.map((one) => row(one)),
        ),
      ]
    : [];

function divertBlock({ divert }, { onDivert }) {
  if (!divert.length) return [];
  return [
    el("h3", {}, icon("git-merge"), ` ${t("divert.title")}`),
    el("p", { class: "quiet small" }, t("divert.how")),
    el(
      "ul",
      { class: "choices-list" },
      divert.map((one) =>
        el(
          "li",
          { class: "choice" },
          whoLine(one),
          el("span", { class: "eta" }, el("b", {}, etaWords(one))),
          el("span", { class: "why" }, busyWords(one.busy), ". ", whyOf(one)),
          el(
            "button",
            { type: "button", "data-focus": `divert-${one.unit}`, onclick: () => onDivert(one) },
            t("divert.do"),
          ),
        ),
      ),
    ),
  ];
}

function choiceRow(suggestion, { number, first, onSend, onPoint, drag }) {
  const sendable = ["siap", "kembali"].includes(suggestion.state) && !suggestion.busy;
  const item = el(
    "li",
    { class: "choice", "data-unit": suggestion.unit, onmouseenter: () => onPoint(suggestion.unit) },
    whoLine(suggestion, number <= NUMBERED ? number : null),
    el("span", { class: "eta" }, el("b", {}, etaWords(suggestion)), onTime(suggestion)),
    whyLine(suggestion),
    sendable
      ? el(
          "button",
          {
            type: "button",
            class: first ? "send-unit main" : "send-unit",
            "aria-label": t("units.send_which", { unit: suggestion.call_sign }),
            "data-focus": `send-${suggestion.unit}`,
            onclick: () => onSend(suggestion),
            onfocus: () => onPoint(suggestion.unit),
          },
          t("units.send"),
        )
      : el("span", { class: "busy" }, unitState(suggestion)),
    ...cautions(suggestion),
  );
  if (sendable) drag(item, { id: suggestion.unit, properties: suggestion });
  return item;
}

const whoLine = ({ unit_kind, call_sign }, number = null) =>
  el(
    "span",
    { class: "who" },
    number ? el("kbd", {}, String(number)) : null,
    icon(unitIcon(unit_kind)),
    el("b", {}, call_sign),
  );

const given = (value) => value !== null && value !== undefined;

/** "tepat waktu 82 %": the chance to be there within the target. */
const onTime = ({ p_target }) =>
  given(p_target) ? el("span", { class: "p" }, chanceWords(p_target)) : null;

/** "tepat waktu 82 %"; nobody is ever sure to be in time. */
export const chanceWords = (p_target) =>
  t("choices.on_time", { p: percent(Math.min(0.99, Math.max(0.01, p_target))) });

/** The whole reason; its first half, who and when, stands in the row already. */
function whyLine(suggestion) {
  const whole = whyOf(suggestion);
  const remarks = whole.includes("; ") ? whole.slice(whole.indexOf("; ") + 2) : "";
  const said = [
    suggestion.station ?? suggestion.agency,
    remarks,
    suggestion.by_ferry?.length
      ? t("choices.by_ferry", { ferry: suggestion.by_ferry.join(", ") })
      : null,
    suggestion.wait_s ? t("choices.ferry", { span: span(suggestion.wait_s) }) : null,
    leavesWords(suggestion.leaves),
  ].filter(Boolean);
  return el("span", { class: "why", title: whole }, said.join(" · "));
}

/** The reason, in the language of the page. */
export const whyOf = ({ why, why_en }) => (english() && why_en) || why || "";

/** "3 desa kehilangan jangkauan (Kecapi, Mantingan, Senenan)" */
export function leavesWords(leaves) {
  if (!leaves?.villages) return "";
  const names = (leaves.names ?? []).slice(0, NAMED).join(", ");
  const words = t("choices.leaves", { n: leaves.villages });
  return names ? `${words} (${names}${leaves.villages > NAMED ? ", …" : ""})` : words;
}

function cautions(suggestion) {
  const { fix_age_s, stale, radius_m, lacks, silent_since, shift_ends_at, expected_s } = suggestion;
  const said = [
    lacks?.length
      ? t("choices.lacks", { skills: lacks.map((one) => wordFor("skill", one)).join(", ") })
      : null,
    silent_since ? t("choices.silent") : null,
    stale ? t("choices.stale", { span: span(fix_age_s ?? 0), radius: distance(radius_m) }) : null,
    endsSoon(shift_ends_at, expected_s) ? shiftWords(shift_ends_at) : null,
  ].filter(Boolean);
  return said.map((words) => el("span", { class: "lack" }, icon("triangle-alert"), words));
}

/** "sedang ke 31 Kebakaran (sedang), di jalan" */
export function busyWords(busy) {
  if (!busy) return "";
  return t("divert.busy", {
    incident: busy.incident,
    category: (english() && busy.category_name_en) || (busy.category_name ?? ""),
    priority: wordFor("priority", busy.priority),
    state: wordFor("assignment_state", busy.state),
  });
}

function foundBy({ basis, place, target_s }) {
  const said = [
    basis ? t("units.basis", { basis: basisWords(basis) }) : null,
    target_s ? t("choices.target", { span: span(target_s) }) : null,
    place?.radius_m > 200 ? t("choices.doubt", { radius: distance(place.radius_m) }) : null,
  ];
  return said.filter(Boolean).join(" · ");
}
