/** The operators' screen: puts the call, the map, the board and the units together. */

import { get } from "./api.js";
import { openBoard } from "./board.js";
import { openCallForm } from "./call_form.js";
import { callKeys } from "./call_keys.js";
import { closeTool } from "./closing.js";
import { openDesk } from "./desk.js";
import { $, el, fill, icon, notice } from "./dom.js";
import { showIncident } from "./incident_panel.js";
import { categoryName } from "./incident_words.js";
import { bindKeys, listKeys } from "./keys.js";
import { showCut, showUpdated } from "./link_state.js";
import { openMap, whyNoMap } from "./map.js";
import { mapViews } from "./map_views.js";
import { clearNear, markJoined, showNear } from "./near.js";
import { openOutbox } from "./outbox.js";
import { showOutbox } from "./outbox_view.js";
import { placeBox } from "./place_box.js";
import { namePlace } from "./placing.js";
import { problemWords } from "./problems.js";
import { repinTool } from "./repin.js";
import { rightsOf } from "./rights.js";
import { clearUnits, showUnits } from "./units.js";
import { t } from "./words.js";

const [me, catalogue] = await start();
const may = rightsOf(me);
const ground = whyNoMap() ? null : openMap($("#map"));
const pin = ground?.pin({ label: t("pin.label"), onMove: (point) => placed(point, "petugas") });
const own = new Set(); // incidents of this screen: they do not knock
const drafts = [];
let repin = null; // the tool of the incident that is being pinned
let chosenId = null;
let fitted = false;

const form = openCallForm($("#call"), catalogue, (what) => what === "category" && lookNear());
const desk = openDesk({ onChoose: choose, onPin: (feature) => choose(feature), onLeave: leave });
const outbox = openOutbox(drawOutbox);
const board = openBoard({
  onChange(_board, changes) {
    desk.update(board, changes.all ? new Set() : changes.arrived, own);
    ground?.showIncidents([...board.incidents.values()]);
    ground?.showLoad(board.load);
    if (!fitted) ground?.fitMost([...board.incidents.values(), ...board.units.values()]);
    fitted = true;
    if (changes.all || changes.units.size) ground?.showUnits([...board.units.values()]);
    showUpdated($("#map-note"), board.readAt);
    if (changes.incidents.has(chosenId)) again();
  },
  onState: showCut,
});

mapViews(ground, board);
window.tanggap = { map: ground?.map, ready: ground?.ready };
if (!ground) fill($("#map"), notice("warn", whyNoMap()));
ground?.onClick({
  onChoose: (kind, id) => kind === "incident" && choose(board.incidents.get(id)),
  onGround: (point) => placed(point, "petugas"),
});
placeBox(form.fields.where, $("#places"), placeChosen);
const keys = callKeys({ form, catalogue, desk, save, next, joinFirst, help });
bindKeys(keys);
$("#call").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
$("#next-call").addEventListener("click", next);
$("#show-keys").addEventListener("click", help);
addEventListener("beforeunload", (event) => {
  if (outbox.pending() || drafts.length || form.touched()) event.preventDefault();
});
$("#hours").textContent = catalogue.hours.text;
clearNear($("#near"), t("near.no_pin"));
clearUnits($("#units"), t("units.after_saving"));
if (me.role === "dispatcher") desk.show("queue");
else form.fields.where.focus();

async function start() {
  try {
    return await Promise.all([get("/api/me"), get("/api/catalogue")]);
  } catch (reason) {
    fill(
      $("#call"),
      notice("bad", problemWords(reason)),
      el("button", { type: "button", onclick: () => location.reload() }, t("reload")),
    );
    throw reason;
  }
}

// ---- the pin of the call ----

function placeChosen(place) {
  form.begin();
  form.draft().place = place;
  ground?.goTo(place, place.spread_m > 400 ? 12.5 : 14);
  ground?.showDoubt(place, place.spread_m);
  placed({ lon: place.lon, lat: place.lat }, "tempat");
}

async function placed(point, by) {
  if (repin) return repin.place(point);
  if (!$("#detail").hidden || desk.shown() !== "call") return;
  form.begin();
  Object.assign(form.draft(), { pin: point, pinnedBy: by });
  await showPin();
}

async function showPin() {
  const { pin: point, place } = form.draft();
  pin?.set(point);
  if (!point) ground?.showDoubt(null);
  lookNear();
  const placement = await namePlace($("#placement"), point, {
    saidVillage: saidVillage(place),
    onClear: clearPin,
  });
  form.draft().placement = placement;
  ground?.chooseVillage(placement?.village?.code ?? null);
}

const saidVillage = (place) =>
  place?.village_code ? { code: place.village_code, name: place.village ?? place.label } : null;

function clearPin() {
  Object.assign(form.draft(), { pin: null, pinnedBy: null, place: null, placement: null });
  ground?.chooseVillage(null);
  showPin();
}

// ---- the same event as another call? ----

async function lookNear() {
  await showNear($("#near"), { pin: form.draft().pin, category: form.category() }, join);
  markJoined($("#near"), form.draft().joins);
}

function join(feature) {
  const draft = form.draft();
  draft.joins = draft.joins === feature.id ? null : feature.id;
  markJoined($("#near"), draft.joins);
  const said = $("#joins");
  said.hidden = !draft.joins;
  fill(
    said,
    icon("git-merge"),
    t("near.joining", { id: feature.id, what: categoryName(feature.properties) }),
  );
}

function joinFirst() {
  $("#near [data-join]")?.click();
}

// ---- saving ----

