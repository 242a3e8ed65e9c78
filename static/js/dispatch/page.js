/** The dispatch board: puts queue, map, units, the chosen incident, alarms and the line of words together. */

import { get } from "../api.js";
import { openBoard } from "../board.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { byUrgency, count } from "../figures.js";
import { openBell } from "../inbox/bell.js";
import { UNSURE, chancesOf } from "../incident_words.js";
import { bindKeys, listKeys } from "../keys.js";
import { showCut, showUpdated } from "../link_state.js";
import { openMap, whyNoMap } from "../map.js";
import { mapViews, sayEdition } from "../map_views.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { openAlarms } from "./alarms.js";
import { openBar } from "./bar.js";
import { openCase } from "./case.js";
import { arranged } from "./choices.js";
import { openCommand } from "./command_line.js";
import { openCover } from "./cover.js";
import { openDoing } from "./doing.js";
import { openDrag } from "./drag.js";
import { openFleet } from "./fleet.js";
import { dispatchKeys } from "./keys.js";
import { isLacking } from "./needs.js";
import { shortNumbers } from "./numbers.js";
import { openPassages } from "./passages.js";
import { openQueue } from "./queue.js";
import { openSheet } from "./sheet.js";
import { openSound } from "./sound.js";
import { openSurge } from "./surge.js";
import { runTimers } from "./timers.js";
import { openWay } from "./way.js";

const NARROW_PX = 860; // from here on all is stacked, as in dispatch.css
const ground = whyNoMap() ? null : openMap($("#map"));
let numbers = new Map();
let chosenUnit = null;
let fitted = false;
let waiting = null; // changes that came while something hung on the mouse

const number = (id) => numbers.get(id) ?? String(id);
const house = { board: () => board, number };
const bar = openBar();
const sheet = openSheet();
const sound = openSound({ onChange: () => showSound() });
const doing = openDoing({ ...house, bar, onDone: () => caseView.read() });
const { drag, drop, isHeld } = openDrag({
  ground,
  onDropped: (unit, incident) => {
    choose(incident);
    doing.dropped(unit, incident);
  },
  onEnd: () => {
    const changes = waiting;
    waiting = null;
    if (changes) draw(board, changes);
  },
});
const way = openWay({ ...house, ground });
const caseView = openCase({
  ...house,
  doing,
  drag,
  bar,
  onPoint: (unit) => way.show(unit, caseView.id()),
  onFound: (found) => look(found),
  onChoose: (id) => choose(id),
  onClose: () => {
    document.body.classList.remove("with-case");
    ground?.choose(null);
    ground?.showDoubt(null);
    way.show(chosenUnit, null);
    drawLists();
  },
});
const queue = openQueue({ onChoose: (id) => choose(id), drop });
const fleet = openFleet({ onChoose: chooseUnit, drag });
const alarms = openAlarms({
  sound,
  nameOf: doing.nameOf,
  onOpen: takeUp,
  onSeen: doing.seen,
});
const command = openCommand({ ...house, doing, onOpen: (id) => choose(id, { focus: true }) });
const surge = openSurge({ sheet, doing, bar, onSent: () => caseView.read() });
const cover = openCover({ sheet, ground, skills });
const passages = openPassages({ sheet, bar, onChanged: () => caseView.read() });
const board = openBoard({
  onChange: draw,
  onState(word, since) {
    if (word === "refused") fill($("#queue"), el("li", {}, notice("bad", problemWords(since))));
    else showCut(word, since);
  },
});
const keys = dispatchKeys({
  command,
  queue,
  fleet,
  caseView,
  alarms,
  takeUp,
  surge,
  cover,
  passages,
  sound,
  help,
  leave,
});

wire();

function wire() {
  if (!ground) fill($("#map"), notice("warn", whyNoMap()));
  ground?.onClick({ onChoose: (kind, id) => (kind === "unit" ? chooseUnit(id) : choose(id)) });
  mapViews(ground, board);
  bindKeys(keys);
  openBell($("#bell"));
  runTimers(() => {
    if (isHeld()) return;
    alarms.draw(board.units.values());
    caseView.tick();
  });
  const tools = { surge: surge.toggle, cover: cover.toggle, passages: passages.toggle };
  for (const button of document.querySelectorAll("[data-sheet]"))
    button.addEventListener("click", tools[button.dataset.sheet]);
  $("#sound").addEventListener("click", sound.toggle);
  $("#show-keys").addEventListener("click", help);
  showSound();
  window.tanggap = { map: ground?.map, ready: ground?.ready, rung: sound.rung };
}

function draw(_board, changes) {
  // What hangs on the mouse must not be taken from under it.
  if (isHeld()) {
    waiting = waiting ? { ...waiting, all: true } : changes;
    return;
  }
  numbers = shortNumbers(board.incidents.keys());
  drawLists();
  drawGround(changes);
  alarms.draw(board.units.values());
  caseView.changed(changes);
  sayCounts();
  if (changes.edition) sayEdition();
}

