/** The live map: sentence, map, and the list that says the same, on one board. */

import { get } from "./api.js";
import { openBoard } from "./board.js";
import { $, el, fill, notice } from "./dom.js";
import { byUrgency, count, countLoad, sentence } from "./figures.js";
import { readAddress, readFilters, writeAddress } from "./filters.js";
import { showIncident } from "./incident_panel.js";
import { showCut, showLink, showUpdated } from "./link_state.js";
import { openMap, whyNoMap } from "./map.js";
import { mapViews, sayEdition } from "./map_views.js";
import { problemWords } from "./problems.js";
import { rightsOf } from "./rights.js";
import { fillLoadRows, fillRows } from "./rows.js";
import { showUnit } from "./unit_panel.js";
import { t } from "./words.js";

const detail = $("#detail");
const filters = readFilters($("#filters"), () => draw());
const me = get("/api/me");
const ground = whyNoMap() ? null : openMap($("#map"), { view: readAddress().view });
let chosen = null; // {kind, id}
let state = "loading";

const board = openBoard({
  onChange(_board, changes) {
    draw(changes);
    if (changes.edition) sayEdition();
  },
  onState(word, since) {
    state = word;
    if (word === "refused") {
      fill($("#rows"), el("li", {}, notice("bad", problemWords(since))));
      $("#sentence").textContent = t("problem.no_board");
      return;
    }
    showCut(word, since);
    showLink(word, word === "live" ? board.readAt : since);
  },
});

if (ground) {
  ground.onClick({ onChoose: (kind, id) => choose(kind, id), onGround: () => leave() });
  ground.onMove(() => writeAddress({ view: ground.view() }));
} else {
  fill($("#map"), notice("warn", whyNoMap()));
}
mapViews(ground, board);
window.tanggap = { map: ground?.map, ready: ground?.ready };

function draw(changes = { all: true }) {
  if (!board.readAt) return;
  const features = [...board.incidents.values()];
  filters.offer(features);
  const shown = features.filter(filters.passes).sort(byUrgency);
  if (countsOnly(features)) drawLoad();
  else drawRows(shown, features.length);
  if (state === "live") showLink(state, board.readAt);
  showUpdated($("#map-note"), board.readAt);
  drawGround(shown, changes);
  followChosen(changes);
}

// A planner sees how many, not which.
const countsOnly = (features) =>
  features.length === 0 && Object.values(board.load).some(({ open }) => open > 0);

function drawLoad() {
  const figures = countLoad(board.load);
  $("#filters").hidden = true; // there is nothing to choose from
  $("#sentence").textContent = sentence(figures);
  $("#list-count").textContent = String(figures.villages);
  ground?.ready.then(() => fillLoadRows($("#rows"), board.load, ground.villageNames()));
}

function drawRows(shown, all) {
  $("#sentence").textContent = sentence(count(shown));
  $("#list-count").textContent = String(shown.length);
  fillRows($("#rows"), shown, {
    onChoose: (feature) => choose("incident", feature.id, { fly: true }),
    currentId: chosen?.kind === "incident" ? chosen.id : null,
    empty: all ? t("rows.none_filtered") : t("rows.none"),
  });
}

function drawGround(shown, changes) {
  if (!ground) return;
  ground.showLoad(board.load);
  if (changes.all || changes.incidents?.size) ground.showIncidents(shown);
  if (changes.all || changes.units?.size)
    ground.showUnits(filters.units() ? [...board.units.values()] : []);
}

async function choose(kind, id, { fly = false } = {}) {
  const feature = (kind === "unit" ? board.units : board.incidents).get(id);
  if (!feature) return;
  chosen = { kind, id };
  $("#side-list").hidden = true;
  ground?.choose(kind === "incident" ? id : null);
  ground?.chooseVillage(feature.properties.village?.code ?? null);
  if (fly && feature.geometry) {
    const [lon, lat] = feature.geometry.coordinates;
    ground?.goTo({ lon, lat }, 12.5);
  }
  await showChosen(feature);
  $("h2", detail)?.focus();
}

async function showChosen(feature) {
  if (chosen.kind === "unit") return showUnit(detail, feature, { onClose: leave });
  return showIncident(detail, feature, {
    may: rightsOf(await me.catch(() => null)),
    onClose: leave,
    onChanged: (answer) => {
      board.take(answer.incident);
      board.take(answer.unit);
    },
  });
}

function followChosen(changes) {
  if (!chosen) return;
  const things = chosen.kind === "unit" ? board.units : board.incidents;
  const feature = things.get(chosen.id);
  const touched = (chosen.kind === "unit" ? changes.units : changes.incidents)?.has(chosen.id);
  if (!feature) {
    detail.prepend(notice("warn", t("detail.gone")));
    chosen = null;
  } else if (touched) showChosen(feature);
}

function leave() {
  if (detail.hidden) return;
  const id = chosen?.id;
  chosen = null;
  detail.hidden = true;
  fill(detail);
  $("#side-list").hidden = false;
  ground?.choose(null);
  ground?.chooseVillage(null);
  draw();
  if (id) $(`[data-id="${id}"]`, $("#rows"))?.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") leave();
});
