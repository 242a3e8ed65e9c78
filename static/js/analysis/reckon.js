/** An answer to a question: at once, or from a job that is watched and can be cancelled. */

import { del, get, post, Unreachable } from "../api.js";

const SOON_MS = 400;
const LATER_MS = 1500;
const MOST_MISSED = 20; // times that a job's state could not be read, in a row

/** Somebody stopped the job. */
export class Cancelled extends Error {}

/** The job ended without an answer; the message says why. */
export class Failed extends Error {}

/** More was asked for meanwhile: nobody wants this answer. */
export class Outdated extends Error {}

/**
 * The answer to the words of a question. `onJob(job)` is told of each state of a long one,
 * `wanted()` says whether the answer is still waited for. `anew`: a job's answer of today, too.
 */
export async function reckon(
  ask,
  { onJob = () => {}, wanted = () => true, path = "/api/analyses", anew = false },
) {
  const answer = await post(path, anew ? { ...ask, anew } : ask);
  if (answer.places || !answer.job) return answer;
  return watch(typeof answer.job === "object" ? answer.job : { id: answer.job }, { onJob, wanted });
}

/** The result of a job, once it is done. */
export async function watch(job, { onJob, wanted }) {
  let missed = 0;
  for (let turn = 0; ; turn++) {
    if (!wanted()) throw new Outdated();
    onJob(job);
    if (job.state === "selesai" && job.result) return job.result;
    if (job.state === "batal") throw new Cancelled();
    if (job.state === "gagal") throw new Failed(job.trouble ?? "");
    if (turn) await pause(turn < 5 ? SOON_MS : LATER_MS);
    try {
      const read = await get(`/api/jobs/${job.id}`);
      job = read.job ?? read;
      missed = 0;
    } catch (reason) {
      // The job goes on without us: a line that is cut for a moment loses nothing.
      if (!(reason instanceof Unreachable) || ++missed > MOST_MISSED) throw reason;
    }
  }
}

export const cancel = (job) => del(`/api/jobs/${job.id}`);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
