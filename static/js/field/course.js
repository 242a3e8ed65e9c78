/** The course of an order: which step follows which, and where a crew stands. No page, no clock. */

export const COURSE = [
  "ditugaskan",
  "diterima",
  "berangkat",
  "tiba",
  "membawa_pasien",
  "tiba_di_faskes",
  "selesai",
  "kembali",
];
export const STOPPED = ["dibatalkan", "dialihkan"];
const OVER = ["kembali", ...STOPPED];

// The first is the large button. A crew that forgot a tap may leave steps out, never go back.
const NEXT = {
  ditugaskan: ["diterima", "berangkat"],
  diterima: ["berangkat", "tiba"],
  berangkat: ["tiba"],
  tiba: ["selesai", "membawa_pasien"],
  membawa_pasien: ["tiba_di_faskes"],
  tiba_di_faskes: ["selesai"],
  selesai: ["kembali"],
};

/** The steps that may follow, the likeliest first: an ambulance that arrived carries somebody. */
export function nextSteps(state, unitKind) {
  const steps = NEXT[state] ?? [];
  return state === "tiba" && unitKind === "ambulans" ? steps.toReversed() : steps;
}

/** Whether the order still asks for anything. */
export const isOver = (state) => OVER.includes(state);

/** Whether the crew is out: between the order and the end of the work. */
export const isOut = (state) => !isOver(state) && state !== "selesai";

/**
 * Where the crew stands by its own taps: the furthest of what the server knows and what is queued.
 * @param {string} state as the server has it
 * @param {{state: string}[]} queued steps of this assignment that are not sent yet
 */
export function standsAt(state, queued) {
  if (STOPPED.includes(state)) return state;
  return queued.reduce(
    (furthest, step) =>
      COURSE.indexOf(step.state) > COURSE.indexOf(furthest) ? step.state : furthest,
    state,
  );
}

/** The order that matters now: a running one before one that only has to come home. */
export function currentOf(tasks) {
  const open = tasks.filter(({ state }) => !isOver(state));
  return open.find(({ state }) => isOut(state)) ?? open.at(-1) ?? null;
}
