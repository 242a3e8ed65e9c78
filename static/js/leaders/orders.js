/** Instructions that wait for an answer, due first: to whom, by when, and whether that is over. */

import { get } from "../api.js";
import { $, el, fill } from "../dom.js";
import { dayClock } from "../ticket/times.js";
import { problemWords } from "../problems.js";
import { stateName } from "../ticket/words.js";
import { t } from "../words.js";

/** @returns {{read: () => Promise<void>}} */
export function openOrders() {
  async function read() {
    const note = $("#orders-note");
    try {
      const { instructions } = await get("/api/instructions");
      fill($("#orders-rows"), instructions.map(row));
      const over = instructions.filter((one) => one.overdue).length;
      const words = { n: instructions.length, over };
      note.textContent = instructions.length ? t("leaders.orders", words) : t("leaders.no_orders");
    } catch (reason) {
      note.textContent = problemWords(reason);
    }
  }
  return { read };
}

function row({ ticket, text, by, due_at, agency, state, overdue }) {
  const words = t(overdue ? "leaders.order_over" : "leaders.order_due", { time: dayClock(due_at) });
  return el(
    "li",
    { class: "late-row order" },
    el(
      "div",
      { class: "late-what" },
      el("a", { href: `/tiket/${ticket}` }, `#${ticket}`),
      ` ${text}`,
    ),
    el("div", { class: overdue ? "late-by" : "quiet" }, words),
    el(
      "div",
      { class: "late-who" },
      [agency?.short, stateName(state), by].filter(Boolean).join(" · "),
    ),
  );
}
