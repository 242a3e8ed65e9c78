/** What an order says: what, how grave, where and how sure, who called. */

import { get, post } from "../api.js";
import { chancesLine } from "../belief.js";
import { el, fill, icon, notice, sign } from "../dom.js";
import { timeElement } from "../format.js";
import {
  UNSURE,
  categoryName,
  chancesOf,
  placementWords,
  priorityName,
} from "../incident_words.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

/** The card of an order whose facts the server has given just now. */
export function orderCard({ incident, sent_at, sent_by }) {
  const facts = incident.properties;
  return el(
    "article",
    { class: "order" },
    el(
      "p",
      { class: `order-priority p${facts.priority}` },
      sign(facts.priority),
      ` ${priorityName(facts.priority)}`,
      el("span", { class: "quiet" }, ` · #${incident.id}`),
    ),
    el("h2", {}, categoryName(facts)),
    facts.place ? el("p", { class: "place-words" }, facts.place) : null,
    placeLines(incident),
    el(
      "p",
      { class: "quiet small" },
      `${t("tasks.sent")} `,
      timeElement(sent_at),
      sent_by ? ` ${t("sent.by", { name: sent_by })}` : null,
    ),
  );
}

/** After a reload in a dead spot: what the order says is not kept on the phone. */
export function unreadCard() {
  return el(
    "article",
    { class: "order" },
    el("h2", {}, t("field.order.unread")),
    el("p", {}, t("field.order.unread_why")),
  );
}

function placeLines({ geometry, properties }) {
  if (!geometry) return el("p", { class: "maybe" }, icon("map-pin"), t("tasks.no_pin"));
  const said = placementWords({ ...properties, nearest: null });
  const unsure = properties.doubt > UNSURE ? chancesLine(chancesOf(properties)) : "";
  return [
    el("p", {}, said.map(({ words }) => words).join(". ")),
    unsure
      ? el("p", { class: "maybe" }, icon("circle-help"), t("field.order.unsure", { unsure }))
      : null,
  ];
}

/** Puts the way to the caller's number into the place; asked for by hand, each look is logged. */
export function showContact(place, incident) {
  place.hidden = !incident;
  if (place.dataset.incident === String(incident?.id)) return;
  place.dataset.incident = String(incident?.id);
  fill(place, incident ? askButton(place, incident) : null);
}

function askButton(place, incident) {
  const ask = el("button", { type: "button", onclick: look }, icon("phone"), t("contact.show"));

  async function look() {
    ask.disabled = true;
    try {
      const { calls } = await get(`/api/incidents/${incident.id}`);
      const reachable = calls.filter((call) => call.phone_masked);
      const contacts = await Promise.all(
        reachable.map((call) => post(`/api/calls/${call.id}/contact`, {})),
      );
      // Nobody rings the caller of one case for another: the order may have changed meanwhile.
      if (place.dataset.incident !== String(incident.id)) return;
      fill(place, contacts.length ? contacts.map(numberLine) : t("phone.none"), loggedLine());
    } catch (reason) {
      ask.disabled = false;
      fill(place, ask, notice("bad", problemWords(reason)));
    }
  }
  return ask;
}

const numberLine = ({ phone, name }) =>
  phone
    ? el(
        "a",
        { class: "button", href: `tel:${phone.replace(/[^\d+]/g, "")}` },
        icon("phone-call"),
        [phone, name].filter(Boolean).join(" · "),
      )
    : el("p", {}, t("phone.none"));

const loggedLine = () => el("p", { class: "quiet small" }, t("contact.logged"));
