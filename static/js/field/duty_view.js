/** While no order runs: who is on board, until when, on duty or not, and whether the place is shared. */

import { post } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { clock, distance } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

const MOST_CREW = 60; // as the table of units takes it
const zone = document.documentElement.dataset.timezone || "Asia/Jakarta";

/**
 * @param {HTMLElement} place
 * @param onUnit takes the unit's feature that an answer brought
 */
export function openDuty(place, { onUnit }) {
  const said = el("div", { role: "status", id: "duty-said" });
  let drawn = "";

  async function change(unit, body, words) {
    try {
      onUnit(await post(`/api/units/${unit.id}/duty`, body));
      fill(said, notice("good", words));
    } catch (reason) {
      fill(said, notice("bad", problemWords(reason)));
    }
  }

  /** Draw anew only when something has changed: nobody likes a field that moves under the thumb. */
  function show(unit, out) {
    const facts = unit?.properties;
    const key = facts ? JSON.stringify([facts.crew, facts.shift_ends_at, facts.state, out]) : "";
    place.hidden = !unit || out;
    if (key === drawn) return;
    drawn = key;
    if (unit && !out) fill(place, form(unit, change), dutyButton(unit, change), said);
  }
  return { show };
}

function form(unit, change) {
  const { crew, shift_ends_at } = unit.properties;
  const count = el("input", {
    id: "crew",
    type: "number",
    inputmode: "numeric",
    min: 0,
    max: MOST_CREW,
    value: crew ?? "",
  });
  const until = el("input", {
    id: "shift-end",
    type: "time",
    value: shift_ends_at ? clockOf(shift_ends_at) : "",
  });
  const step = (by) => () => {
    count.value = Math.min(MOST_CREW, Math.max(0, Number(count.value) + by));
  };
  const save = (event) => {
    event.preventDefault();
    const body = {
      ...(count.value === "" ? {} : { crew: Number(count.value) }),
      ...(until.value ? { shift_ends_at: nextTime(until.value, new Date()).toISOString() } : {}),
    };
    change(unit, body, t("field.duty.saved"));
  };
  return el(
    "form",
    { class: "duty", onsubmit: save },
    el("h2", {}, t("field.duty.title")),
    el(
      "div",
      { class: "duty-row" },
      el("label", { for: "crew" }, t("field.duty.crew")),
      stepper("minus", "field.duty.fewer", step(-1)),
      count,
      stepper("plus", "field.duty.more", step(1)),
    ),
    el(
      "div",
      { class: "duty-row" },
      el("label", { for: "shift-end" }, t("field.duty.until")),
      until,
    ),
    el("button", {}, icon("save"), t("field.duty.save")),
  );
}

const stepper = (picture, words, onclick) =>
  el("button", { type: "button", onclick, "aria-label": t(words) }, icon(picture));

function dutyButton(unit, change) {
  const off = unit.properties.state === "lepas_dinas";
  const words = off ? "field.duty.on" : "field.duty.off";
  const said = off ? "field.duty.is_on" : "field.duty.is_off";
  return el(
    "button",
    {
      type: "button",
      class: off ? "main big" : "second",
      onclick: (event) => {
        if (event.detail > 1) return;
        change(unit, { state: off ? "siap" : "lepas_dinas" }, t(said));
      },
    },
    icon(off ? "play" : "pause"),
    t(words),
  );
}

/** The switch of the shared position, and what becomes of it. */
export function showSharing(place, sharing, onDuty) {
  if (!place.querySelector("input"))
    fill(place, sharingSwitch(sharing), el("p", { role: "status" }));
  place.querySelector("input").checked = sharing.agreed;
  const words = sharingWords(sharing, onDuty);
  const line = place.querySelector("p");
  line.className = ["denied", "unavailable", "refused"].includes(sharing.state)
    ? "maybe"
    : "quiet small";
  if (line.textContent !== words) line.textContent = words;
}

function sharingSwitch(sharing) {
  return el(
    "label",
    { class: "switch" },
    el("input", {
      type: "checkbox",
      role: "switch",
      onchange: (event) => sharing.agree(event.target.checked),
    }),
    icon("locate"),
    el("span", {}, t("field.position.share")),
  );
}

function sharingWords({ agreed, state, fix, sentAt, unsent }, onDuty) {
  if (!agreed) return t("field.position.off");
  if (!onDuty) return t("field.position.off_duty");
  if (state !== "on") return t(`field.position.${state}`);
  const accuracy = t("field.position.accuracy", { distance: distance(fix.accuracy_m) });
  if (unsent.length > 1) return `${accuracy} · ${t("field.position.unsent", { n: unsent.length })}`;
  return sentAt ? `${accuracy} · ${t("field.position.sent", { time: clock(sentAt) })}` : accuracy;
}

/** "06:30" in the regency's zone, whatever the phone's own zone is. */
function clockOf(iso) {
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat("en-GB", form).format(new Date(iso));
}

/** The next moment at which clocks here show "06:30". */
export function nextTime(written, now) {
  const minutes = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const ahead = (minutes(written) - minutes(clockOf(now)) + 1440) % 1440 || 1440;
  return new Date(Math.floor(now.getTime() / 60_000 + ahead) * 60_000);
}
