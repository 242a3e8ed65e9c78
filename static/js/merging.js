/** Two cases that are one event: proposals with their reasons, one button, and the way back. */

import { get, post } from "./api.js";
import { $, el, fill, icon, notice, sign } from "./dom.js";
import { ago, distance, fullTime, percent } from "./format.js";
import { categoryName } from "./incident_words.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

let asked = 0;

/**
 * Show what is likely the same as an open case, and what was merged into it.
 * onMerged(answer, told) and onParted(answer, told) get both cases and notices to be shown;
 * `quiet` leaves the place empty where there is nothing to say.
 */
export async function showSame(
  place,
  feature,
  { onMerged, onParted, quiet = false, title = null },
) {
  const number = ++asked;
  const context = { feature, onMerged, onParted, title };
  if (!quiet) fill(place, el("p", { class: "empty" }, t("same.looking")));
  try {
    const found = await get(`/api/incidents/${feature.id}/same?most=4`);
    if (number === asked) draw(place, found, { ...context, quiet });
  } catch (reason) {
    if (number === asked) fill(place, notice("bad", problemWords(reason)));
  }
}

/** What is on its way for another case is no longer wanted. */
export function forgetSame() {
  asked += 1;
}

function draw(place, { proposals, merged, into }, context) {
  const said = el("div", { class: "same-said", role: "alert" });
  const rows = [
    ...(into ? [intoRow(into, context, said)] : []),
    ...merged.map((one) => mergedRow(one, context, said)),
    ...proposals.map((one) => proposalRow(one, context, said)),
  ];
  if (!rows.length)
    return fill(place, context.quiet ? null : el("p", { class: "empty" }, t("same.none")));
  return fill(
    place,
    context.title ? el("h3", {}, icon("git-merge"), ` ${context.title}`) : null,
    said,
    el("ul", { class: "rows same" }, rows),
  );
}

function proposalRow(proposal, context, said) {
  const { incident, p, reasons } = proposal;
  const facts = incident.properties;
  const [from, into] = direction(context.feature, incident);
  return el(
    "li",
    { class: "same-row" },
    sign(facts.priority),
    el("b", {}, `#${incident.id} ${categoryName(facts)}`),
    el(
      "button",
      {
        type: "button",
        "data-merge": incident.id,
        onclick: (event) =>
          merge(from, into, proposal, { ...context, said, button: event.currentTarget }),
      },
      icon("git-merge"),
      into.id === incident.id
        ? t("same.merge_into", { id: String(into.id) })
        : t("same.merge_here"),
    ),
    el(
      "ul",
      { class: "reasons" },
      // Never "100 %": nobody knows that.
      el("li", { class: "chance" }, t("same.likely", { p: percent(Math.min(p, 0.99)) })),
      reasons.map(reasonItem),
    ),
    facts.place ? el("p", { class: "quiet small" }, facts.place) : null,
  );
}

/** What speaks for it and what against it: by a sign, not by colour alone. */
function reasonItem({ text, weight }) {
  const kind = weight > 0.2 ? "for" : weight < -0.2 ? "against" : "even";
  return el(
    "li",
    { class: kind, title: t(`same.${kind}`) },
    icon({ for: "plus", against: "minus", even: "circle" }[kind]),
    el("span", { class: "only-heard" }, `${t(`same.${kind}`)}: `),
    text,
  );
}

/** The later one goes on in the earlier one; for which units are out, that one stays. */
function direction(one, other) {
  const out = (feature) => feature.properties.units?.length > 0;
  if (out(one) !== out(other)) return out(one) ? [other, one] : [one, other];
  const later = Date.parse(one.properties.opened_at) >= Date.parse(other.properties.opened_at);
  return later ? [one, other] : [other, one];
}

async function merge(from, into, proposal, { said, button, ...context }) {
  button.disabled = true;
  try {
    const answer = await post(`/api/incidents/${from.id}/merge`, {
      into: into.id,
      version: from.properties.version,
      into_version: into.properties.version,
      key: crypto.randomUUID?.() ?? `${from.id}-${into.id}-${from.properties.version}`,
    });
    context.onMerged(answer, mergedTold(answer, proposal, context));
  } catch (reason) {
    button.disabled = false;
    fill(said, notice("bad", problemWords(reason)));
  }
}

