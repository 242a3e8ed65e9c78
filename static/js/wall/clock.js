/** The clock on the wall: the regency's time by the server's clock, and the day. */

import { $ } from "../dom.js";
import { serverNow } from "../format.js";

const root = document.documentElement;
const timeZone = root.dataset.timezone || "Asia/Jakarta";
const locale = root.lang === "en" ? "en-GB" : "id-ID";
const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone });
const day = new Intl.DateTimeFormat(locale, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone,
});

/** "10.42.07" */
export const exactTime = (moment) => time.format(moment);

/** Show what time it is now: the seconds show that the page lives. */
export function showClock() {
  const now = serverNow();
  const [hours, minutes, seconds] = time.format(now).split(/[.:]/);
  $("#wall-time").textContent = time.format(now).slice(0, hours.length + minutes.length + 1);
  $("#wall-seconds").textContent = seconds;
  const today = day.format(now);
  if ($("#wall-date").textContent !== today) $("#wall-date").textContent = today;
}
