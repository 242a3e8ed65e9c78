/** Times, shares and places of the leaders' figures in words. */

import { span, spanPassed } from "../format.js";
import { t } from "../words.js";

const locale = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const means = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
const days = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const HOUR_S = 3600;

export const number = (n) => numbers.format(n);
export const mean = (n) => means.format(n);

/** "62 %" of a share from 0 to 1. */
export const percent = (p) => shares.format(p).replace(/\s*%/, "\u00a0%");

/** "16 Nov 2026" of "2026-11-16" */
export const day = (iso) => days.format(new Date(`${iso}T00:00:00Z`));

/** "12 hari kerja", "5 jam kerja"; by the clock on the wall "12 hari". */
export function worked(seconds, { day_s, wall }) {
  if (wall) return span(seconds);
  if (seconds >= day_s) return t("leaders.work_days", { n: Math.round(seconds / day_s) });
  if (seconds >= HOUR_S) return t("leaders.work_hours", { n: Math.round(seconds / HOUR_S) });
  return span(seconds);
}

/** How much a ticket is over by, as its own page says it: only what has passed whole counts. */
export function overBy({ s: seconds, day_s, wall }) {
  if (wall) return spanPassed(seconds);
  if (seconds >= day_s) return t("leaders.work_days", { n: Math.floor(seconds / day_s) });
  if (seconds >= HOUR_S) return t("leaders.work_hours", { n: Math.floor(seconds / HOUR_S) });
  return spanPassed(seconds);
}

/** "Jalan rusak di Bangsri" */
export function whatAndWhere({ category_name, category_name_en, village, place }) {
  const category = locale === "en-GB" ? (category_name_en ?? category_name) : category_name;
  return t("leaders.what", { category, place: village?.name ?? (place || t("leaders.nowhere")) });
}

/** The agency that has it, or the room while no agency was told. */
const holderOf = ({ waits, kind, agency }) =>
  waits === "ruang" && kind !== "darurat" ? t("leaders.room") : agency.short;

/** The first sentence of the page: how many are late, with how many, and the longest of them. */
export function sentence(figures, worst, { agency }) {
  const { total, rows, by } = figures;
  if (!total.late) return t("leaders.none_late", { n: total.open });
  const longest = worst && {
    span: overBy(worst.over),
    agency: holderOf(worst),
    what: whatAndWhere(worst),
  };
  if (!longest) return t("leaders.late_short", { n: total.late });
  if (agency) return t("leaders.late_own", { n: total.late, ...longest });
  const late = by === "opd" ? rows.filter((row) => row.late && row.code).length : null;
  if (late === null) return t("leaders.late_own", { n: total.late, ...longest });
  const agencies = t("leaders.agencies", { n: late });
  return t("leaders.late", { n: total.late, agencies, ...longest });
}
