/** The steps of an order: one large button for the next, small ones for the others, and the times. */

import { el, fill, icon } from "../dom.js";
import { clock, fullTime } from "../format.js";
import { t, wordFor } from "../words.js";
import { COURSE, nextSteps } from "./course.js";

const ICONS = {
  diterima: "check",
  berangkat: "play",
  tiba: "map-pin",
  membawa_pasien: "ambulance",
  tiba_di_faskes: "hospital",
  selesai: "check",
  kembali: "house",
};
// The next large button appears where the last one was: a double tap must not reach it.
const SLIP_MS = 1500;
const APART_S = 30; // two clocks that differ by less say the same

const TIMES = {
  ditugaskan: "sent_at",
  diterima: "accepted_at",
  berangkat: "departed_at",
  tiba: "arrived_at",
  membawa_pasien: "carrying_at",
  tiba_di_faskes: "at_facility_at",
  selesai: "released_at",
  kembali: "returned_at",
};

/**
 * Buttons for what may follow. onStep(state) is called once a tap.
 * @returns {(task: {id, state}, words?: object) => void} draws them anew when the state has moved
 */
export function openSteps(place, { unitKind, onStep, more = [] }) {
  let drawn = "";
  let open = null;
  return (task, said = {}) => {
    const steps = task ? nextSteps(task.state, unitKind()) : [];
    const key = task ? `${task.id}/${task.state}/${unitKind()}/${JSON.stringify(said)}` : "";
    place.hidden = steps.length === 0;
    if (key === drawn) return;
    drawn = key;
    const buttons = steps.map((state, index) =>
      stepButton(state, index === 0, said[state], onStep),
    );
    fill(
      place,
      buttons.length > 1 ? el("div", { class: "others" }, buttons.slice(1)) : null,
      el("div", { class: "next" }, more, buttons[0]),
    );
    for (const button of buttons) button.disabled = true;
    clearTimeout(open);
    open = setTimeout(() => buttons.forEach((button) => (button.disabled = false)), SLIP_MS);
  };
}

function stepButton(state, first, extra, onStep) {
  const button = el(
    "button",
    {
      type: "button",
      class: first ? "main big" : "second",
      onclick: (event) => {
        if (event.detail > 1 || button.disabled) return;
        for (const one of button.closest("#steps").querySelectorAll("button.main, button.second"))
          one.disabled = true;
        onStep(state);
      },
    },
    icon(ICONS[state]),
    el("span", {}, t(`step.${state}`), extra ? el("small", {}, extra) : null),
  );
  return button;
}

/**
 * The time of each step: the server's, and the phone's beside it where the two differ.
 * @param task with the server's times, and `steps` [{state, at, claimed_at}] where it gives them
 * @param waiting queued steps of this order
 * @param {Map<string, string>} claimed times of the taps, by state, that this page remembers
 */
export function showTrail(place, task, waiting, claimed) {
  const rows = task ? trailOf(task, waiting, claimed) : [];
  place.hidden = rows.length === 0;
  fill(place, rows.map(trailRow), el("li", { class: "note" }, t("field.no_undo")));
}

function trailOf(task, waiting, claimed) {
  return COURSE.map((state) => {
    const step = task.steps?.findLast((one) => one.state === state && isMove(one));
    const queued = waiting.find((item) => item.kind === "state" && item.state === state);
    const at = step?.at ?? task[TIMES[state]] ?? null;
    return { state, at, claimed_at: queued?.at ?? step?.claimed_at ?? claimed.get(state), queued };
  }).filter(({ at, queued }) => at || queued);
}

// The course also holds calls for help; a step that came late is one all the same.
const isMove = ({ note }) => !note || note === "terlambat";

function trailRow({ state, at, claimed_at, queued }) {
  const apart = at && claimed_at && Math.abs(Date.parse(at) - Date.parse(claimed_at)) / 1000;
  return el(
    "li",
    { class: queued ? "waiting" : null },
    icon(queued ? "wifi-off" : "check"),
    el("span", {}, wordFor("assignment_state", state)),
    el(
      "time",
      { datetime: claimed_at ?? at, title: fullTime(queued ? claimed_at : at) },
      clock(queued ? claimed_at : at),
    ),
    queued ? el("b", {}, t("field.unsent")) : null,
    !queued && apart > APART_S
      ? el("small", {}, t("field.both_clocks", { claimed: clock(claimed_at), server: clock(at) }))
      : null,
  );
}
