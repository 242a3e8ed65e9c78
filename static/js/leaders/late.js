/** What is late now, the longest first: what, where, with whom, by how much; page by page. */

import { get, withQuery } from "../api.js";
import { $, el, fill, icon, sign } from "../dom.js";
import { clock, fullTime, serverNow } from "../format.js";
import { dayClock } from "../ticket/times.js";
import { problemWords } from "../problems.js";
import { stateName } from "../ticket/words.js";
import { t } from "../words.js";
import { overBy, whatAndWhere } from "./words.js";

/**
 * The list. onInstruct(ticket, button) is offered on each where it is given.
 * @returns {{read: (query) => Promise<object | null>}} the longest of them, or null
 */
export function openLate({ source, onInstruct }) {
  const rows = $("#late-rows");
  const more = $("#late-more");
  let asked = {};
  let next = null;
  let all = 0;

  async function page(after) {
    const answer = await get(
      withQuery(`${source}/late`, { ...asked, after, limit: after ? 50 : 10 }),
    );
    next = answer.next;
    const made = answer.tickets.map((ticket) => row(ticket, onInstruct));
    if (after) rows.append(...made);
    else fill(rows, made);
    if (after) made[0]?.querySelector("a")?.focus();
    more.hidden = next === null;
    say(answer.as_of);
    return answer.tickets[0] ?? null;
  }

  function say(as_of) {
    const n = rows.children.length;
    const shown = t("leaders.shown", { n, all: Math.max(all, n), time: clock(as_of) });
    $("#late-note").textContent = n ? shown : t("leaders.no_late");
  }

  more.addEventListener("click", async () => {
    more.disabled = true;
    try {
      await page(next);
    } catch (reason) {
      $("#late-note").textContent = problemWords(reason);
    } finally {
      more.disabled = false;
    }
  });

  return {
    read(query, total) {
      asked = query;
      all = total;
      return page(null);
    },
  };
}

function row(ticket, onInstruct) {
  const { id, agency, counts_for: counts, over, due } = ticket;
  const passed = counts && counts.code !== agency.code;
  return el(
    "li",
    { "data-id": id, class: "late-row" },
    el(
      "div",
      { class: "late-what" },
      sign(ticket.priority),
      el("a", { href: `/tiket/${id}` }, whatAndWhere(ticket)),
      el("span", { class: "quiet" }, ` #${id}`),
    ),
    el(
      "b",
      { class: "late-by", title: fullTime(due.done) },
      t("leaders.over", { span: overBy(over) }),
    ),
    el(
      "div",
      { class: "late-who" },
      withWhom(ticket),
      ` · ${stateName(ticket.state)}`,
      ticket.village ? ` · ${t("leaders.district", { name: ticket.village.district ?? "" })}` : "",
      passed
        ? el("span", { class: "quiet second" }, t("leaders.counts_for", { agency: counts.short }))
        : null,
      ticket.instruction ? instructionOf(ticket.instruction) : null,
    ),
    onInstruct && !ticket.instruction
      ? el(
          "button",
          {
            type: "button",
            class: "late-instruct",
            onclick: (event) => onInstruct(ticket, event.currentTarget),
          },
          icon("flag"),
          t("leaders.instruct"),
        )
      : null,
  );
}

function withWhom({ agency, holder, waits, kind }) {
  if (waits === "ruang" && kind !== "darurat")
    return t("leaders.with_room", { agency: agency.short });
  if (holder) return t("leaders.with_holder", { agency: agency.short, holder: holder.name });
  return t("leaders.with", { agency: agency.short });
}

function instructionOf({ text, due_at }) {
  const key = Date.parse(due_at) < serverNow() ? "leaders.instruction_over" : "leaders.instructed";
  const kind = key === "leaders.instruction_over" ? "instruction over" : "instruction";
  return el("span", { class: kind }, icon("flag"), t(key, { text, time: dayClock(due_at) }));
}