async function save() {
  if (!$("#detail").hidden || $("#save").disabled) return;
  const body = form.report();
  sayProblem(
    form.report().class === "normal" && !body.what && !body.where ? t("call.needs_words") : "",
  );
  if (!$("#call-problem").hidden) return form.fields.where.focus();
  form.stop();
  form.lock(true);
  const kept = form.take();
  try {
    const answer = await outbox.send(
      body,
      body.where || body.what.slice(0, 30) || t(`class.${body.class}`),
    );
    board.take(answer.incident);
    if (form.draft() === kept.draft) saved(answer);
  } catch (reason) {
    // Refused with a reason: the words are still there, to be mended and sent under a new key.
    if (form.draft() !== kept.draft) drafts.push({ ...kept, label: body.where, at: new Date() });
    form.lock(false);
    sayProblem(problemWords(reason));
    drawOutbox();
  }
}

function saved(answer) {
  for (const item of outbox.sent()) if (item.answer === answer) outbox.drop(item);
  const id = answer.incident?.id ?? answer.joined;
  clean();
  const told = notice("good", savedWords(answer));
  told.setAttribute("role", "status");
  const warnings = (answer.warnings ?? []).map((words) => notice("warn", words));
  if (id) {
    own.add(id);
    const feature = answer.incident ?? board.incidents.get(id);
    if (feature) return choose(feature, [told, ...warnings]);
  }
  sayProblem("");
  fill($("#joins"), savedWords(answer));
  $("#joins").hidden = false;
}

function savedWords({ incident, joined }) {
  if (incident) return t("call.saved", { id: String(incident.id) });
  return joined ? t("call.joined", { id: String(joined) }) : t("call.counted");
}

function sayProblem(words) {
  $("#call-problem").hidden = !words;
  $("#call-problem").textContent = words;
}

// ---- the next call: what is not saved is put aside, never lost ----

function next() {
  const waiting = outbox.pending() && $("#save").disabled;
  if (form.touched() && !waiting) {
    const kept = form.take();
    drafts.push({
      ...kept,
      label: kept.where || kept.what.slice(0, 30) || kept.phone,
      at: new Date(),
    });
  }
  clean();
  desk.show("call");
  form.begin();
  form.fields.where.focus();
  drawOutbox();
}

function clean() {
  form.lock(false);
  form.reset();
  sayProblem("");
  $("#joins").hidden = true;
  showPin();
  clearUnits($("#units"), t("units.after_saving"));
}

function takeUp(draft) {
  drafts.splice(drafts.indexOf(draft), 1);
  next();
  form.put(draft);
  showPin();
  drawOutbox();
}

function drawOutbox() {
  showOutbox(
    $("#outbox"),
    { items: outbox.items, drafts },
    { onOpen: openSent, onDraft: takeUp, onRetry: outbox.hurry },
  );
  const busy = outbox.items.some((item) => item.state === "sending");
  $("#save").setAttribute("aria-busy", String(busy));
}

function openSent(item) {
  outbox.drop(item);
  const feature = item.answer.incident ?? board.incidents.get(item.answer.joined);
  if (feature) choose(feature);
}

// ---- one incident, with its units ----

function choose(feature, told = []) {
  if (!feature) return;
  leave();
  chosenId = feature.id;
  $(".desk").classList.add("with-detail");
  desk.mark(feature.id);
  ground?.choose(feature.id);
  if (feature.geometry) {
    const [lon, lat] = feature.geometry.coordinates;
    ground?.goTo({ lon, lat }, 12.5);
    pin?.set(null);
  }
  ground?.chooseVillage(feature.properties.village?.code ?? null);
  clearNear($("#near"), t("near.saved"));
  showUnits($("#units"), feature, { onSent: take, focus: feature.geometry && told.length > 0 });
  draw(feature, told);
}

function draw(feature, told = []) {
  const actions = [];
  if (!feature.geometry) {
    pin?.set(null);
    repin = repinTool(feature, { pin, ground, onPinned: pinned });
    actions.push(repin.element);
  } else actions.push(moveButton(feature));
  actions.push(
    ...closeTool(feature, (closed) => {
      board.take(closed);
      leave();
    }),
  );
  showIncident($("#detail"), feature, { may, onClose: leave, onChanged: take, told, actions });
  if (repin) repin.focus();
  else if (told.length === 0) $("#detail h2")?.focus();
}

function moveButton(feature) {
  const button = el("button", { type: "button", onclick: move }, icon("map-pin"), t("pin.move"));
  function move() {
    repin = repinTool(feature, { pin, ground, onPinned: pinned });
    const [lon, lat] = feature.geometry.coordinates;
    button.replaceWith(repin.element);
    repin.place({ lon, lat });
    repin.focus();
  }
  return button;
}

function pinned(feature) {
  board.take(feature);
  pin?.set(null);
  repin = null;
  choose(feature, [notice("good", t("pin.done"))]);
}

function take(answer) {
  board.take(answer.incident);
  board.take(answer.unit);
}

/** The chosen incident has changed: say it in its panel, leave the operator's hands alone. */
function again() {
  const feature = board.incidents.get(chosenId);
  if (
    repin ||
    ($("#detail").contains(document.activeElement) &&
      document.activeElement.matches("input, select"))
  )
    return;
  if (!feature) return $("#detail").prepend(notice("warn", t("detail.gone")));
  const told = [...$("#detail").querySelectorAll(".told > .notice")];
  draw(feature, told.length ? told : [el("span")]);
}

function leave() {
  const detail = $("#detail");
  if (detail.hidden) return;
  chosenId = null;
  repin = null;
  detail.hidden = true;
  fill(detail);
  $(".desk").classList.remove("with-detail");
  desk.mark(null);
  ground?.choose(null);
  clearUnits($("#units"), t("units.after_saving"));
  showPin();
}

function help() {
  listKeys($("#keys-list"), keys);
  $("#keys-dialog").showModal();
}
