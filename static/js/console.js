/** The operators' screen: puts the call, the case, the map and the board together. */

import { get } from "./api.js";
import { openBoard } from "./board.js";
import { openCallDesk } from "./call_desk.js";
import { openCallForm } from "./call_form.js";
import { callKeys } from "./call_keys.js";
import { openCaseDesk } from "./case_desk.js";
import { openDesk } from "./desk.js";
import { $, el, fill, notice } from "./dom.js";
import { openBell } from "./inbox/bell.js";
import { bindKeys, listKeys } from "./keys.js";
import { showCut, showUpdated } from "./link_state.js";
import { openMap, whyNoMap } from "./map.js";
import { mapViews, sayEdition } from "./map_views.js";
import { problemWords } from "./problems.js";
import { rightsOf } from "./rights.js";
import { clearUnits, walkUnits } from "./units.js";
import { t } from "./words.js";

const [me, catalogue] = await start();
const ground = whyNoMap() ? null : openMap($("#map"));
const pin = ground?.pin({ label: t("pin.label"), onMove: placed });
let fitted = false;

const form = openCallForm($("#call"), catalogue, (what) => {
  if (what === "category") callDesk.lookNear();
});
const callDesk = openCallDesk({
  form,
  ground,
  pin,
  onSaved,
  toCall,
  isOwn: (id) => desk.isOwn(id),
  covered: () => caseDesk.shown(),
});
const caseDesk = openCaseDesk({
  ground,
  pin,
  board: () => board,
  desk: () => desk,
  may: rightsOf(me),
  onLeft: () => callDesk.showPin(),
  onNext: () => callDesk.next(),
});
const desk = openDesk({
  onChoose: (feature) => caseDesk.choose(feature),
  onLeave: () => caseDesk.leave(),
});
const board = openBoard({
  onChange: draw,
  onState(word, since) {
    if (word !== "refused") showCut(word, since);
  },
});
const keys = callKeys({ form, catalogue, desk, callDesk, help });

mapViews(ground, board);
window.tanggap = { map: ground?.map, ready: ground?.ready };
if (!ground) fill($("#map"), notice("warn", whyNoMap()));
ground?.onClick({
  onChoose: (kind, id) => kind === "incident" && caseDesk.choose(board.incidents.get(id)),
  onGround: placed,
});
bindKeys(keys);
openBell($("#bell"));
$("#show-keys").addEventListener("click", help);
addEventListener("beforeunload", (event) => {
  if (callDesk.unsaved()) event.preventDefault();
});
$("#hours").textContent = $("#hours").title = catalogue.hours.text;
clearUnits($("#units"), t("units.after_saving"));
walkUnits($("#units"));
if (me.role === "dispatcher") desk.show("queue");
else form.fields.where.focus();

async function start() {
  try {
    return await Promise.all([get("/api/me"), get("/api/catalogue")]);
  } catch (reason) {
    const again = el("button", { type: "button", onclick: () => location.reload() }, t("reload"));
    fill($("#call"), notice("bad", problemWords(reason)), again);
    throw reason;
  }
}

function draw(_board, changes) {
  const incidents = [...board.incidents.values()];
  const units = [...board.units.values()];
  desk.update(board, changes);
  if (changes.all || changes.incidents.size) ground?.showIncidents(incidents);
  ground?.showLoad(board.load);
  if (changes.all || changes.units.size) ground?.showUnits(units);
  if (!fitted) ground?.fitMost([...incidents, ...units]);
  fitted = true;
  showUpdated($("#map-note"), board.readAt);
  caseDesk.changed(changes.incidents);
  if (changes.edition) sayEdition();
}

/** A point on the map belongs to the case that lies on top, else to the call. */
function placed(point) {
  if (caseDesk.placed(point)) return;
  if (desk.shown() === "call") callDesk.placed(point, "petugas");
}

function onSaved(answer, told) {
  board.take(answer.incident);
  const id = answer.incident?.id ?? answer.joined;
  const feature = answer.incident ?? board.incidents.get(id);
  if (!feature) return false;
  caseDesk.choose(feature, told);
  return true;
}

function toCall() {
  caseDesk.leave();
  desk.show("call");
}

function help() {
  listKeys($("#keys-list"), keys);
  $("#keys-dialog").showModal();
}
