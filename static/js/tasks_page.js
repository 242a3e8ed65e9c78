/** The crew's page: the order, the next step as one large button, and a queue for dead spots. */

import { get, Problem, Unreachable } from "./api.js";
import { openBoard } from "./board.js";
import { $, el, fill, icon, notice } from "./dom.js";
import { clock, fullTime, timeElement } from "./format.js";
import { unitState } from "./incident_words.js";
import { showLink } from "./link_state.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";
import { openAlarm } from "./field/alarm.js";
import { STOPPED, currentOf, isOut, standsAt } from "./field/course.js";
import { openDuty, showSharing } from "./field/duty_view.js";
import { openFacilities } from "./field/facility.js";
import { helpButton, showHelp } from "./field/help.js";
import { guardLogOut } from "./field/leave.js";
import {
  recallWords,
  showDeadSpot,
  showQueue,
  tellRecall,
  tellRefusal,
} from "./field/line_view.js";
import { openMemory } from "./field/memory.js";
import { orderCard, showContact, unreadCard } from "./field/order_view.js";
import { openPhotos } from "./field/photos.js";
import { openPlace } from "./field/place_view.js";
import { openPositions } from "./field/positions.js";
import { openQueue } from "./field/queue.js";
import { canSound, knell, listenForTouch } from "./field/sound.js";
import { openSteps, showTrail } from "./field/steps_view.js";
import { openStore } from "./field/store.js";
import { awakeSwitch, keepAwake, wantsAwake } from "./field/wake.js";

window.tanggap = { map: null, ready: Promise.resolve() };

const user = Number($("#tasks").dataset.user);
const store = await openStore(user);
const memory = await openMemory(store);
const queue = await openQueue(store, { onChange: draw, onSent, onRefused });
const photos = await openPhotos($("#photos"), store);
const sharing = openPositions(user, { onChange: onPosition });
const alarm = openAlarm($("#alarm"));
const facilities = openFacilities($("#facility"));
const ground = openPlace();
const duty = openDuty($("#duty"), { onUnit: (feature) => board.take(feature) });
const help = helpButton($("#help"), (kind) => tap("help", kind));
const steps = openSteps($("#steps"), { unitKind, onStep, more: [help] });
let board = null;
let tasks = null; // as the server said last; null: not heard yet
let unit = null;
let asked = 0;
let recalled = null; // words about an order that was taken back

board = openBoard({
  onChange: readTasks,
  onState(word, since) {
    if (word === "refused") return fill($("#task"), notice("bad", problemWords(since)));
    showDeadSpot($("#cut"), word, since);
    showLink(word, word === "live" ? board.readAt : since);
    if (word === "live") {
      queue.hurry();
      photos.hurry();
    }
    draw();
  },
});

async function readTasks() {
  const number = ++asked;
  const own = [...board.units.values()];
  if (own.length === 1) [unit] = own;
  try {
    const answer = await get("/api/tasks");
    if (number !== asked) return; // a later question was answered first
    unit = answer.unit ?? unit;
    if (!answer.tasks) return draw(); // the line broke off in the midst of the answer
    const before = tasks ?? [];
    tasks = answer.tasks;
    noticeRecall(before);
    $("#updated").textContent = t("map.updated", { time: clock(new Date()) });
    $("#updated").title = fullTime(new Date());
  } catch (reason) {
    if (reason instanceof Problem) fill($("#told"), notice("bad", problemWords(reason)));
    else if (!(reason instanceof Unreachable)) throw reason;
  }
  draw();
}

/** Where the crew stands: what the server said last, and the taps that it has not heard of. */
function current() {
  const task = tasks ? currentOf(tasks) : memory.order();
  if (!task) return null;
  const taps = queue.waitingFor(task.id).filter(({ kind }) => kind === "state");
  const state = standsAt(standsAt(task.state, taps), memory.sentSteps(task.id));
  return state === "kembali" ? null : { ...task, state, waiting: queue.waitingFor(task.id) };
}

function draw() {
  if (!board) return; // the queue told of itself before all was there
  const task = current();
  if (tasks) memory.keep(task);
  const out = Boolean(task) && isOut(task.state);
  showUnit(task);
  showQueue($("#queue"), queue, store.lasting, queue.hurry);
  showTask(task, out);
  showContact($("#contact"), out ? task.incident : null);
  showHelp($("#helped"), out ? task : null, task?.waiting ?? []);
  showTrail($("#trail"), task, task?.waiting ?? [], memory.claims(task?.id));
  const called = Boolean(task?.incident) && task.state === "ditugaskan";
  steps(called ? null : task, { tiba_di_faskes: facilityName(task) });
  help.hidden = !out;
  duty.show(unit, out);
  photos.show(out ? task : null);
  showSharing($("#sharing"), sharing, isOnDuty());
  sharing.follow({ onDuty: isOnDuty(), out });
  ground.show(out ? task : null, sharing.fix, unit);
  keepAwake(out || (isOnDuty() && wantsAwake()));
  if (called) alarm.show(task, { instead: takeRecalled(), onAnswer: onStep });
  else alarm.hide();
}

