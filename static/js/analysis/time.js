/** Which step of time the map shows: a slider, a button that plays, arrow keys. */

import { $, fill, icon } from "../dom.js";
import { t } from "../words.js";
import { day } from "./words.js";

const STEP_MS = 900;

/** @returns {{show: (series, step) => void, stop}}; onStep(index) with null for the whole period */
export function openTime(onStep) {
  const [part, play, slider, said] = [$("#time"), $("#play"), $("#step-at"), $("#step-said")];
  let series = null;
  let running = null;

  const at = () => (Number(slider.value) ? Number(slider.value) - 1 : null);

  function say() {
    const index = at();
    const words =
      index === null
        ? t("analysis.whole_period")
        : t(`analysis.at.${series.step}`, { day: day(series.steps[index]) });
    said.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  }

  function move() {
    say();
    onStep(at());
  }

  function stop() {
    clearInterval(running);
    running = null;
    play.setAttribute("aria-pressed", "false");
    fill(play, icon("play"), t("analysis.play"));
  }

  function start() {
    if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
    running = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      move();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, STEP_MS);
    play.setAttribute("aria-pressed", "true");
    fill(play, icon("pause"), t("analysis.pause"));
  }

  play.addEventListener("click", () => (running ? stop() : start()));
  slider.addEventListener("input", () => {
    stop();
    move();
  });

  return {
    stop,
    /** A series with its steps; `from`: the day of the step that is shown, or nothing. */
    show(given, from = "") {
      stop();
      series = given;
      part.hidden = !given || given.steps.length < 2;
      if (part.hidden) return;
      slider.max = given.steps.length;
      slider.value = given.steps.indexOf(from) + 1;
      say();
    },
    index: () => (part.hidden ? null : at()),
  };
}
