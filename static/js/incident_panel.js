/** One incident in full: what, where, who goes, what happened; for console, map and list. */

import { get, post, Problem } from "./api.js";
import { chancesLine } from "./belief.js";
import { endsByItself } from "./closing.js";
import { NEXT, cancelTool } from "./dispatch/sent.js";
import { el, fill, icon, notice, sign } from "./dom.js";
import { clock, fullTime, timeElement } from "./format.js";
import {
  UNSURE,
  categoryName,
  chancesOf,
  nearBorder,
  placementWords,
  priorityName,
  stateWords,
  villageName,
} from "./incident_words.js";
import { problemWords } from "./problems.js";
import { leftElement, stateName } from "./ticket/words.js";
import { codeButton } from "./tracking.js";
import { marksOf } from "./village/marks.js";
import { t, wordFor } from "./words.js";

/**
 * Show a feature in the place, first what is known, then what the server adds.
 * `may` is rightsOf(); onClose takes the panel away, onChanged gets new features.
 */
export async function showIncident(
  place,
  feature,
  { may = {}, onClose, onChanged = () => {}, told = [], actions = [] },
) {
  place.hidden = false;
  place.dataset.id = feature.id;
  const rest = el("div", { class: "detail-rest" }, el("p", { class: "quiet" }, t("loading")));
  fill(
    place,
    head(feature, onClose),
    el("div", { class: "told" }, told),
    facts(feature),
    el("div", { class: "detail-actions" }, actions),
    rest,
  );
  if (!may.see) {
    rest.remove();
    return null;
  }
  try {
    const full = await get(`/api/incidents/${feature.id}`);
    // Another incident may have been chosen while the answer was on its way.
    if (Number(place.dataset.id) !== feature.id) return null;
    fill(rest, whole(full, feature, { may, onChanged }));
    return full;
  } catch (reason) {
    fill(rest, notice("bad", problemWords(reason)));
    return null;
  }
}

function head({ id, properties }, onClose) {
  return el(
    "div",
    { class: "detail-head" },
    el(
      "h2",
      { tabindex: "-1" },
      sign(properties.priority),
      ` ${categoryName(properties)} `,
      el("span", { class: "quiet" }, `#${id}`),
      properties.demo ? el("span", { class: "mark demo" }, "DEMO") : null,
    ),
    onClose &&
      el(
        "button",
        { type: "button", class: "plain", onclick: onClose, "aria-label": t("close.panel") },
        icon("x"),
      ),
  );
}

