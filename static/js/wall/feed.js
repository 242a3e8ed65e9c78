/** What the wall knows: read whole each time, sooner when the wire says that something changed. */

import { get, Problem } from "../api.js";
import { setServerNow } from "../format.js";
import { follow } from "../live.js";

const EACH_MS = 15_000; // what no wire tells: time goes by, sensitive cases are counted
const REST_MS = 2000; // however much happens, the server is asked no more often
const AGAIN_MS = 4000; // after a reading that failed
const ENDED = { 401: "ended", 403: "refused" };

/**
 * Read /api/wall and go on reading it for weeks. onWall(answer) after each reading; onState with
 * "live" and the moment of the reading, or "cut", "ended" (the log-in is over) or "refused" and
 * the moment up to which the figures are known. A reading that fails is tried again for ever.
 * @returns {{read: () => Promise<void>}}
 */
export function openFeed({ onWall, onState }) {
  let known = new Date(); // up to here; before the first reading: since the page is there
  let wire = null;
  let lost = false; // the wire lost its place: it goes on from where the next reading stands
  let timer = null;
  let dueAt = Infinity;
  let restedAt = 0;
  let asking = null;
  let again = false;

  function read() {
    const began = Date.now();
    asking ??= ask().finally(() => {
      asking = null;
      // A server that is slow because much is open gets a longer rest.
      const rest_ms = Math.min(EACH_MS, Math.max(REST_MS, 5 * (Date.now() - began)));
      restedAt = Date.now() + rest_ms;
      plan(again ? rest_ms : EACH_MS);
      again = false;
    });
    return asking;
  }

  async function ask() {
    clearTimeout(timer);
    dueAt = Infinity;
    const answer = await get("/api/wall").catch(fail);
    if (answer) take(answer);
  }

  function fail(reason) {
    onState((reason instanceof Problem && ENDED[reason.status]) || "cut", known);
    plan(AGAIN_MS);
  }

  function take(answer) {
    setServerNow(answer.now);
    known = new Date(answer.now);
    onState("live", known);
    onWall(answer);
    if (!wire) wire = follow(answer.cursor, hear, (word) => word === "cut" && soon());
    else if (lost) wire.restart(answer.cursor);
    lost = false;
  }

  function hear(kind) {
    lost ||= kind === "resync";
    soon();
  }

  /** Read as soon as the server has rested. */
  function soon() {
    if (asking) again = true;
    else plan(Math.max(0, restedAt - Date.now()));
  }

  function plan(wait_ms) {
    if (Date.now() + wait_ms >= dueAt) return;
    dueAt = Date.now() + wait_ms;
    clearTimeout(timer);
    timer = setTimeout(read, wait_ms);
  }

  for (const event of ["online", "offline"]) addEventListener(event, soon);
  document.addEventListener("visibilitychange", soon);
  read();
  return { read };
}