function drawLists() {
  queue.draw({ incidents: board.incidents.values(), numbers, chosenId: caseView.id() });
  fleet.draw({ units: [...board.units.values()], numbers, chosenUnit });
}

function drawGround(changes) {
  showUpdated($("#map-note"), board.readAt);
  if (!ground) return;
  const incidents = [...board.incidents.values()];
  const units = [...board.units.values()];
  ground.showLoad(board.load);
  if (changes.all || changes.incidents.size) ground.showIncidents(incidents);
  if (changes.all || changes.units.size) ground.showUnits(units);
  if (!fitted && (incidents.length || units.length))
    ground.fitMost(incidents.length ? incidents : units);
  fitted = true;
}

function choose(id, { focus = false } = {}) {
  const feature = board.incidents.get(id);
  if (!feature) return;
  sheet.close();
  document.body.classList.add("with-case");
  // Stacked on a phone it would open out of sight.
  if (window.innerWidth <= NARROW_PX)
    requestAnimationFrame(() => $("#case").scrollIntoView({ block: "start" }));
  caseView.show(id).then(() => focus && caseView.focus());
  ground?.choose(id);
  showDoubt(feature);
  way.show(chosenUnit, id);
  drawLists();
}

function showDoubt({ geometry, properties }) {
  const { location, doubt } = properties;
  if (!(doubt > UNSURE)) return ground?.showDoubt(null);
  const [lon, lat] = geometry?.coordinates ?? [];
  ground?.showDoubt({
    lon,
    lat,
    radius_m: location?.radius_m ?? null,
    villages: chancesOf(properties),
  });
}

/** The incident and those who are nearest, in one view. */
function look(found) {
  const incident = board.incidents.get(caseView.id());
  if (!incident?.geometry || !ground) return;
  const near = arranged(found)
    .slice(0, 3)
    .map(({ units: [first] }) => board.units.get(first.unit)?.geometry);
  const spots = [incident.geometry, ...near].filter(Boolean).map(({ coordinates }) => coordinates);
  const [lons, lats] = [0, 1].map((axis) => spots.map((spot) => spot[axis]));
  ground.fitOnce(incident.id, [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ]);
}

function chooseUnit(id) {
  chosenUnit = chosenUnit === id ? null : id;
  const feature = board.units.get(id);
  ground?.chooseUnit(chosenUnit);
  const held = feature?.properties.assignment;
  if (chosenUnit !== null && held && board.incidents.has(held.incident)) choose(held.incident);
  else {
    way.show(chosenUnit, caseView.id());
    drawLists();
  }
  if (chosenUnit !== null && feature?.geometry) {
    const [lon, lat] = feature.geometry.coordinates;
    ground?.lookAt({ lon, lat });
  }
}

/** An alarm is taken up: its incident, and the button that helps. */
async function takeUp(alarm) {
  if (!alarm) return;
  const { incident } = alarm.held;
  if (!board.incidents.has(incident)) return bar.say("warn", t("detail.gone"));
  choose(incident);
  await caseView.show(incident);
  if (alarm.kind === "unanswered") caseView.focusTakeOver(alarm.unit.id);
  else caseView.focus();
}

function skills() {
  return [...board.units.values()].flatMap(({ properties }) => properties.skills ?? []);
}

function sayCounts() {
  const features = [...board.incidents.values()].sort(byUrgency);
  const { open, urgent } = count(features);
  const lacking = features.filter(isLacking).length;
  fill(
    $("#counts"),
    el("span", {}, t("board.lacking", { n: lacking })),
    el("span", {}, t("counts.open", { n: open })),
    el("span", { class: urgent ? "p1" : "" }, t("counts.urgent", { n: urgent })),
  );
}

function showSound() {
  const on = sound.isOn();
  const words = t(on ? (sound.isWaiting() ? "sound.waits" : "sound.on") : "sound.off");
  const button = $("#sound");
  button.setAttribute("aria-pressed", String(on));
  button.title = words;
  fill(button, icon(on ? "volume-2" : "volume-x"), el("span", {}, words));
}

/** Escape: what lies on top goes first. */
function leave() {
  if (bar.open()) return bar.clear();
  if (sheet.close()) return;
  const id = caseView.id();
  if (caseView.close())
    return document.querySelector(`#queue [data-id="${id}"]`)?.focus({ preventScroll: true });
  if (chosenUnit !== null) chooseUnit(chosenUnit);
}

function help() {
  listKeys(
    $("#keys-list"),
    keys.filter(({ shown }) => shown),
  );
  $("#keys-dialog").showModal();
}

get("/api/me").catch((reason) => bar.say("bad", problemWords(reason), { take: false }));
