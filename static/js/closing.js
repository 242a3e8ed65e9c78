/** Closing an incident: how did it end? */

import { post } from "./api.js";
import { el, fill, icon, notice } from "./dom.js";
import { problemWords } from "./problems.js";
import { isOver } from "./ticket/words.js";
import { t } from "./words.js";

const OUTCOMES = [
  "ditangani",
  "dirujuk",
  "laporan_palsu",
  "tidak_ditemukan",
  "ganda",
  "bukan_wewenang",
];

/** Which tickets keep the incident open: each one a way to where its proof is added. */
function lackingLinks({ facts }) {
  if (!facts?.tickets) return null;
  const links = facts.tickets.map(({ id, agency }) =>
    el("li", {}, el("a", { href: `/tiket/${id}` }, t("close.lacks", { agency, id }))),
  );
  return el("ul", { class: "lacking" }, links);
}

/** Said where no ticket is open and a unit is still out: the case then ends by itself. Else null. */
export function endsByItself(file) {
  const { tickets = [], assignments = [] } = file ?? {};
  const over = tickets.length > 0 && tickets.every(isOver);
  if (!over || !assignments.some(({ released_at }) => !released_at)) return null;
  return el("p", { class: "notice" }, icon("info"), el("span", {}, t("close.by_itself")));
}

/** A button that opens the question; onClosed(answer) when the incident is closed. */
export function closeTool(feature, onClosed) {
  const problem = el("div", { role: "alert" });
  const select = el(
    "select",
    { "aria-label": t("close.how") },
    OUTCOMES.map((code) => el("option", { value: code }, t(`outcome.${code}`))),
  );
  const sure = el(
    "button",
    { type: "button", class: "main", onclick: close },
    icon("check"),
    t("close.sure"),
  );
  const question = el(
    "div",
    { class: "closing", hidden: true },
    el("b", {}, t("close.how")),
    select,
    sure,
    problem,
  );
  const opener = el(
    "button",
    {
      type: "button",
      "aria-expanded": "false",
      onclick() {
        question.hidden = !question.hidden;
        opener.setAttribute("aria-expanded", String(!question.hidden));
        if (!question.hidden) select.focus();
      },
    },
    icon("check"),
    t("close.open"),
  );

  async function close() {
    sure.disabled = true;
    try {
      onClosed(
        await post(`/api/incidents/${feature.id}/close`, {
          outcome: select.value,
          version: feature.properties.version,
        }),
      );
    } catch (reason) {
      sure.disabled = false;
      fill(problem, notice("bad", problemWords(reason), lackingLinks(reason)));
    }
  }
  return [opener, question];
}
