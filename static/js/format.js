/** Times, distances and figures as people here write them. */

import { t } from "./words.js";

const root = document.documentElement;
const timeZone = root.dataset.timezone || "Asia/Jakarta";
const ZONES = { "Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };
const zone = ZONES[timeZone] ?? timeZone;
const locale = root.lang === "en" ? "en-GB" : "id-ID";
const hours = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone });
const whole = new Intl.DateTimeFormat(locale, {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZone,
});
const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

// The server's clock counts: an old PC may be minutes off.
let ahead_ms = 0;

/** Take the server's time, so that "4 menit lalu" is true on a PC whose clock is wrong. */
export function setServerNow(iso) {
  if (iso) ahead_ms = Date.parse(iso) - Date.now();
}

/** @returns {Date} now by the server's clock */
export function serverNow() {
  return new Date(Date.now() + ahead_ms);
}

/** "10.42" */
export function clock(moment) {
  return hours.format(new Date(moment));
}

/** "Minggu, 22 November 2026 pukul 10.42.07 WIB" */
export function fullTime(moment) {
  return `${whole.format(new Date(moment))} ${zone}`;
}

/** "4 menit lalu"; of what lies ahead "baru saja". */
export function ago(iso) {
  const seconds = (serverNow() - Date.parse(iso)) / 1000;
  return seconds < 45 ? t("time.now") : t("time.ago", { span: span(seconds) });
}

/** "4 menit", "3 hari": the largest unit that counts. */
export function span(seconds) {
  if (seconds < 90 * 60) return t("time.minutes", { n: Math.max(1, Math.round(seconds / 60)) });
  if (seconds < 36 * 3600) return t("time.hours", { n: Math.round(seconds / 3600) });
  return t("time.days", { n: Math.round(seconds / 86400) });
}

/** As span, but never more than has passed: what is late by 47 hours is late by "1 hari". */
export function spanPassed(seconds) {
  if (seconds < 3600) return t("time.minutes", { n: Math.max(1, Math.floor(seconds / 60)) });
  if (seconds < 86400) return t("time.hours", { n: Math.floor(seconds / 3600) });
  return t("time.days", { n: Math.floor(seconds / 86400) });
}

/** Seconds since the moment, by the server's clock. */
export function ageSeconds(iso) {
  return (serverNow() - Date.parse(iso)) / 1000;
}

/** "182 m", "2,1 km" */
export function distance(metres) {
  if (metres === null || metres === undefined) return "";
  if (metres < 1000) return `${plain.format(Math.round(metres))}\u00a0m`;
  return `${plain.format(metres / 1000)}\u00a0km`;
}

const parts = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

/** "62 %"; nothing uncertain is ever "100 %", nothing possible "0 %". */
export function percent(p) {
  const kept = p <= 0 || p >= 0.9995 ? p : Math.min(0.99, Math.max(0.01, p));
  return parts.format(kept).replace(/\s*%/, "\u00a0%");
}

/** A <time> whose words refreshAges() keeps true; the full time stands in its title. */
export function timeElement(iso, words = ago) {
  const element = document.createElement("time");
  element.dateTime = iso;
  element.title = fullTime(iso);
  element.textContent = words(iso);
  element.dataset.ago = "";
  return element;
}

/** Say the ages anew; they alone change while nothing happens. */
export function refreshAges() {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const words = ago(element.dateTime);
    if (element.textContent !== words) element.textContent = words;
  }
}

/** "00.42" for a clock that runs. */
export function stopwatch(seconds) {
  const whole_s = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(whole_s / 60))}.${two(whole_s % 60)}`;
}
