/** The agency that a ticket goes to: a searched list, the fitting ones first, with whom to call. */

import { get, withQuery } from "../api.js";
import { $$, el, fill, icon, notice } from "../dom.js";
import { t } from "../words.js";
import { field } from "./fields.js";
import { dayClock } from "./times.js";

/**
 * A field that gives {agency: code}. `wanted` false: it may stay open (where to instead).
 * The agency that has the ticket is not offered.
 */
export function agencyField(ticket, { wanted = true, label = t("ticket.agency") } = {}) {
  const search = el("input", { type: "search", placeholder: t("ticket.agency.search") });
  const list = el("div", { class: "t-agencies", role: "radiogroup", "aria-label": label });
  const told = el("div", { class: "t-whom", "aria-live": "polite" });
  const name = `agency-${crypto.randomUUID()}`;
  let chosen = null;
  let whom = { responsible: [], contacts: [], warnings: [] };

  const made = field({
    name: "agency",
    label,
    control: search,
    read: () => ({ agency: chosen ?? undefined }),
    missing: () => (wanted && !chosen ? t("ticket.agency.missing") : null),
  });
  made.dirty = () => chosen !== null;
  made.element.append(list, told);
  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    $$("label:not([hidden]) input", list)[0]?.click();
  });
  read();

  async function read() {
    fill(list, el("p", { class: "quiet" }, t("loading")));
    const [all, found] = await Promise.allSettled([
      get("/api/filters"),
      get(withQuery("/api/whom", whomQuery(ticket))),
    ]);
    if (found.status === "fulfilled") whom = { ...whom, ...found.value };
    draw(all.value?.agencies ?? []);
  }

  function draw(agencies) {
    const fitting = whom.responsible.map(({ agency, why }) => ({ ...agency, why }));
    const wished = agencies.find(({ code }) => code === wishOf(ticket));
    if (wished) fitting.unshift({ ...wished, why: t("ticket.agency.wished", ticket.agency) });
    const first = new Set(fitting.map(({ code }) => code));
    const own = ticket.agency?.code;
    const others = agencies.filter(({ code }) => !first.has(code));
    const rows = [...fitting, ...others].filter(({ code }) => code !== own);
    fill(
      list,
      rows.map((one) => row(one)),
      el("p", { class: "empty", hidden: rows.length > 0 }, t("ticket.agency.none")),
    );
  }

  function row({ code, short, why }) {
    const input = el("input", { type: "radio", name, value: code, onchange: () => take(code) });
    return el(
      "label",
      { "data-words": `${short} ${code} ${why ?? ""}`.toLowerCase() },
      input,
      el("span", {}, el("b", {}, short), why ? el("span", { class: "quiet" }, ` · ${why}`) : null),
    );
  }

  function narrow() {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const one of $$("label", list)) {
      one.hidden = !one.dataset.words.includes(words);
      shown += one.hidden ? 0 : 1;
    }
    const none = list.querySelector(".empty");
    if (none) none.hidden = shown > 0;
  }

  function take(code) {
    chosen = code;
    made.refuse(null);
    fill(told, whomNotes(code, whom));
  }
  return made;
}

/** Where the agency that gave it back would send it. */
const wishOf = ({ state, steps = [] }) =>
  state === "bukan_wewenang" ? steps.at(-1)?.instead : null;

const whomQuery = ({ category, village, lon, lat }) => ({
  category,
  village: village?.code ?? null,
  lon: lon ?? null,
  lat: lat ?? null,
});

/** What speaks against this agency, and who answers the phone there now. */
function whomNotes(code, { responsible, contacts, warnings = [] }) {
  const fitting = responsible.some(({ agency }) => agency.code === code);
  const here = contacts.filter(({ agency }) => agency.code === code);
  return [
    fitting ? warnings.map(({ text }) => notice("warn", text)) : null,
    here.length ? el("ul", { class: "t-contacts" }, here.map(contactItem)) : null,
  ].filter(Boolean);
}

function contactItem({ post, phone, open, until, stands_in_for: instead, note }) {
  const when = open
    ? until
      ? t("whom.until", { time: dayClock(until) })
      : t("whom.open")
    : t("whom.shut");
  return el(
    "li",
    {},
    icon("phone"),
    el("b", {}, post),
    phone ? el("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, phone) : null,
    el("span", { class: open ? "t-open-now" : "quiet" }, when),
    instead ? el("span", { class: "quiet" }, t("whom.instead", { name: instead })) : null,
    note ? el("span", { class: "quiet" }, note) : null,
  );
}
