/** The field unit's task: where, what, and the next step as one large button. */

import { get, post } from "./api.js";
import { openBoard } from "./board.js";
import { $, el, fill, icon, notice, sign } from "./dom.js";
import { clock, fullTime, timeElement } from "./format.js";
import { categoryName, placementWords, priorityName, unitState } from "./incident_words.js";
import { showCut, showLink } from "./link_state.js";
import { openMap, whyNoMap } from "./map.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";

const NEXT = { ditugaskan: "berangkat", berangkat: "tiba", tiba: "selesai" };
const STEP_ICONS = { berangkat: "play", tiba: "map-pin", selesai: "check" };

let ground = null; // opened with the first task: a crew that waits needs no map
window.tanggap = { map: null, ready: Promise.resolve() };
let shownKey = "";

const board = openBoard({
  onChange: readTasks,
  onState(word, since) {
    if (word === "refused") return fill($("#task"), notice("bad", problemWords(since)));
    showCut(word, since);
    showLink(word, word === "live" ? board.readAt : since);
  },
});

async function readTasks() {
  showUnit();
  try {
    const { tasks } = await get("/api/tasks");
    draw(tasks);
    $("#updated").textContent = t("map.updated", { time: clock(new Date()) });
    $("#updated").title = fullTime(new Date());
  } catch (reason) {
    fill($("#task"), notice("bad", problemWords(reason)));
  }
}

function showUnit() {
  const own = [...board.units.values()];
  if (own.length !== 1) return;
  const [{ properties }] = own;
  $("#unit-name").textContent = properties.call_sign;
  fill($("#unit-state"), unitState(properties), " · ", timeElement(properties.state_since));
}

function draw([task]) {
  const key = task ? `${task.id}/${task.state}/${task.incident.properties.version}` : "none";
  if (key === shownKey) return;
  shownKey = key;
  $("#steps").hidden = $("#task-map").hidden = !task;
  if (!task) {
    fill($("#task"), el("p", { class: "empty" }, icon("check"), " ", t("tasks.none")));
    return;
  }
  fill($("#task"), taskCard(task));
  fill($("#steps"), stepButton(task), el("div", { role: "alert", id: "step-problem" }));
  showPlace(task.incident);
}

function taskCard({ incident, state, sent_at }) {
  const facts = incident.properties;
  const spot = incident.geometry?.coordinates;
  return el(
    "article",
    { class: "card-item" },
    el("h2", {}, sign(facts.priority), ` ${categoryName(facts)}`),
    el("p", {}, `${t("fact.priority")}: ${priorityName(facts.priority)}`),
    facts.place ? el("p", { class: "place-words" }, facts.place) : null,
    el(
      "p",
      {},
      spot
        ? placementWords({ ...facts, nearest: null })
            .map(({ words }) => words)
            .join(". ")
        : t("tasks.no_pin"),
    ),
    el(
      "p",
      { class: "quiet" },
      `${wordFor("assignment_state", state)} · ${t("tasks.sent")} `,
      timeElement(sent_at),
    ),
    spot
      ? el(
          "a",
          { class: "button", href: `geo:${spot[1]},${spot[0]}` },
          icon("navigation"),
          t("tasks.navigate"),
        )
      : null,
  );
}

function stepButton(task) {
  const next = NEXT[task.state];
  if (!next) return null;
  const button = el(
    "button",
    { type: "button", class: "main big", onclick: move },
    icon(STEP_ICONS[next]),
    t(`step.${next}`),
  );

  async function move() {
    button.disabled = true;
    try {
      const answer = await post(`/api/assignments/${task.id}/state`, { state: next });
      if (answer.unit) board.take(answer.unit);
      await readTasks();
    } catch (reason) {
      button.disabled = false;
      fill($("#step-problem"), notice("bad", problemWords(reason)));
    }
  }
  return button;
}

function showPlace(incident) {
  $("#task-map").hidden = Boolean(whyNoMap()) || !incident.geometry;
  if ($("#task-map").hidden) return;
  const [lon, lat] = incident.geometry.coordinates;
  ground ??= openMap($("#map"), { still: true, view: { zoom: 13.5, lat, lon } });
  window.tanggap = { map: ground.map, ready: ground.ready };
  ground.showIncidents([incident]);
  ground.showUnits([...board.units.values()]);
  ground.chooseVillage(incident.properties.village?.code ?? null);
  ground.goTo({ lon, lat }, 13.5);
}
