/** The village head's page: three figures, the own polygon, the list by age, what was done. */

import { get, withQuery } from "./api.js";
import { openBoard } from "./board.js";
import { $, el, fill } from "./dom.js";
import { ageSeconds, clock, fullTime, span } from "./format.js";
import { showCut, showLink } from "./link_state.js";
import { openMap, whyNoMap } from "./map.js";
import { problemWords } from "./problems.js";
import { openBeside } from "./village/beside.js";
import { cardList } from "./village/cards.js";
import { showDone } from "./village/done.js";
import { showParts } from "./village/parts.js";
import { openWhere } from "./village/where.js";
import { t } from "./words.js";

const { code } = $("#village").dataset;
let bounds = null; // of the own village
const noMap = whyNoMap();
const ground = noMap ? null : openMap($("#map"), { still: true });
window.tanggap = { map: ground?.map, ready: ground?.ready };

const isOwn = ({ properties }) => properties.village?.code === code;
const beside = openBeside({ onChange: showBeside });
const where = openWhere({ ground, code, isOwn, onSaid, onLeft });
const tools = { code, beside, onSeen: () => beside.read(), onWhere: where.open };
const own = cardList($("#rows"), tools);
const maybe = cardList($("#maybe-rows"), tools);

const board = openBoard({
  onChange: draw,
  onState(word, since) {
    if (word === "refused")
      return fill($("#rows"), el("li", { class: "empty" }, problemWords(since)));
    showCut(word, since);
    showLink(word, word === "live" ? board.readAt : since);
    if (word === "live" && !beside.facts) beside.read();
  },
});

if (ground) {
  ground.paleBut(code);
  ground.showLoad({ [code]: { open: 1 } }); // one quiet shade, whatever the figure: signs lie on it
  showOwnVillage();
} else {
  $(".village-map").hidden = true;
  $("#no-map").hidden = false;
  $("#no-map").textContent = noMap;
}

async function showOwnVillage() {
  if (!ground) return;
  try {
    bounds ??= (await get(withQuery("/api/villages/outline", { village: code }))).bbox;
    ground.fit([bounds.slice(0, 2), bounds.slice(2)], 16);
  } catch {
    // Without its bounds the map shows the whole regency: the list says the same.
  }
}

function draw() {
  const all = [...board.incidents.values()].sort((a, b) =>
    a.properties.opened_at.localeCompare(b.properties.opened_at),
  );
  const counted = all.filter(isOwn);
  const others = all.filter((feature) => !isOwn(feature)); // told because it may be here
  const oldest = counted[0]?.properties.opened_at;
  $("#figure-open").textContent = String(counted.length);
  $("#figure-oldest").textContent = oldest ? span(ageSeconds(oldest)) : "–";
  showThird(counted);
  if (!where.isOpen()) ground?.showIncidents(all);
  own.show(counted, t("village.none"));
  $("#maybe").hidden = others.length === 0;
  maybe.show(others);
  where.changed(board.incidents);
  beside.soon();
  $("#updated").textContent = t("map.updated", { time: clock(board.readAt) });
  $("#updated").title = fullTime(board.readAt);
  if (board.state === "live") showLink("live", board.readAt);
}

function showThird(counted) {
  const closed = board.counts.closed_7d;
  const known = closed !== undefined && closed !== null;
  const handled = counted.filter(({ properties }) => properties.state !== "baru").length;
  $("#figure-third-name").textContent = t(known ? "village.closed" : "village.handled");
  $("#figure-third").textContent = String(known ? closed : handled);
}

function showBeside(facts) {
  const { population } = facts.village;
  $("#people").textContent = population ? t("village.people", { n: population }) : "";
  own.again();
  maybe.again();
  $("#parts").hidden = $("#done").hidden = false;
  showParts($("#parts-table"), facts);
  showDone($("#done-rows"), facts.closed);
}

/** The map is back in its place, with all signs on it. */
function onLeft() {
  showOwnVillage();
  draw();
}

/** Something was said of a case: its card says what became of it. */
function onSaid(feature, words) {
  board.take(feature);
  (own.has(feature.id) ? own : maybe).say(feature.id, words);
  beside.read();
}
