/** What an incident still lacks by its response plan, in words; and what is to be done first. */

import { t, wordFor } from "../words.js";

const english = () => document.documentElement.lang === "en";

export const planOf = (feature) => feature.properties.plan ?? null;

/** "ambulans", in the language of the page. */
export const partName = ({ label, label_en, code }) =>
  (english() && label_en) || label || wordFor("part", code);

/** Whether somebody is still to be sent. Where no plan is known: whether nobody was sent yet. */
export function isLacking(feature) {
  const plan = planOf(feature);
  return plan ? !plan.complete : feature.properties.state === "baru";
}

/** The parts of the plan that are not met, with how many are missing. */
export const missingParts = (plan) =>
  (plan?.parts ?? [])
    .map((part) => ({ ...part, missing: part.count - part.have }))
    .filter(({ missing, required }) => missing > 0 && required !== false);

/** "kurang: 1 ambulans, 1 polisi" */
export function missingWords(feature) {
  const missing = missingParts(planOf(feature));
  if (!missing.length) return isLacking(feature) ? t("need.nobody") : "";
  const parts = missing.map((part) => t("need.part", { n: part.missing, part: partName(part) }));
  return t("need.missing", { parts: parts.join(", ") });
}

/** Seconds within which help should be there; null where nobody has set any. */
export const targetOf = (feature) => planOf(feature)?.target_s ?? null;

/** What lacks something first, then the more urgent, then the older. */
export function byNeed(one, other) {
  const a = one.properties;
  const b = other.properties;
  return (
    isLacking(other) - isLacking(one) ||
    a.priority - b.priority ||
    a.opened_at.localeCompare(b.opened_at) ||
    one.id - other.id
  );
}
