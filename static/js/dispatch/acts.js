/** What a dispatcher does, as calls to the server; what it refuses comes back in words with a way on. */

import { get, post, Problem } from "../api.js";
import { clock } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

export const suggestionsFor = async (incidentId) => {
  const found = await get(`/api/incidents/${incidentId}/suggestions`);
  return { units: [], by_sea: [], no_route: [], divert: [], plan: null, basis: null, ...found };
};

export const sendUnit = (incidentId, unit, part = null) =>
  post(`/api/incidents/${incidentId}/assignments`, part ? { unit, part } : { unit });

export const takeOver = ({ id, version }, unit) =>
  post(`/api/assignments/${id}/take-over`, { unit, version });

export const divert = ({ assignment, version }, incident, part = null) =>
  post(`/api/assignments/${assignment}/divert`, { incident, version, ...(part ? { part } : {}) });

export const moveOn = ({ id, version }, state, more = {}) =>
  post(`/api/assignments/${id}/state`, { state, ...(version ? { version } : {}), ...more });

export const helpSeen = (id) => post(`/api/assignments/${id}/help/seen`);

export const raiseLevel = ({ id, properties }, level) =>
  post(`/api/incidents/${id}/level`, { level, version: properties.version });

export const tellAgency = (incidentId, agency) =>
  post(`/api/incidents/${incidentId}/told`, { agency });

/**
 * Why something was refused, in a sentence. Where somebody else was faster it says who and when,
 * as far as the server or the history of the incident tells.
 */
export async function refusalWords(reason, { call_sign = null, incidentId = null } = {}) {
  if (!(reason instanceof Problem)) return problemWords(reason);
  if (call_sign) reason.facts.call_sign ??= call_sign;
  if (reason.type === "ChangedMeanwhile" && incidentId)
    return await changedWords(incidentId, reason);
  if (reason.type === "NotFound") return t("problem.not_here");
  return problemWords(reason);
}

async function changedWords(incidentId, reason) {
  const { timeline } = await get(`/api/incidents/${incidentId}`).catch(() => ({ timeline: [] }));
  const last = timeline
    .filter(({ by }) => by)
    .reduce((one, other) => (one?.at > other.at ? one : other), null);
  if (!last) return problemWords(reason);
  return t("problem.changed_by", { by: last.by, time: clock(last.at) });
}
