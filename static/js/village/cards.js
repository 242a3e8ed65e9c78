/** The cases as cards with big buttons. A card stays in its place, and keeps what it said. */

import { post } from "../api.js";
import { el, fill, icon, notice, sign } from "../dom.js";
import { clock, percent, timeElement } from "../format.js";
import { categoryName, priorityName } from "../incident_words.js";
import { t, wordFor } from "../words.js";
import { failWords } from "./fails.js";

const SURE = 0.965; // from here the room takes the village without asking

/**
 * A list of cards in the place. onWhere(feature) opens the map for a case, onSeen() is told
 * after a look was taken in; `beside` knows marks and parts.
 */
export function cardList(place, tools) {
  const cards = new Map();
  let order = "";

  function show(features, emptyWords = "") {
    for (const feature of features) {
      if (!cards.has(feature.id)) cards.set(feature.id, makeCard(tools));
      cards.get(feature.id).show(feature);
    }
    const ids = features.map(({ id }) => id);
    for (const id of cards.keys()) if (!ids.includes(id)) cards.delete(id);
    // Put in anew only when the order is another: a card under a finger must not move or blur.
    const wanted = ids.join() || "none";
    if (wanted === order) return;
    order = wanted;
    const empty =
      emptyWords && el("li", { class: "empty" }, icon("check"), el("p", {}, emptyWords));
    fill(place, ids.length ? ids.map((id) => cards.get(id).element) : empty || null);
  }

  return {
    show,
    has: (id) => cards.has(id),
    again: () => cards.forEach((card) => card.again()),
    say: (id, words) => cards.get(id)?.say(words),
  };
}

function makeCard({ code, beside, onSeen, onWhere }) {
  let feature = null;
  let drawn = "";
  const facts = el("div", { class: "card-facts" });
  const marks = el("ul", { class: "card-marks" });
  const said = el("div", { role: "status" });
  const seen = el(
    "button",
    { type: "button", onclick: look },
    icon("eye"),
    el("span", {}, t("village.seen")),
  );
  const here = el(
    "button",
    { type: "button", onclick: () => onWhere(feature, here) },
    icon("map-pin"),
    t("village.show_place"),
  );
  const tools = el("div", { class: "card-tools" }, seen, here);
  const element = el("li", { class: "card-item" }, facts, marks, tools, said);

  function show(fresh) {
    feature = fresh;
    again();
  }

  function again() {
    if (!feature) return;
    const told = beside.marksOf(feature.id);
    const part = beside.partOf(feature.id);
    const mark = JSON.stringify([feature.properties, told, part]);
    if (mark === drawn) return;
    drawn = mark;
    element.dataset.id = feature.id;
    fill(facts, factsOf(feature, part, code));
    fill(marks, told.map(markItem));
    const isSeen = told.some(({ kind }) => kind === "dilihat");
    if (isSeen && seen.contains(document.activeElement)) here.focus();
    seen.hidden = isSeen;
    const named = `${categoryName(feature.properties)}: `;
    seen.setAttribute("aria-label", named + t("village.seen"));
    here.setAttribute("aria-label", named + t("village.show_place"));
  }

  async function look() {
    seen.disabled = true;
    fill(said, el("p", { class: "quiet" }, t("village.sending")));
    try {
      await post(`/api/village/incidents/${feature.id}/seen`, {});
      await onSeen();
      fill(said);
    } catch (reason) {
      fill(said, notice("bad", failWords(reason)));
    }
    seen.disabled = false;
  }

  return { element, show, again, say: (words) => fill(said, notice("good", words)) };
}

function factsOf({ properties }, part, code) {
  return [
    el("h3", {}, sign(properties.priority), ` ${categoryName(properties)}`),
    el(
      "p",
      { class: "quiet" },
      `${priorityName(properties.priority)} · `,
      timeElement(properties.opened_at),
      part ? ` · ${part}` : null,
    ),
    maybeMark(properties, code),
    el("p", {}, wordFor("village_state", properties.state)),
    properties.agencies?.length
      ? el(
          "p",
          { class: "quiet" },
          t("village.agency", { agencies: properties.agencies.join(", ") }),
        )
      : null,
  ];
}

/** How likely it is here, where that is not sure. */
function maybeMark({ village, chance }, code) {
  const here = village?.code === code;
  if (here && !(chance < SURE)) return null;
  const words = [
    typeof chance === "number"
      ? t("village.maybe", { p: percent(chance) })
      : t("village.maybe_border"),
    village && !here ? t("village.counted", { village: village.name }) : null,
  ];
  return el("p", { class: "maybe" }, icon("circle-help"), words.filter(Boolean).join(" "));
}

const MARK_ICONS = { dilihat: "eye", di_sini: "map-pin", bukan_di_sini: "minus" };

function markItem({ kind, at, moved }) {
  const key = { dilihat: "seen_at", di_sini: moved ? "mark.moved" : "mark.di_sini" }[kind];
  const words = t(`village.${key ?? `mark.${kind}`}`, { time: clock(at) });
  return el("li", {}, icon(MARK_ICONS[kind] ?? "check"), el("span", {}, words));
}
