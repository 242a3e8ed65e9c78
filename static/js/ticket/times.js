/** Moments as one reads them beside a step: today the hour, otherwise the day, too. */

import { clock, serverNow } from "../format.js";
import { t } from "../words.js";

const root = document.documentElement;
const timeZone = root.dataset.timezone || "Asia/Jakarta";
const locale = root.lang === "en" ? "en-GB" : "id-ID";
const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone });
const years = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone,
});
const key = new Intl.DateTimeFormat("en-CA", { timeZone });

/** "10.42" of today, "21 Nov 10.42", "3 Des 2025 10.42" */
export function dayClock(iso) {
  const then = new Date(iso);
  const now = serverNow();
  if (key.format(then) === key.format(now)) return clock(iso);
  const same = key.format(then).slice(0, 4) === key.format(now).slice(0, 4);
  return `${(same ? days : years).format(then)} ${clock(iso)}`;
}

/** "2 hari 3 jam", "40 menit": how long something took, by the wall. */
export function longSpan(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return t("ticket.moment");
  if (minutes < 60) return t("time.minutes", { n: minutes });
  const hours = Math.round(seconds / 3600);
  if (hours < 24) return t("time.hours", { n: hours });
  const words = [t("time.days", { n: Math.floor(hours / 24) })];
  if (hours % 24) words.push(t("time.hours", { n: hours % 24 }));
  return words.join(" ");
}
