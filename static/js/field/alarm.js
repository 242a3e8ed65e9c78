/** A new order over the whole screen, with sound, until the crew has answered. */

import { el, fill, icon, sign } from "../dom.js";
import { distance, serverNow, span, stopwatch } from "../format.js";
import { categoryName, priorityName, villageName } from "../incident_words.js";
import { t } from "../words.js";
import { alarm, canSound, quiet } from "./sound.js";

const AROUND = 2 * Math.PI * 54; // of the ring, in its own units
const SVG = "http://www.w3.org/2000/svg";

/** @param {HTMLDialogElement} dialog */
export function openAlarm(dialog) {
  const title = document.title;
  let shown = null;
  let ticking = null;

  // The phone's back gesture is no answer.
  dialog.addEventListener("cancel", (event) => event.preventDefault());

  /** onAnswer("diterima" | "berangkat"); `instead` says what became of the order before. */
  function show(task, { instead, onAnswer }) {
    if (shown === task.id) return;
    shown = task.id;
    const answer = (state) => {
      hide();
      onAnswer(state);
    };
    fill(dialog, content(task, instead, answer));
    dialog.className = `alarm p${task.incident?.properties.priority ?? 4}`;
    if (!dialog.open) dialog.showModal();
    document.title = `${t("field.alarm.title")} · ${title}`;
    alarm();
    tick(task);
    ticking ??= setInterval(() => tick(task), 250);
  }

  function tick(task) {
    showTime(dialog, task);
    dialog.querySelector(".silent").hidden = canSound();
  }

  function hide() {
    if (shown === null) return;
    shown = null;
    clearInterval(ticking);
    ticking = null;
    quiet();
    document.title = title;
    dialog.close();
    fill(dialog); // nothing of a case stays in the page once its order is over
  }
  return { show, hide };
}

function content({ incident, ack_due_at, eta }, instead, answer) {
  const facts = incident?.properties;
  return [
    el("p", { class: "alarm-head" }, icon("siren"), t("field.alarm.title")),
    instead ? el("p", { class: "notice bad" }, icon("triangle-alert"), el("b", {}, instead)) : null,
    ack_due_at ? ring() : null,
    facts ? what(facts, eta) : el("p", {}, t("field.order.unread")),
    el(
      "p",
      { class: "silent notice warn", hidden: true },
      icon("volume-x"),
      t("field.sound.touch"),
    ),
    el(
      "div",
      { class: "answers" },
      button("main big", "check", "step.diterima", () => answer("diterima")),
      button("second", "play", "step.berangkat", () => answer("berangkat")),
      el("p", { class: "quiet small" }, t("field.alarm.cannot")),
    ),
  ];
}

function what(facts, eta) {
  return el(
    "div",
    { class: "alarm-what" },
    el("h2", { class: "alarm-category" }, sign(facts.priority), ` ${categoryName(facts)}`),
    el("p", { class: `alarm-priority p${facts.priority}` }, priorityName(facts.priority)),
    facts.place ? el("p", { class: "alarm-place" }, facts.place) : null,
    facts.village ? el("p", {}, villageName(facts.village)) : null,
    eta?.expected_s ? el("p", { class: "alarm-way" }, icon("route"), wayWords(eta)) : null,
  );
}

const wayWords = ({ expected_s, distance_m }) =>
  [span(expected_s), distance(distance_m)].filter(Boolean).join(" · ");

const button = (name, sign_name, words, onclick) =>
  el("button", { type: "button", class: name, onclick }, icon(sign_name), t(words));

function ring() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 120 120");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["track", "rest"]) {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", name);
    for (const [key, value] of Object.entries({ cx: 60, cy: 60, r: 54 }))
      circle.setAttribute(key, value);
    svg.append(circle);
  }
  svg.lastChild.setAttribute("stroke-dasharray", AROUND);
  return el(
    "div",
    { class: "ring" },
    svg,
    el("p", { role: "timer", "aria-live": "off" }, el("b"), el("span")),
  );
}

/** How much of the time to answer is left, by the server's clock. */
function showTime(dialog, { sent_at, ack_due_at }) {
  const place = dialog.querySelector(".ring");
  if (!place) return;
  const due = Date.parse(ack_due_at);
  const left_s = (due - serverNow()) / 1000;
  const whole_s = (due - Date.parse(sent_at)) / 1000;
  const share = Math.min(1, Math.max(0, left_s / whole_s));
  place.querySelector(".rest").setAttribute("stroke-dashoffset", AROUND * (1 - share));
  place.classList.toggle("late", left_s <= 0);
  place.querySelector("b").textContent =
    left_s > 0 ? String(Math.ceil(left_s)) : stopwatch(-left_s);
  place.querySelector("span").textContent = t(
    left_s > 0 ? "field.alarm.seconds" : "field.alarm.late",
  );
}
