/** Why something was not sent, in words for a phone in a village: nothing is kept unsent unsaid. */

import { Problem, Unreachable } from "../api.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

export function failWords(reason) {
  if (reason instanceof Unreachable) return t("village.unsent");
  if (reason instanceof Problem && reason.type === "ChangedMeanwhile") return t("village.changed");
  if (reason instanceof Problem && reason.type === "IllegalMove") return t("village.over");
  if (reason instanceof Problem && reason.type === "Unknown") return t("village.gone");
  if (reason instanceof Problem && reason.type === "OutsideOwnVillage") return t("village.off_all");
  return problemWords(reason);
}