function facts({ geometry, properties }) {
  const told = [
    [t("fact.priority"), priorityName(properties.priority)],
    [t("fact.state"), stateWords(properties)],
    [t("fact.opened"), timeElement(properties.opened_at)],
    properties.place ? [t("fact.place"), properties.place] : null,
    [t("fact.village"), placeSentences(geometry, properties)],
    properties.doubt > UNSURE ? [t("fact.doubt"), doubtWords(properties)] : null,
    properties.agencies?.length ? [t("fact.agencies"), properties.agencies.join(", ")] : null,
    properties.after_hours ? [t("fact.hours"), t("after_hours")] : null,
  ];
  return el(
    "dl",
    { class: "facts" },
    told.filter(Boolean).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
}

function placeSentences(geometry, properties) {
  if (!geometry)
    return [properties.village && villageName(properties.village), t("place.unpinned")]
      .filter(Boolean)
      .join(" · ");
  const said = placementWords({ ...properties, nearest: null });
  const line = el("span", {}, said.map(({ words }) => words).join(". "));
  if (properties.village && nearBorder(properties)) line.className = "near-border";
  return line;
}

/** "Pecangaan Wetan 62 % · juga Pecangaan Kulon 31 %" */
function doubtWords(properties) {
  const [first, ...others] = chancesOf(properties);
  if (!first) return t("doubt.nothing");
  const also = chancesLine(others);
  return chancesLine([first]) + (also ? ` · ${t("doubt.also", { villages: also })}` : "");
}

function whole(full, feature, context) {
  return el(
    "div",
    {},
    marksOf(full.marks, full.feature ?? feature, { may: context.may, onPinned: context.onChanged }),
    block(t("detail.calls"), full.calls, (call) => callItem(call, feature, context)),
    block(t("detail.assignments"), full.assignments, (one) => assignmentItem(one, context)),
    block(t("detail.tickets"), full.tickets, ticketItem),
    context.may.dispatch ? endsByItself(full) : null,
    block(t("detail.timeline"), full.timeline, (entry) =>
      el(
        "li",
        { class: "moment" },
        el("time", { datetime: entry.at, title: fullTime(entry.at) }, clock(entry.at)),
        el(
          "span",
          {},
          entry.text || wordFor("log_kind", entry.kind),
          entry.by ? el("span", { class: "quiet" }, ` · ${entry.by}`) : null,
        ),
      ),
    ),
  );
}

function block(title, items, show) {
  if (!items?.length) return null;
  return el("section", {}, el("h3", {}, title), el("ul", { class: "plain-list" }, items.map(show)));
}

/** What an agency owes to the case: state and clock, and the way to its page. */
function ticketItem(ticket) {
  const name = ticket.agency.short ?? ticket.agency;
  const lead = ticket.id
    ? el("a", { href: `/tiket/${ticket.id}` }, `${name} #${ticket.id}`)
    : el("b", {}, name);
  return el(
    "li",
    { class: "ticket-line" },
    lead,
    ` ${stateName(ticket.state)} `,
    ticket.due ? leftElement(ticket) : null,
    ticket.rule ? el("p", { class: "quiet small" }, ticket.rule) : null,
  );
}

/** One report of a case: when, over what, in which words; its number by right. */
export function callItem(call, feature, { may }) {
  const number = el("span", {}, call.phone_masked ?? t("phone.none"));
  return el(
    "li",
    {},
    el(
      "p",
      { class: "quiet small" },
      el("time", { datetime: call.at, title: fullTime(call.at) }, clock(call.at)),
      ` · ${wordFor("channel", call.channel)} · `,
      number,
    ),
    call.what ? el("blockquote", {}, call.what) : null,
    call.where ? el("p", { class: "small" }, `${t("fact.place")}: ${call.where}`) : null,
    call.phone_masked && may.contact ? contactButton(call, number) : null,
    may.code ? codeButton(call) : null,
  );
}

function contactButton(call, number) {
  const said = el("span", { role: "status" });
  const reason = el("input", {
    "aria-label": t("contact.reason"),
    placeholder: t("contact.reason"),
    hidden: true,
  });
  const button = el("button", { type: "button", onclick: look }, icon("phone"), t("contact.show"));

  async function look() {
    try {
      const contact = await post(
        `/api/calls/${call.id}/contact`,
        reason.value ? { reason: reason.value } : {},
      );
      number.textContent = [contact.phone, contact.name].filter(Boolean).join(" · ");
      fill(said, t("contact.logged"));
      button.remove();
      reason.remove();
    } catch (problem) {
      if (problem instanceof Problem && problem.type === "ReasonMissing") {
        reason.hidden = false;
        reason.focus();
      }
      fill(said, problemWords(problem));
    }
  }
  return el("div", { class: "contact" }, reason, button, said);
}

function assignmentItem(assignment, { may, onChanged }) {
  const said = el("span", { role: "status" });
  const open = may.dispatch && !assignment.released_at;
  const steps = open ? (NEXT[assignment.state] ?? []) : [];
  const buttons = steps.map((state) =>
    el("button", { type: "button", onclick: () => move(state) }, wordFor("step", state)),
  );

  async function move(state, more = {}) {
    for (const button of buttons) button.disabled = true;
    try {
      // Of what stands on the screen: who has arrived meanwhile is not called back by mistake.
      const { id, version } = assignment;
      onChanged(await post(`/api/assignments/${id}/state`, { state, version, ...more }));
    } catch (problem) {
      for (const button of buttons) button.disabled = false;
      fill(said, problemWords(problem));
    }
  }
  const unit = assignment.unit?.call_sign ?? assignment.unit?.properties?.call_sign ?? "";
  return el(
    "li",
    {},
    el("b", {}, unit),
    ` ${wordFor("assignment_state", assignment.state)} · `,
    timeElement(assignment.sent_at),
    assignment.sent_by
      ? el("span", { class: "quiet" }, ` · ${t("sent.by", { name: assignment.sent_by })}`)
      : null,
    open
      ? el(
          "div",
          { class: "buttons" },
          buttons,
          cancelTool(assignment, (_held, reason) => move("dibatalkan", { reason })),
        )
      : null,
    said,
  );
}
