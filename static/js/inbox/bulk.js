/** Work on several tickets at once: each goes by itself, and each says how it went. */

import { post, Problem } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { agencyField } from "../ticket/agency_pick.js";
import { noteField, reasonField } from "../ticket/fields.js";
import { ticketProblem } from "../ticket/problems.js";
import { t, wordFor } from "../words.js";

const ROOM = ["claim", "diverifikasi", "didisposisi", "diarsipkan"];
const AGENCY = ["claim", "diterima_opd", "dikerjakan", "bukan_wewenang"];
const ICONS = {
  claim: "user",
  diverifikasi: "check",
  didisposisi: "send",
  diarsipkan: "x",
  diterima_opd: "check",
  dikerjakan: "wrench",
  bukan_wewenang: "undo-2",
};
const MOST = 200;

/**
 * The bar over the list. `chosen()`: the tickets that are ticked; onDone(ids) with those that went
 * well; onClear() when the ticks are taken away.
 */
export function openBulk(bar, { me, chosen, onDone, onClear }) {
  const acts = (me.rights.includes("verify") ? ROOM : AGENCY).filter((act) => ICONS[act]);
  const count = el("b", { "aria-live": "polite" });
  const dialog = $("#bulk-dialog");
  fill(
    bar,
    count,
    acts.map((act) =>
      el(
        "button",
        { type: "button", "data-act": act, onclick: () => begin(act) },
        icon(ICONS[act]),
        actName(act),
      ),
    ),
    el("button", { type: "button", class: "plain", onclick: onClear }, icon("x"), t("bulk.clear")),
  );

  function begin(act) {
    const tickets = chosen();
    const fields = fieldsOf(act, tickets);
    const said = el("div", { role: "alert" });
    const send = el("button", { class: "main" }, icon(ICONS[act]), actName(act));
    const form = el(
      "form",
      { class: "t-form", novalidate: true },
      el("p", {}, t("bulk.about", { n: tickets.length })),
      tickets.length > MOST ? notice("warn", t("bulk.too_many", { n: MOST })) : null,
      fields.map(({ element }) => element),
      said,
      el("div", { class: "feet" }, closeButton(), send),
    );
    const key = crypto.randomUUID();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const wrong = fields.filter((one) => !one.check());
      if (wrong.length) return wrong[0].focus();
      send.disabled = true;
      const body = bodyOf(act, fields);
      try {
        const ids = tickets.slice(0, MOST).map(({ id }) => id);
        const { results } = await post("/api/tickets/bulk", { ids, ...body, key });
        return showResults(act, results, tickets);
      } catch (reason) {
        send.disabled = false;
        return fill(said, notice("bad", ticketProblem(reason)));
      }
    });
    show(actName(act), form);
    (fields[0] ?? { focus: () => send.focus() }).focus();
  }

  function showResults(act, results, tickets) {
    const good = results.filter(({ ok }) => ok).map(({ id }) => id);
    const what = new Map(tickets.map((ticket) => [ticket.id, ticket]));
    const bad = results.filter(({ ok }) => !ok);
    const list = el(
      "ul",
      { class: "plain-list t-results" },
      // What did not go comes first: it is what one has to look after.
      [...bad, ...results.filter(({ ok }) => ok)].map((one) => resultItem(one, what.get(one.id))),
    );
    const words = t("bulk.done", { good: good.length, all: results.length });
    show(
      actName(act),
      el(
        "div",
        { class: "t-form" },
        notice(bad.length ? "warn" : "good", words),
        list,
        el("div", { class: "feet" }, closeButton()),
      ),
    );
    onDone(good);
  }

  function show(title, content) {
    fill(
      dialog,
      el("div", { class: "head" }, el("h2", { tabindex: "-1", id: "bulk-title" }, title)),
      content,
    );
    if (!dialog.open) dialog.showModal();
    $("h2", dialog).focus();
  }

  const closeButton = () =>
    el("button", { type: "button", onclick: () => dialog.close() }, t("close"));

  return {
    draw(n) {
      bar.hidden = n === 0;
      count.textContent = t("bulk.chosen", { n });
    },
  };
}

function resultItem({ id, ok, problem }, ticket) {
  const words = ok
    ? t("bulk.ok")
    : ticketProblem(new Problem(problem?.status ?? 409, problem ?? {}));
  return el(
    "li",
    { class: ok ? "good" : "bad" },
    icon(ok ? "check" : "triangle-alert"),
    el("a", { href: `/tiket/${id}` }, `#${id}`),
    ticket ? ` ${ticket.category_name} · ` : " ",
    words,
  );
}

const actName = (act) => (act === "claim" ? t("ticket.claim") : wordFor("ticket_move", act));

function fieldsOf(act, tickets) {
  const [first] = tickets;
  const same = tickets.every(({ category }) => category === first.category);
  if (act === "didisposisi") {
    // Several categories have no one agency that fits them all: none is put first.
    const about = same ? { ...first, lon: null, lat: null } : { category: null };
    return [agencyField({ ...about, agency: null }), noteField()];
  }
  if (act !== "diarsipkan" && act !== "bukan_wewenang") return [];
  const reason = reasonField(act);
  return [reason, noteField({ needed: () => reason.read().reason === "lainnya" })];
}

function bodyOf(act, fields) {
  if (act === "claim") return { claim: true };
  return { move: Object.assign({ to: act }, ...fields.map((one) => one.read())) };
}
