/** The place of the call that is being taken: chosen, pinned, asked about, weighed anew each time. */

import { get, post, withQuery } from "./api.js";
import { $, fill } from "./dom.js";
import { middleWithin } from "./inside.js";
import { LONGEST, placeBox } from "./place_box.js";
import { namePlace } from "./placing.js";
import { questionBox } from "./question.js";
import { boundsOfLikely } from "./village_bounds.js";
import { drawFound } from "./where_view.js";

const REST_MS = 350; // on a row, before the map goes there
const LIKELY = 0.5;
const MOST_M = 50_000;
const MOST_MOVES = 4; // of a pin that follows the answers: no chase without end
const VILLAGES = ["desa", "kelurahan", "village"];

/**
 * `onMoved()` when the pin has moved or gone; `covered()` says that something lies over the form.
 * What is known stands in form.draft(): a call put aside comes back with all of it.
 */
export function openCallPlace({ form, ground, pin, covered, onMoved }) {
  const input = form.fields.where;
  let candidates = []; // of the latest words
  let asked = 0;
  let looking = null;

  const box = placeBox(input, $("#places"), {
    onPlace: chosen,
    onMark: preview,
    onFound: offered,
    onClosed: () => form.draft().pin || show(),
    online: form.online,
  });

  // ---- what the operator does ----

  function chosen(place) {
    form.begin();
    if (place.outside) return sentAway(place);
    Object.assign(form.draft(), NOTHING, takenPlace(place));
    ground?.goToPlace(place);
    show();
  }

  function sentAway({ outside }) {
    Object.assign(form.draft(), NOTHING, { away: outside });
    show();
  }

  function placed(point) {
    form.begin();
    const { place, village, radius_m } = form.draft();
    Object.assign(form.draft(), NOTHING, {
      place,
      village: village?.byHand ? village : null,
      radius_m,
      pin: point,
      pinnedBy: "petugas",
    });
    show();
  }

  function answered(question, option) {
    box.leave();
    form.begin();
    const { answers } = form.draft();
    const given = { key: question.key, option: option.key, label: option.label };
    form.draft().answers = [...answers, given];
    show({ refocus: true });
  }

  function undo() {
    const { answers, followed } = form.draft();
    const left = { answers: answers.slice(0, -1) };
    // What the answers had chosen goes with them; what the operator chose stays.
    Object.assign(form.draft(), followed ? { ...NOTHING, ...left } : left);
    show({ refocus: true });
  }

  function cleared() {
    Object.assign(form.draft(), NOTHING);
    show();
    input.focus();
  }

  const view = {
    onAnswer: answered,
    onUndo: undo,
    onClear: cleared,
    onRadius(radius_m) {
      form.draft().radius_m = radius_m;
      show();
    },
    onVillage(village) {
      const { village: taken } = form.draft();
      const again = taken?.byHand && taken.code === village.code;
      form.draft().village = again ? null : { ...village, byHand: true };
      show({ refocus: true });
    },
    onPinRight() {
      const { placement } = form.draft();
      form.draft().village = placement?.village ? { ...placement.village, byHand: true } : null;
      show();
    },
    onWordsRight() {
      const { place } = form.draft();
      if (place && !place.outside) return chosen(place);
      cleared();
      box.search();
    },
  };

  // ---- what the map and the words show ----

  function offered({ question, places }) {
    candidates = places.filter(({ outside, online }) => !outside && !online);
    fill($("#places-ask"), question ? questionBox(question, answered) : []);
  }

  /** A highlighted row is drawn with its doubt; without one the call's own place. */
  function preview(place) {
    clearTimeout(looking);
    if (covered()) return;
    if (!place || place.outside) return drawDoubt();
    ground?.showDoubt(place);
    looking = setTimeout(() => ground?.lookAt(place), REST_MS);
  }

  async function show({ refocus = false } = {}) {
    const draft = form.draft();
    pin?.set(draft.pin);
    onMoved();
    const number = ++asked;
    const [placement, weighed] = await Promise.all([
      namePlace($("#placement"), draft.pin, { onClear: cleared }),
      weigh(draft),
    ]);
    if (number !== asked || draft !== form.draft()) return;
    Object.assign(draft, { placement, weighed });
    if (await follow(draft)) return show({ refocus });
    drawFound($("#found"), $("#doubt-card"), draft, view, { refocus });
    drawDoubt();
  }

  function drawDoubt() {
    const { pin: point, pinnedBy, radius_m, place, weighed, placement } = form.draft();
    if (covered()) return;
    ground?.chooseVillage(placement?.village?.code ?? null);
    if (!weighed) return ground?.showDoubt(null);
    const circle = pinnedBy === "petugas" ? { point, radius_m } : place;
    const drawn = { ...circle, ...weighed, radius_m, shape: weighed.shape ?? place?.shape ?? null };
    ground?.showDoubt(drawn);
    if (!point) lookAtLikely(form.draft());
  }

  async function lookAtLikely(draft) {
    const bounds = await boundsOfLikely(draft.weighed.villages);
    if (bounds && draft === form.draft() && !covered()) ground?.lookAt({ bounds });
  }

  /** Answers may lead to another village than the one that the pin lies in: then it goes there. */
  async function follow(draft) {
    const [best] = draft.weighed?.villages ?? [];
    if (!draft.answers.length || draft.pinnedBy === "petugas" || !best || best.p < LIKELY)
      return false;
    if (draft.placement?.village?.code === best.code || draft.moves >= MOST_MOVES) return false;
    draft.moves += 1;
    if (!draft.place) {
      const place = candidates.find(({ villages }) => villages[0]?.code === best.code);
      if (!place) return false;
      Object.assign(draft, takenPlace(place), { village: null, followed: true });
      ground?.goToPlace(place);
      return true;
    }
    const point = await pointIn(best, draft.weighed.shape);
    if (!point || draft !== form.draft()) return false;
    draft.pin = point;
    return true;
  }

  return { placed, show, leave: box.leave };
}

