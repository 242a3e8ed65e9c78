/** The figures of the load as people here write them: counts, shares of 1,000, ages. */

import { ageSeconds, span } from "../format.js";

const locale = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
const whole = new Intl.NumberFormat(locale);
const fine = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "1.204" */
export const number = (n) => whole.format(n);

/** "0,5", "12": a step of a class. */
export const short = (n) => fine.format(n);

/** "0,4" for each 1,000 people; what is more than nothing never reads "0,0". */
export const share = (n) => (n === 0 ? "0" : exact.format(n < 0.1 ? 0.1 : n));

/** "3 hari": how long ago on the mean; "–" where nothing is open. */
export const age = (iso) => (iso ? span(ageSeconds(iso)) : "–");

/** The figure of a village under a measure, in words for a cell; null where it is unknown. */
export function figure(measure, load, value) {
  if (measure === "age") return age(load.open ? load.mean_opened_at : null);
  if (value === null) return null;
  return measure === "per_1000" ? share(value) : number(value);
}
