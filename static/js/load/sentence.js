/** The state of the hour in one sentence: how many, where, how late, how old. */

import { ageSeconds, clock, span } from "../format.js";
import { t } from "../words.js";

/** "38 terbuka di 21 desa, 4 lewat waktu, terlama 3 hari di Bangsri" */
export function sentence({ villages, total }, facts, filtered) {
  const open = openOf(villages, total);
  if (open === 0) return t(filtered ? "load.none_filtered" : "load.none");
  const among = Object.values(villages).filter((one) => one.open > 0);
  const late = Math.max(total.late ?? 0, 0);
  const parts = [
    among.length
      ? t("sentence.open", { n: open, villages: t("sentence.villages", { n: among.length }) })
      : t("sentence.open_nowhere", { n: open }),
    late ? t("load.late", { n: late }) : t("load.no_late"),
    oldest(villages, total, facts),
  ];
  return parts.filter(Boolean).join(", ");
}

/** All that is open: what the villages hold, and what is counted to none. */
export const openOf = (villages, total) =>
  Object.values(villages).reduce((sum, { open }) => sum + open, 0) + (total.elsewhere ?? 0);

function oldest(villages, total, facts) {
  const [first] = Object.entries(villages)
    .filter(([, { oldest_at }]) => oldest_at)
    .sort(([, a], [, b]) => a.oldest_at.localeCompare(b.oldest_at));
  const at = total.oldest_at ?? first?.[1].oldest_at;
  if (!at) return null;
  const age = span(ageSeconds(at));
  const there = first && first[1].oldest_at <= at ? facts[first[0]]?.name : null;
  return there ? t("sentence.oldest_at", { age, village: there }) : t("sentence.oldest", { age });
}

/** What stands in no village's row, as sentences: counted to none; without a place on the map. */
export function besideWords({ total }, { signs }) {
  return {
    elsewhere: total.elsewhere ? t("load.elsewhere", { n: total.elsewhere }) : null,
    unpinned: signs && total.unpinned ? t("load.unpinned", { n: total.unpinned }) : null,
  };
}

/** "Per 10.42" */
export const asOf = (moment) => t("load.as_of", { time: clock(moment) });