/** What a draft knows of its place before anything is said. */
export const NOTHING = Object.freeze({
  place: null,
  pin: null,
  pinnedBy: null,
  placement: null,
  radius_m: null,
  answers: [],
  village: null,
  weighed: null,
  away: null,
  followed: false, // the place was taken by the answers
  moves: 0,
});

/** The fields of POST /api/calls that tell of the place. */
export function placeReport(draft, where) {
  const text = cut(draft.place?.words ?? where);
  const known = text || draft.place || draft.answers.length || draft.radius_m || draft.away;
  return {
    pin: draft.pin,
    pinned_by: draft.pin ? draft.pinnedBy : null,
    said_village: draft.village?.code ?? null,
    location: known ? evidence(draft, text) : null,
  };
}

const evidence = ({ place, pinnedBy, radius_m, answers, away }, text) => ({
  text,
  outside: away,
  key: place?.key ?? null,
  radius_m: pinnedBy === "petugas" ? radius_m : reach(place),
  answers: answers.map(({ key, option }) => [key, option]),
});

// By signs, not by halves of them: an emoji must not be cut in two.
const cut = (words) => [...words].slice(0, LONGEST).join("");

/** How far a chosen place reaches, for a server that does not know it any more. */
const reach = (place) => (place ? Math.min(Math.max(place.radius_m ?? 0, 1), MOST_M) : null);

/** What all of it comes to; null where nothing is known, or the server does not say. */
async function weigh(draft) {
  const text = cut(draft.place?.words ?? $("#where").value.trim());
  if (draft.away || (!text && !draft.pin)) return null;
  const body = {
    ...evidence(draft, text),
    pin: draft.pin,
    pinned_by: draft.pin ? draft.pinnedBy : null,
    said_village: draft.village?.code ?? null,
  };
  // The doubt is a help: the call goes on without it.
  return post("/api/places/weigh", body).catch(() => null);
}

/** Whether a candidate is a village as such: who chooses it has named the village. */
export const isVillage = ({ kind }) => VILLAGES.includes(kind);

function takenPlace(place) {
  const [first] = place.villages;
  const sure = first && isVillage(place) && first.p >= LIKELY;
  return {
    place,
    pin: { lon: place.lon, lat: place.lat },
    pinnedBy: "tempat",
    village: sure ? { code: first.code, name: first.name } : null,
  };
}

async function pointIn(village, shape) {
  try {
    const { feature } = await get(withQuery("/api/villages/outline", { village: village.code }));
    return middleWithin(feature.geometry, shape);
  } catch {
    return null;
  }
}
