/** Why a step on a ticket was refused: who was faster, what is missing, what to do next. */

import { Problem } from "../api.js";
import { clock } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

const NAMED = {
  ChangedMeanwhile: "ticket.problem.changed",
  HeldByAnother: "ticket.problem.held",
  ProofMissing: "ticket.problem.proof",
  IllegalMove: "ticket.problem.move",
  AgencyHasTicket: "ticket.problem.has_ticket",
  BadImage: "proof.problem.image",
  RequestEntityTooLarge: "proof.problem.large",
};

// Where the server does not say who it was.
const BY_SOMEBODY = {
  "ticket.problem.changed": "ticket.problem.changed_by_somebody",
  "ticket.problem.held": "ticket.problem.held_by_somebody",
};

/** One sentence for any refusal, with who did what when the server tells. */
export function ticketProblem(reason) {
  const key = reason instanceof Problem && (NAMED[reason.type] ?? byStatus(reason));
  if (!key) return problemWords(reason);
  const { by, at } = reason.facts;
  if (!by || !at) return t(BY_SOMEBODY[key] ?? key);
  return t(key, { by, time: clock(at) });
}

const byStatus = ({ status }) => (status === 413 ? "proof.problem.large" : null);
