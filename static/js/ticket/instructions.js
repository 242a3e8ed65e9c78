/** What a leader wants done about a ticket: at the top, with its own clock, answered in place. */

import { post } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { fullTime, serverNow, spanPassed } from "../format.js";
import { t } from "../words.js";
import { ticketProblem } from "./problems.js";
import { dayClock } from "./times.js";
import { isOver } from "./words.js";

const DAY_MS = 86_400_000;

/** @returns {{draw: (ticket) => void}} onChanged() when one was given or answered */
export function instructionSection(place, { current, me, onChanged }) {
  const list = el("ul", { class: "t-instructions" });
  const giver = me.rights.includes("instruct") ? giveForm({ current, onChanged }) : null;
  fill(place, list, giver);
  return {
    draw(ticket) {
      const may = ["work_ticket", "verify"].some((right) => me.rights.includes(right));
      const typing = list.contains(document.activeElement) && document.activeElement.value;
      if (!typing)
        fill(
          list,
          ticket.instructions.map((one) => item(one, { may, onChanged })),
        );
      if (giver) giver.hidden = isOver(ticket);
      place.hidden = !ticket.instructions.length && (!giver || giver.hidden);
    },
  };
}

function item(one, { may, onChanged }) {
  const late = !one.answered_at && Date.parse(one.due_at) < serverNow();
  return el(
    "li",
    { class: one.answered_at ? "answered" : late ? "late" : "waiting" },
    el(
      "p",
      { class: "small" },
      icon("flag"),
      el("b", {}, t("instruction.title")),
      ` · ${one.by} · `,
      el("time", { datetime: one.at, title: fullTime(one.at) }, dayClock(one.at)),
    ),
    el("p", { class: "words" }, one.text),
    one.answered_at ? answered(one) : dueWords(one),
    !one.answered_at && may ? answerForm(one, onChanged) : null,
  );
}

function dueWords({ due_at: due }) {
  const seconds = (Date.parse(due) - serverNow()) / 1000;
  const key = seconds < 0 ? "ticket.late" : "ticket.left";
  return el(
    "p",
    { class: "t-due" },
    el(
      "span",
      { class: `t-left ${seconds < 0 ? "late" : "calm"}`, title: fullTime(due) },
      icon("clock"),
      t(key, { span: spanPassed(Math.abs(seconds)) }),
    ),
    el("span", { class: "quiet" }, `· ${t("instruction.until", { time: dayClock(due) })}`),
  );
}

const answered = ({ answered_at: at, answered_by: by, answer }) =>
  el(
    "blockquote",
    {},
    answer,
    el("span", { class: "quiet small" }, ` · ${by ?? ""}, ${dayClock(at)}`),
  );

function answerForm(one, onChanged) {
  const id = `instruction-${one.id}`;
  const words = el("textarea", { rows: 2, maxlength: 2000, id });
  const said = el("div", { role: "alert" });
  async function send(event) {
    event.preventDefault();
    if (!words.value.trim()) return words.focus();
    try {
      await post(`/api/instructions/${one.id}/answer`, { answer: words.value.trim() });
      words.value = "";
      return await onChanged();
    } catch (reason) {
      return fill(said, notice("bad", ticketProblem(reason)));
    }
  }
  return el(
    "form",
    { class: "t-form", novalidate: true, onsubmit: send },
    el("div", { class: "field" }, el("label", { for: id }, t("instruction.answer")), words),
    el("div", { class: "buttons" }, el("button", {}, icon("send"), t("instruction.send"))),
    said,
  );
}

/** For a leader: what is to be done, and by when. */
function giveForm({ current, onChanged }) {
  const words = el("textarea", { rows: 2, maxlength: 2000, id: "instruct-text" });
  const due = el("input", { type: "datetime-local", id: "instruct-due", value: tomorrow() });
  const said = el("div", { role: "alert" });
  const kept = { words: "", key: null };
  async function send(event) {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return words.focus();
    if (kept.words !== text) Object.assign(kept, { words: text, key: crypto.randomUUID() });
    try {
      const body = { text, due_at: new Date(due.value).toISOString(), key: kept.key };
      await post(`/api/tickets/${current().id}/instructions`, body);
      words.value = "";
      fill(said);
      giver.open = false;
      return await onChanged();
    } catch (reason) {
      return fill(said, notice("bad", ticketProblem(reason)));
    }
  }
  const giver = el(
    "details",
    { class: "t-keep" },
    el("summary", { class: "button" }, icon("flag"), t("instruction.give")),
    el(
      "form",
      { class: "t-form", novalidate: true, onsubmit: send },
      el("div", { class: "field" }, el("label", { for: words.id }, t("instruction.what")), words),
      el("div", { class: "field" }, el("label", { for: due.id }, t("instruction.due")), due),
      el("div", { class: "buttons" }, el("button", { class: "main" }, t("instruction.send"))),
      said,
    ),
  );
  return giver;
}

function tomorrow() {
  const then = new Date(serverNow().getTime() + DAY_MS);
  then.setMinutes(then.getMinutes() - then.getTimezoneOffset());
  return then.toISOString().slice(0, 16);
}
