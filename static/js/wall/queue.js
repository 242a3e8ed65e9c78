/** How long the oldest emergency has waited: calm, amber from half of its time, red past it. */

import { stageOf, running } from "../dispatch/times.js";
import { $, fill, icon, sign } from "../dom.js";
import { ageSeconds, clock, serverNow, span } from "../format.js";
import { priorityName } from "../incident_words.js";
import { t } from "../words.js";

const PICTURES = { none: "check", "": "clock", half: "triangle-alert", over: "siren" };
const box = $("#wall-queue");
const bar = $("#queue-bar");
let queue = null;

/** Show the queue of emergencies, as /api/wall tells it. */
export function showQueue(emergencies) {
  queue = emergencies;
  const since = queue.oldest_waiting_at;
  fill(
    $("#queue-about"),
    since ? sign(queue.priority) : null,
    since
      ? t("wall.queue_about", about(since))
      : t(queue.open ? "wall.queue_all_sent" : "wall.queue_no_open", { time: clock(serverNow()) }),
  );
  bar.hidden = !since;
  bar.max = queue.target_s;
  tick();
}

const about = (since) => ({
  priority: priorityName(queue.priority),
  time: clock(since),
  target: span(queue.target_s),
});

/** The age grows each second; while the line is cut nobody knows it, and it stands. */
export function tick() {
  if (!queue) return;
  const since = queue.oldest_waiting_at;
  const age_s = since ? Math.max(0, ageSeconds(since)) : 0;
  const stage = since ? stageOf(age_s, queue.target_s) : "none";
  if (box.dataset.stage !== stage) {
    box.dataset.stage = stage;
    fill($("#queue-sign"), icon(PICTURES[stage]));
  }
  say($("#queue-age"), since ? running(age_s) : t("wall.queue_none"));
  say($("#queue-stage"), stageWords(stage, age_s));
  bar.value = Math.min(age_s, queue.target_s);
}

function stageWords(stage, age_s) {
  if (stage === "over") return t("wall.over", { span: span(age_s - queue.target_s) });
  if (stage === "half") return t("wall.half");
  return stage === "none" ? "" : t("wall.in_time");
}

function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}
