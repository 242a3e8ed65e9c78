/** Figures, days and names of an analysis in words. */

import { t } from "../words.js";

export const english = document.documentElement.lang === "en";
const locale = english ? "en-GB" : "id-ID";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const fixed = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const thousandths = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
const days = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const brief = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });

export const UNKNOWN = "–";

/** "1.234", "12,4", "0,032": as many figures as can be meant. */
export function figure(value) {
  if (value === null || value === undefined) return UNKNOWN;
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return whole.format(value);
  return (size >= 1 ? tenths : short).format(value);
}

/** The count of an area; of a cell with too few to be told: that. */
export const countOf = ({ n, few }) => (few ? t("analysis.below_5") : figure(n));

/** "1,90" */
export const hundredths = (value) => fixed.format(value);

/** "0,003"; nothing is ever "0": "< 0,001". */
export function chance(p) {
  if (p === null || p === undefined) return UNKNOWN;
  return p < 0.001 ? `< ${thousandths.format(0.001)}` : thousandths.format(p);
}

/** "2,4 (1,3–4,0)" */
export function between(value, low, high) {
  if (value === null || value === undefined) return UNKNOWN;
  if (low === null || low === undefined || high === null || high === undefined)
    return figure(value);
  return `${figure(value)} (${figure(low)}–${figure(high)})`;
}

const moment = (iso) => new Date(`${iso.slice(0, 10)}T00:00:00Z`);
/** "16 Nov 2026" of "2026-11-16" */
export const day = (iso) => days.format(moment(iso));
/** "16 Nov" */
export const shortDay = (iso) => brief.format(moment(iso));

/** The sentence of an answer, or the text of a caveat, in the language of the page. */
export const said = (of, name) => (english && of[`${name}_en`]) || of[name];

export const className = (class_) => t(`analysis.class.${class_}`);

/** Names of the categories by code, as the form knows them. */
export function categoryName(code) {
  const box = document.querySelector(`#ask [name=category][value="${CSS.escape(code)}"]`);
  return box?.parentElement.textContent.trim() || code;
}