/** Notices above the case that goes on: undo, agencies that are missing there, a sharper place. */
function mergedTold(answer, { incident, place }, context) {
  const words = { from: String(answer.from.id), into: String(answer.into.id) };
  const done = notice("good", t("same.merged", words));
  done.setAttribute("role", "status");
  done.append(undoButton(answer.merge, answer.from.properties.version, done, context));
  const told = [done, ...answer.lacking.map((agency) => lackingNotice(answer, agency))];
  // It was reckoned for the case that was proposed, not for the one that was open.
  if (place && incident.id === answer.into.id) told.push(placeNotice(answer.into, place, context));
  return told;
}

function undoButton(merge_id, version, said, { onParted }) {
  const button = el("button", { type: "button", "data-undo-merge": merge_id, onclick: undo });
  fill(button, icon("undo-2"), t("same.undo"));
  async function undo() {
    button.disabled = true;
    try {
      const answer = await post(`/api/merges/${merge_id}/undo`, { version });
      const words = { from: String(answer.from.id), into: String(answer.into.id) };
      const told = notice("good", t("same.parted", words));
      told.setAttribute("role", "status");
      onParted(answer, [told]);
    } catch (reason) {
      button.disabled = false;
      const problem = notice("bad", problemWords(reason));
      problem.setAttribute("role", "alert");
      said.after(problem);
    }
  }
  return button;
}

function lackingNotice({ from, into }, { code, short }) {
  const words = { agency: short, from: String(from.id), into: String(into.id) };
  const box = notice("warn", t("same.lacking", words));
  const button = el("button", { type: "button", onclick: add }, t("same.add", words));
  box.append(button);
  async function add() {
    button.disabled = true;
    try {
      // As it stands now: other agencies may have been added since.
      const { feature } = await get(`/api/incidents/${into.id}`);
      await post(`/api/incidents/${into.id}/tickets`, {
        agency: code,
        version: feature.properties.version,
        key: `merge-${from.id}-${into.id}-${code}`,
      });
      fill($("div", box), t("same.added", words));
      button.remove();
    } catch (reason) {
      button.disabled = false;
      fill($("div", box), problemWords(reason));
    }
  }
  return box;
}

function placeNotice(into, { lon, lat, radius_m, moved_m }, { onMerged }) {
  const words = { radius: distance(radius_m), moved: distance(moved_m ?? 0) };
  const box = notice("warn", t(moved_m === null ? "same.place_new" : "same.place", words));
  const button = el("button", { type: "button", onclick: set }, icon("map-pin"), t("same.use"));
  box.append(button);
  async function set() {
    button.disabled = true;
    try {
      const { version } = into.properties;
      const feature = await post(`/api/incidents/${into.id}/pin`, { lon, lat, radius_m, version });
      onMerged({ into: feature, from: null }, [notice("good", t("pin.done"))]);
    } catch (reason) {
      button.disabled = false;
      fill($("div", box), problemWords(reason));
    }
  }
  return box;
}

function mergedRow(one, context, said) {
  const words = { id: String(one.incident), reports: one.reports, by: one.by };
  return el(
    "li",
    { class: "same-row" },
    icon("git-merge"),
    el(
      "div",
      {},
      el("b", {}, `#${one.incident} ${one.category_name}`),
      el(
        "p",
        { class: "quiet small", title: fullTime(one.at) },
        t("same.in_here", words),
        " · ",
        ago(one.at),
      ),
    ),
    undoButton(one.merge, one.version, said, context),
  );
}

function intoRow({ merge: merge_id, incident }, context, said) {
  return el(
    "li",
    { class: "same-row" },
    icon("git-merge"),
    el("div", {}, el("b", {}, t("same.is_in", { id: String(incident) }))),
    undoButton(merge_id, context.feature.properties.version, said, context),
  );
}
