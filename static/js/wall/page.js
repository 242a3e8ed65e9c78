/** The wallboard: reads by itself, says when it is cut or logged out, and comes back alone. */

import { $ } from "../dom.js";
import { ageSeconds, clock, fullTime, span } from "../format.js";
import { t } from "../words.js";
import { anewIf } from "./anew.js";
import { exactTime, showClock } from "./clock.js";
import { openFeed } from "./feed.js";
import { openGround } from "./ground.js";
import { showBusiest, showFigures, showLast, showUnits } from "./panels.js";
import { showQueue, tick } from "./queue.js";

const face = $("#wall");
const ground = openGround();
let state = "loading";
let since = null;

const feed = openFeed({
  onWall(wall) {
    showQueue(wall.queue[0]);
    showFigures(wall);
    showUnits(wall.units);
    showLast(wall.last);
    showBusiest(wall.busiest);
    ground.show(wall.load);
    face.dataset.known = "";
    anewIf(wall.page);
  },
  onState(word, moment) {
    [state, since] = [word, moment];
    face.dataset.state = word;
    showState();
  },
});

setInterval(() => {
  showClock();
  if (state === "live") tick();
  else if (state !== "loading") showState();
}, 1000);
showClock();
window.tanggap = { map: ground.map, ready: ground.ready, read: feed.read };

function showState() {
  const live = state === "live";
  $("#wall-cut").hidden = live;
  const words = live
    ? t("wall.updated", { time: exactTime(since) })
    : t(`wall.${state}_short`, { time: clock(since) });
  write($("#link-words"), words);
  $("#wall-link").title = fullTime(since);
  if (live) return;
  const said = { time: clock(since), span: span(Math.max(0, ageSeconds(since))) };
  write($("#cut-title"), t(`wall.${state}`, said));
  write($("#cut-words"), t(`wall.${state}_how`, said));
  const door = $("#cut-door");
  if (door.hidden !== (state !== "ended")) {
    door.hidden = state !== "ended";
    if (!door.hidden) door.focus();
  }
}

function write(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  // A kiosk forbids it, and is full already.
  else document.documentElement.requestFullscreen().catch(() => {});
});
