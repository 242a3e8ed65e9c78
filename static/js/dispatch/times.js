/** Times of the board: "4–6 mnt", "03.12", "1 j 20", and how near a deadline is. */

import { ageSeconds, clock, stopwatch } from "../format.js";
import { t } from "../words.js";

const HOUR_S = 3600;
const LONG_S = 3 * HOUR_S;

/** "4–6 mnt", from three hours on "3–5 jam"; one figure where both ends say the same. */
export function rangeWords(low_s, high_s) {
  const [size, name] = high_s >= LONG_S ? [HOUR_S, "hours"] : [60, "minutes"];
  // Cut as the server cuts them in its reasons (dispatch/rules/reasons.py).
  const low = Math.max(0, Math.floor(low_s / size + 0.25));
  const high = Math.max(1, Math.ceil(high_s / size - 0.25));
  return low < high ? t(`eta.${name}_range`, { low, high }) : t(`eta.${name}`, { n: high });
}

/** "± 11 mnt" */
export function aboutWords(seconds) {
  const [size, name] = seconds >= LONG_S ? [HOUR_S, "hours"] : [60, "minutes"];
  return `± ${t(`eta.${name}`, { n: Math.max(1, Math.round(seconds / size)) })}`;
}

/** How long until help is there, of a suggestion or of what was foretold; "waktu ?" for none. */
export function etaWords({ low_s, high_s, expected_s, travel_s } = {}) {
  const given = (value) => value !== null && value !== undefined;
  if (given(low_s) && given(high_s)) return rangeWords(low_s, high_s);
  const middle = expected_s ?? travel_s;
  return given(middle) ? aboutWords(middle) : t("units.time_unknown");
}

/** "03.12", from an hour on "1 j 05": what a running clock shows. */
export function running(seconds) {
  const whole_s = Math.max(0, Math.floor(seconds));
  if (whole_s < HOUR_S) return stopwatch(whole_s);
  const hours = Math.floor(whole_s / HOUR_S);
  if (hours >= 48) return t("eta.days", { n: Math.floor(hours / 24) });
  const minutes = String(Math.floor((whole_s % HOUR_S) / 60)).padStart(2, "0");
  return t("eta.clock", { hours, minutes });
}

/** "" in the first half of the time given, "half" in the second, "over" past it. */
export function stageOf(age_s, given_s) {
  if (!given_s) return "";
  if (age_s >= given_s) return "over";
  return age_s >= given_s / 2 ? "half" : "";
}

/** Whether a shift ends before a job of that length would be done. */
export const endsSoon = (iso, expected_s = 0) =>
  Boolean(iso) && -ageSeconds(iso) < HOUR_S + (expected_s ?? 0);

/** "dinas s.d. 14.00" */
export const shiftWords = (iso) => t("unit.shift", { time: clock(iso) });
