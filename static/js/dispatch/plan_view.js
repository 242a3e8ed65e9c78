/** The response plan of the chosen incident: its parts, its level, and who must be told. */

import { el, icon } from "../dom.js";
import { clock, span } from "../format.js";
import { t } from "../words.js";
import { partName } from "./needs.js";

/** What is needed, and what of it is there; onRaise(level) for the button. */
export function planView(plan, { onRaise }) {
  if (!plan) return [el("p", { class: "quiet small" }, t("plan.none"))];
  return [
    el(
      "h3",
      {},
      t("plan.title"),
      plan.most_level > 1
        ? ` · ${t("plan.level", { level: plan.level, most: plan.most_level })}`
        : null,
      plan.target_s ? ` · ${t("plan.target", { span: span(plan.target_s) })}` : null,
    ),
    el("ul", { class: "parts" }, plan.parts.map(partItem)),
    plan.complete ? null : fallback(plan),
    plan.level < plan.most_level
      ? el(
          "button",
          { type: "button", "data-focus": "raise", onclick: () => onRaise(plan.level + 1) },
          icon("arrow-up"),
          t("plan.raise", { level: plan.level + 1 }),
        )
      : null,
  ];
}

function partItem(part) {
  const met = part.have >= part.count;
  return el(
    "li",
    { class: met ? "part met" : "part" },
    icon(met ? "check" : "circle"),
    `${partName(part)} `,
    el("b", {}, t("plan.have", { have: part.have, count: part.count })),
  );
}

const fallback = ({ fallback: names }) =>
  names?.length
    ? el("p", { class: "quiet small" }, t("plan.fallback", { agencies: names.join(", ") }))
    : null;

/** Who must be told, who was; onTold(agency) for the one tap. */
export function tellView(plan, told, { onTold }) {
  const open = plan?.tell ?? [];
  if (!open.length && !told.length) return [];
  const known = new Map(told.map((one) => [one.agency, one]));
  const rest = told.filter(({ agency }) => !open.some((one) => one.agency === agency));
  return [
    el("h3", {}, t("tell.title")),
    el(
      "ul",
      { class: "tell" },
      open.map((one) => tellItem(one, known.get(one.agency), onTold)),
      rest.map((one) => tellItem(one, one, onTold)),
    ),
  ];
}

function tellItem({ agency, short, why }, told, onTold) {
  const words = el("span", {}, el("b", {}, short), why ? `: ${why}` : "");
  if (told)
    return el(
      "li",
      { class: "met" },
      icon("check"),
      words,
      el("span", { class: "quiet" }, ` ${t("tell.done", { time: clock(told.at), by: told.by })}`),
    );
  return el(
    "li",
    {},
    icon("megaphone"),
    words,
    el(
      "button",
      {
        type: "button",
        "data-focus": `tell-${agency}`,
        onclick: (event) => onTold(agency, event.currentTarget),
      },
      t("tell.do"),
    ),
  );
}
