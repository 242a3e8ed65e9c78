/** The list of the inbox: rows, why it is empty, more of them; nothing jumps under a reader. */

import { $, $$, el, fill } from "../dom.js";
import { t } from "../words.js";
import { ticketRow } from "./row.js";

/** `place` scrolls; onMore() fetches what comes after; onFocus(id) when a row is looked at. */
export function openList(place, { me, selects, onSelect, onMore, onFocus }) {
  const rows = el("ul", { class: "t-rows" });
  const more = el("button", { type: "button", class: "t-more", onclick: onMore }, t("inbox.more"));
  const empty = el("p", { class: "empty" });
  fill(place, rows, empty, more);
  for (const name of ["focusin", "mouseover"])
    rows.addEventListener(name, (event) => {
      const row = event.target.closest("[data-id]");
      if (row) onFocus(Number(row.dataset.id), name);
    });

  const links = () => $$(".t-row-link", rows);

  function draw(tickets, { selected, next, why }) {
    const held = document.activeElement?.closest?.("[data-id]")?.dataset.id;
    const ticked = document.activeElement?.type === "checkbox";
    const had = held && rows.contains(document.activeElement);
    const top = place.scrollTop;
    fill(
      rows,
      tickets.map((ticket) =>
        ticketRow(ticket, { me, selected: selected.has(ticket.id), onSelect, selects }),
      ),
    );
    more.hidden = !next;
    empty.hidden = tickets.length > 0;
    empty.textContent = why;
    place.scrollTop = top;
    if (had) focus(held, ticked);
  }

  function focus(id, ticked = false) {
    const row = $(`[data-id="${CSS.escape(id)}"]`, rows);
    $(ticked ? "input" : ".t-row-link", row ?? rows)?.focus({ preventScroll: true });
  }

  return {
    draw,
    focus,
    /** One row on or back; the first where none has the focus. */
    step(by) {
      const all = links();
      const row = document.activeElement?.closest?.(".t-row");
      const at = all.findIndex((one) => one.closest(".t-row") === row);
      const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    },
    /** The id of the row that has the focus; null where none has. */
    current() {
      const row = document.activeElement?.closest?.(".t-row");
      return row ? Number(row.dataset.id) : null;
    },
    /** Marks the row of a sign that was chosen on the map, and brings it into sight. */
    show(id) {
      const row = $(`[data-id="${CSS.escape(id)}"]`, rows);
      row?.scrollIntoView({ block: "center" });
      $(".t-row-link", row ?? rows)?.focus({ preventScroll: true });
      return Boolean(row);
    },
    atTop: () => place.scrollTop < 8,
    say: (words) => fill(rows, el("li", { class: "empty" }, words)),
  };
}