const facilityName = (task) =>
  facilities.nameOf(memory.facility(task?.id)) ?? task?.facility?.name ?? null;

const isOnDuty = () => Boolean(unit) && unit.properties.state !== "lepas_dinas";

function unitKind() {
  return unit?.properties.unit_kind ?? "";
}

function showUnit(task) {
  if (!unit) return;
  const { properties } = unit;
  $("#unit-name").textContent = properties.call_sign;
  const step = task?.waiting.findLast(({ kind }) => kind === "state");
  const said = step
    ? [wordFor("assignment_state", task.state), " · ", t("field.unsent")]
    : [unitState(properties), " · ", timeElement(properties.state_since)];
  fill($("#unit-state"), said);
}

let shownTask = "";
function showTask(task, out) {
  const version = task?.incident?.properties.version;
  const key = JSON.stringify([task?.id, out, version, tasks === null, canSound(), isOnDuty()]);
  if (key === shownTask) return;
  shownTask = key;
  if (out) fill($("#task"), task.incident ? orderCard(task) : unreadCard());
  else if (tasks) fill($("#task"), calmCard());
}

function calmCard() {
  return el(
    "div",
    { class: "calm" },
    icon("check"),
    el("p", {}, t(isOnDuty() ? "tasks.none" : "field.off_duty")),
    canSound() || !isOnDuty()
      ? null
      : el("p", { class: "notice warn" }, icon("volume-x"), t("field.sound.touch")),
  );
}

async function onStep(state) {
  const task = current();
  if (!task) return;
  let facility = memory.facility(task.id) ?? task.facility?.id ?? null;
  if (state === "tiba_di_faskes" && !facility) {
    const chosen = await facilities.choose(t("field.facility.where"), placeNow());
    if (chosen === undefined) return redrawSteps();
    facility = chosen?.id ?? null;
  }
  await tap("state", state, facility, task);
  if (state === "tiba") facilities.read(placeNow());
  if (state === "membawa_pasien") chooseDestination(task);
}

// After the tap, never before it: the time of the step is worth more than where it leads.
async function chooseDestination(task) {
  const chosen = await facilities.choose(t("field.facility.whither"), placeNow());
  memory.setFacility(task.id, chosen?.id ?? null);
  draw();
}

function redrawSteps() {
  steps(null);
  draw();
}

// Of the order that was shown then: another may have come while the crew was choosing.
async function tap(kind, state, facility = null, task = current()) {
  if (!task) return;
  const withFacility = state === "tiba_di_faskes" ? facility : null;
  const item = await queue.add({ assignment: task.id, kind, state, facility: withFacility });
  if (kind === "state") memory.claim(task.id, state, item.at);
  draw();
}

function placeNow() {
  const [lon, lat] = unit?.geometry?.coordinates ?? [];
  return sharing.fix ?? (lon === undefined ? null : { lon, lat });
}

function onSent(item, answer) {
  if (item.kind === "state") memory.sent(item.assignment, item.state);
  if (answer.unit) board.take(answer.unit);
  else readTasks();
}

function onRefused(item, reason) {
  memory.unclaim(item.assignment, item.state);
  tellRefusal($("#told"), item, reason);
  readTasks();
}

function onPosition() {
  if (!board) return;
  showSharing($("#sharing"), sharing, isOnDuty());
  const task = current();
  if (task && isOut(task.state)) ground.show(task, sharing.fix, unit);
}

/** An order that was running and is not any more, though nobody here has ended it. */
function noticeRecall(tasksBefore) {
  const before = memory.order();
  if (!before || !isOut(before.state)) return;
  const now = tasks.find(({ id }) => id === before.id);
  if (now && !STOPPED.includes(now.state)) return;
  recalled = recallWords(now);
  const incident = tasksBefore.find(({ id }) => id === before.id)?.incident;
  memory.forget(before.id);
  // A new order tells of the old one itself: two screens over one another help nobody.
  if (currentOf(tasks)?.state === "ditugaskan") return;
  knell();
  tellRecall($("#recall"), takeRecalled(), incident, draw);
}

function takeRecalled() {
  const words = recalled;
  recalled = null;
  return words;
}

async function sureToLeave() {
  const unsent = queue.items.length + photos.pending();
  return !unsent || confirm(t("field.leave", { n: unsent }));
}

fill($("#awake"), awakeSwitch(draw));
listenForTouch(draw);
guardLogOut(sureToLeave);
navigator.serviceWorker?.register("/tugas/pekerja.js", { scope: "/tugas" }).catch(() => {});
draw();
