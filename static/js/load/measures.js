/** By what villages are shaded: four measures, their fixed classes, the class of a village. */

import { ageSeconds } from "../format.js";

const DAY_S = 86_400;

/**
 * `steps` say where the classes 2, 3 and 4 begin; class 1 is what is above none. They are fixed, so
 * that two days can be compared; the next steps serve only when the fullest village has left the
 * ones before far behind: a flood must not be one dark blot.
 */
const MEASURES = {
  open: {
    of: ({ open }) => open,
    whole: true,
    steps: [
      [2, 4, 7],
      [10, 30, 60],
      [100, 300, 600],
    ],
  },
  per_1000: {
    of: ({ open }, { population }) => (population ? (open * 1000) / population : null),
    whole: false,
    steps: [
      [0.5, 1, 2],
      [5, 10, 20],
      [50, 100, 200],
    ],
  },
  late: {
    of: ({ late }) => late ?? 0,
    whole: true,
    steps: [
      [2, 4, 7],
      [10, 30, 60],
      [100, 300, 600],
    ],
  },
  age: {
    of: ({ open, mean_opened_at }) =>
      open && mean_opened_at ? Math.max(ageSeconds(mean_opened_at), 1) / DAY_S : 0,
    whole: false,
    steps: [[1, 3, 7]],
  },
};
const FAR = 4; // times the last step: from there on the next steps serve

export const MEASURE_KEYS = Object.keys(MEASURES);
export const NONE = { open: 0, urgent: 0, late: 0, oldest_at: null, mean_opened_at: null };

/** The figure of a village: a count, a count per 1,000 people, or days; null where it is unknown. */
export const valueOf = (measure, load, facts) => MEASURES[measure].of(load ?? NONE, facts ?? {});

/** Whether the figures of a measure are whole numbers. */
export const isWhole = (measure) => MEASURES[measure].whole;

/** Where the classes begin, for figures of which these are all. @returns {number[]} three steps */
export function stepsFor(measure, values) {
  const most = Math.max(0, ...values.filter((value) => value !== null));
  const { steps } = MEASURES[measure];
  return steps.find((some) => most < some.at(-1) * FAR) ?? steps.at(-1);
}

/** 0 none, 1 to 4 more and more; null where the figure is unknown. */
export function classOf(value, steps) {
  if (value === null) return null;
  return value <= 0 ? 0 : 1 + steps.filter((from) => value >= from).length;
}

/**
 * All villages with their figure and class.
 * @returns {{steps: number[], villages: Map<string, {value: number | null, class: number | null}>}}
 */
export function classify(measure, facts, load) {
  const values = new Map(
    Object.entries(facts).map(([code, one]) => [code, valueOf(measure, load[code], one)]),
  );
  const steps = stepsFor(measure, [...values.values()]);
  const villages = new Map(
    [...values].map(([code, value]) => [code, { value, class: classOf(value, steps) }]),
  );
  return { steps, villages };
}
