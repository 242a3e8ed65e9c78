/** What went wrong, in words that say what to do next. */

import { Problem, Unreachable } from "./api.js";
import { clock } from "./format.js";
import { t } from "./words.js";

const KNOWN = [
  "AlreadyTold",
  "ChangedMeanwhile",
  "FromFiles",
  "GroupOnly",
  "IllegalMove",
  "KeyReused",
  "NoPin",
  "NotMoreUrgent",
  "NotYet",
  "OutsideCoverage",
  "ProofMissing",
  "ReasonMissing",
  "TooManyAddresses",
  "UnitOffDuty",
  "Unknown",
];

/** One sentence for any error that the API module throws. */
export function problemWords(reason) {
  if (reason instanceof Unreachable) return t("problem.unreachable");
  if (!(reason instanceof Problem)) throw reason;
  if (reason.type === "UnitTaken") return takenWords(reason.facts);
  if (KNOWN.includes(reason.type)) return t(`problem.${reason.type}`);
  if (reason.status === 401) return t("problem.logged_out");
  if (reason.status === 403) return t("problem.no_right");
  if (reason.status === 429) return t("problem.too_fast");
  if (reason.status >= 500) return t("problem.server");
  return reason.message;
}

function takenWords({ by, at, call_sign }) {
  if (!by || !at) return t("problem.UnitTaken");
  return t("problem.taken_by", { unit: call_sign ?? t("the_unit"), by, time: clock(at) });
}
