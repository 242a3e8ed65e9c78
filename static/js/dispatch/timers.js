/** Clocks that run on the page: each second anew, amber at half of the time given, red past it. */

import { el, icon } from "../dom.js";
import { ageSeconds, fullTime } from "../format.js";
import { t } from "../words.js";
import { running, stageOf } from "./times.js";

/**
 * A clock since a moment. With `given_s` it turns amber at half, red past it, and then says so in
 * words as well. `title` says what it counts.
 */
export function timer(since, { given_s = null, title = "" } = {}) {
  const words = el("span", {});
  const element = el(
    "time",
    { class: "timer", datetime: since, title: `${title} ${fullTime(since)}`.trim() },
    icon("clock"),
    words,
  );
  element.dataset.timer = given_s ?? "";
  tick(element);
  return element;
}

function tick(element) {
  const age_s = ageSeconds(element.dateTime);
  const given_s = Number(element.dataset.timer) || null;
  const stage = stageOf(age_s, given_s);
  if (element.dataset.stage !== stage) element.dataset.stage = stage;
  const words =
    stage === "over" ? t("timer.over", { time: running(age_s - given_s) }) : running(age_s);
  const place = element.lastElementChild;
  if (place.textContent !== words) place.textContent = words;
}

/** Keep all clocks of the page true; onSecond is told, too. */
export function runTimers(onSecond) {
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-timer]")) tick(element);
    onSecond();
  }, 1000);
}
