/** What the live map shows: the load by village, read by filter, kept fresh by the wire. */

import { get, Problem, withQuery } from "../api.js";
import { openBoard } from "../board.js";
import { serverNow, setServerNow } from "../format.js";

// A thousand screens hear the same event: each asks a little later, none at the same moment.
const SOON_MS = 400;
const SPREAD_MS = 1600;
const ROUTINE_MS = 60_000; // what becomes late does so without an event
const AGAIN_MS = 4000;
// The page asks for this before its scripts are there (map.html). Asked for once only: the
// browser may keep an answer that nobody fetched, and hand it out when it is old.
const EARLY = "/api/load?";

/**
 * Read the load and follow it. `query()` gives the filter as words of the API.
 * onLoad(load) with {as_of, villages, total}; onSigns(points | null, cursor) when signs changed
 * there (null: anywhere); onBoard(board, changes) for units; onRefused(problem); onState as in board.js.
 */
export function openFeed({ query, onLoad, onSigns, onBoard, onRefused, onState }) {
  const places = new Map(); // where each incident was that the wire has told of
  let load = null;
  let asked = 0;
  let due = null;

  async function read() {
    clearTimeout(due);
    due = null;
    const mine = ++asked;
    try {
      const early = mine === 1 && !filtered();
      const answer = await get(early ? EARLY : withQuery("/api/load", query()));
      if (mine !== asked) return; // another filter was chosen meanwhile
      setServerNow(answer.as_of);
      load = answer;
      onLoad(load);
      later(ROUTINE_MS, ROUTINE_MS / 2);
    } catch (reason) {
      if (mine !== asked) return;
      if (reason instanceof Problem && reason.status < 500 && reason.status !== 401)
        onRefused(reason);
      else later(AGAIN_MS, SPREAD_MS);
    }
  }

  function later(least_ms, spread_ms) {
    clearTimeout(due);
    due = setTimeout(read, least_ms + Math.random() * spread_ms);
    hurried = false;
  }

  let hurried = false;
  function soon() {
    if (hurried) return; // many events, one asking
    later(SOON_MS, SPREAD_MS);
    hurried = true;
  }

  /** Without a filter the wire brings the very figures: nothing is asked for. */
  function takeLoad({ villages, total }) {
    if (!load || !(villages || total)) return;
    if (filtered()) return soon();
    Object.assign(load.villages, villages);
    Object.assign(load.total, total);
    load.as_of = serverNow().toISOString();
    onLoad(load);
  }
  const filtered = () => Object.keys(query()).length > 0;

  let begun = false;
  function hear(changes) {
    if (changes.all && !begun) return (begun = true); // what was read first is as fresh as that
    if (!changes.all && !changes.heard.length) return;
    onSigns(changes.all ? null : touched(changes.heard, places), board.cursor);
    if (changes.all || filtered()) soon();
  }

  const board = openBoard({
    incidents: false,
    onChange(_board, changes) {
      takeLoad(changes);
      hear(changes);
      onBoard(board, changes);
    },
    onState,
  });
  read();
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  return { board, read, soon };
}

/**
 * The points whose tiles must be read anew, of what the wire told; null where one is not known.
 * @param {{id: number, feature: object | null}[]} heard
 */
function touched(heard, places) {
  const points = [];
  let anywhere = false;
  for (const { id, feature } of heard) {
    const before = places.get(id);
    const now = feature?.geometry?.coordinates ?? null;
    if (before) points.push(before);
    // One that was there before this page was opened may have been anywhere.
    else if (!feature || feature.properties.version > 1) anywhere = true;
    if (now) points.push(now);
    if (feature) places.set(id, now);
    else places.delete(id);
  }
  return anywhere ? null : points;
}
