/** The figures of the hour, counted from what the screen itself shows. */

import { ageSeconds, span } from "./format.js";
import { t } from "./words.js";

/** @returns {{open, waiting, urgent, unpinned, villages, oldest}} of these features */
export function count(features) {
  const villages = new Set();
  let oldest = null;
  const figures = { open: 0, waiting: 0, urgent: 0, unpinned: 0 };
  for (const feature of features) {
    const facts = feature.properties;
    figures.open += 1;
    if (facts.state === "baru") figures.waiting += 1;
    if (facts.priority === 1) figures.urgent += 1;
    if (!feature.geometry) figures.unpinned += 1;
    if (facts.village) villages.add(facts.village.code);
    if (!oldest || facts.opened_at < oldest.properties.opened_at) oldest = feature;
  }
  return { ...figures, villages: villages.size, oldest };
}

/** The same figures from the load by village, for roles that see counts and no incidents. */
export function countLoad(load) {
  const figures = { open: 0, waiting: 0, urgent: 0, unpinned: 0, villages: 0, oldest: null };
  for (const { open, urgent, oldest_at } of Object.values(load)) {
    figures.open += open;
    figures.urgent += urgent;
    if (open) figures.villages += 1;
    if (oldest_at && !(figures.oldest?.properties.opened_at < oldest_at))
      figures.oldest = { properties: { opened_at: oldest_at } };
  }
  return figures;
}

/** "38 terbuka di 21 desa, 4 gawat, terlama 3 hari di Bangsri" */
export function sentence(figures) {
  if (figures.open === 0) return t("sentence.none");
  const parts = [
    figures.villages
      ? t("sentence.open", { n: figures.open, villages: villagesText(figures.villages) })
      : t("sentence.open_nowhere", { n: figures.open }),
    figures.urgent ? t("sentence.urgent", { n: figures.urgent }) : t("sentence.no_urgent"),
    oldestText(figures.oldest),
  ];
  if (figures.unpinned) parts.push(t("sentence.unpinned", { n: figures.unpinned }));
  return parts.join(", ");
}

const villagesText = (n) => t("sentence.villages", { n });

function oldestText({ properties }) {
  const age = span(ageSeconds(properties.opened_at));
  return properties.village
    ? t("sentence.oldest_at", { age, village: properties.village.name })
    : t("sentence.oldest", { age });
}

/** The most pressing first, then the longest waiting. */
export function byUrgency(one, other) {
  const a = one.properties;
  const b = other.properties;
  return (
    (a.state !== "baru") - (b.state !== "baru") ||
    a.priority - b.priority ||
    a.opened_at.localeCompare(b.opened_at) ||
    one.id - other.id
  );
}
