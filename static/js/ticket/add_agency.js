/** One more agency for the same case: the room gives it a ticket of its own. */

import { post } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { t } from "../words.js";
import { agencyField } from "./agency_pick.js";
import { noteField } from "./fields.js";
import { ticketProblem } from "./problems.js";

/** A button that opens the fields; onAdded() once the new ticket is there. */
export function addAgencyTool(current, onAdded) {
  const place = el("div", { class: "t-keep" });
  const opener = el("button", { type: "button", onclick: open }, icon("plus"), t("ticket.add"));
  let key = null; // of one try: an answer that was lost is only asked for again
  fill(place, opener);

  function open() {
    key = crypto.randomUUID();
    const ticket = current();
    const fields = [agencyField(ticket), noteField()];
    const said = el("div", { role: "alert" });
    const form = el(
      "form",
      { class: "t-form", novalidate: true },
      fields.map(({ element }) => element),
      said,
      el(
        "div",
        { class: "buttons" },
        el("button", { class: "main" }, icon("plus"), t("ticket.add")),
        el("button", { type: "button", class: "plain", onclick: close }, t("back")),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(fields, said);
    });
    fill(place, form);
    fields[0].focus();
  }

  async function send(fields, said) {
    const wrong = fields.find((one) => !one.check());
    if (wrong) return wrong.focus();
    const { incident, file } = current();
    const { version } = file.feature.properties;
    const body = Object.assign({ version, key }, ...fields.map((one) => one.read()));
    try {
      await post(`/api/incidents/${incident}/tickets`, body);
      close();
      return await onAdded();
    } catch (reason) {
      return fill(said, notice("bad", ticketProblem(reason)));
    }
  }

  function close() {
    fill(place, opener);
    opener.focus();
  }
  return { element: place, busy: () => !opener.isConnected };
}
