/** Links for contractors: made for one company, shown once, taken back at any time. */

import { del, post } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { serverNow } from "../format.js";
import { t } from "../words.js";
import { ticketProblem } from "./problems.js";
import { dayClock } from "./times.js";
import { isOver } from "./words.js";

const DAYS = [1, 3, 7, 14, 30];

/** The section; onChanged() when a link was made or taken back. */
export function linkSection(place, { current, me, onChanged }) {
  const list = el("ul", { class: "plain-list" });
  const shown = el("div", { class: "t-secret", "aria-live": "polite" });
  const form = makeForm({
    current,
    onChanged,
    show: (url, name) => fill(shown, secret(url, name)),
  });
  fill(
    place,
    el("h2", {}, t("worklink.title")),
    el("p", { class: "quiet small" }, t("worklink.how")),
  );
  place.append(list, shown, form);
  const may = me.rights.includes("work_ticket");
  return {
    draw(ticket) {
      fill(
        list,
        ticket.links.map((one) => linkItem(one, { may, onChanged })),
      );
      form.hidden = isOver(ticket);
      place.hidden = !may || (isOver(ticket) && !ticket.links.length);
    },
  };
}

function makeForm({ current, onChanged, show }) {
  const name = el("input", { maxlength: 120, id: "worklink-name", required: true });
  const days = el(
    "select",
    { id: "worklink-days" },
    DAYS.map((n) => el("option", { value: n, selected: n === 7 }, t("time.days", { n }))),
  );
  const said = el("div", { role: "alert" });

  async function send(event) {
    event.preventDefault();
    fill(said);
    const body = { name: name.value.trim(), days: Number(days.value) };
    if (!body.name) return fill(said, notice("warn", t("worklink.name_missing")));
    try {
      const { url } = await post(`/api/tickets/${current().id}/links`, body);
      show(new URL(url, location.origin).href, body.name);
      name.value = "";
      return await onChanged();
    } catch (reason) {
      return fill(said, notice("bad", ticketProblem(reason)));
    }
  }
  return el(
    "form",
    { class: "t-row-form", novalidate: true, onsubmit: send },
    el("div", { class: "field" }, el("label", { for: "worklink-name" }, t("worklink.name")), name),
    el("div", { class: "field" }, el("label", { for: "worklink-days" }, t("worklink.days")), days),
    el("button", {}, icon("link"), t("worklink.make")),
    said,
  );
}

/** Nobody can show it again: only its hash is kept. */
function secret(url, name) {
  const input = el("input", {
    readonly: true,
    value: url,
    "aria-label": t("worklink.url", { name }),
  });
  const said = el("span", { role: "status", class: "small" });
  input.addEventListener("focus", () => input.select());

  async function copy() {
    input.select();
    try {
      await navigator.clipboard.writeText(url);
      fill(said, t("copied"));
    } catch {
      fill(said, t("copy_by_hand")); // without https the browser does not let us
    }
  }
  return [
    notice("good", t("worklink.once", { name })),
    el(
      "div",
      { class: "t-copy" },
      input,
      el("button", { type: "button", onclick: copy }, icon("copy"), t("copy")),
    ),
    said,
  ];
}

function linkItem(link, { may, onChanged }) {
  const said = el("span", { role: "alert" });
  const live = !link.done_at && !link.revoked_at && Date.parse(link.expires_at) > serverNow();
  async function revoke() {
    try {
      await del(`/api/links/${link.id}`);
      await onChanged();
    } catch (reason) {
      fill(said, ticketProblem(reason));
    }
  }
  return el(
    "li",
    { class: "t-link-row" },
    el("b", {}, link.name),
    el("span", { class: "quiet" }, stateOf(link, live)),
    live && may ? el("button", { type: "button", onclick: revoke }, t("worklink.revoke")) : null,
    said,
  );
}

function stateOf({ done_at: done, revoked_at: revoked, expires_at: expires }, live) {
  if (done) return t("worklink.done", { time: dayClock(done) });
  if (revoked) return t("worklink.revoked", { time: dayClock(revoked) });
  return t(live ? "worklink.until" : "worklink.expired", { time: dayClock(expires) });
}
