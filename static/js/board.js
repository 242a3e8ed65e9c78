/** What the screen knows: open incidents, units, load by village; read once, then kept by the wire. */

import { get, Problem } from "./api.js";
import { setServerNow } from "./format.js";
import { follow } from "./live.js";

/**
 * Read the board and follow it. onChange(board, change) after each change; several changes
 * that come together are told once. onState as in live.js, "logged_out" too, and "refused" where the role has no board.
 * Without `incidents` neither they nor the load are read (/api/load tells it), and they are not kept: what
 * is heard of each stands in change.heard alone.
 */
export function openBoard({ onChange, onState, incidents = true }) {
  const board = {
    incidents: new Map(),
    units: new Map(),
    load: {},
    counts: {},
    edition: null,
    demo: false,
    cursor: null, // how far in the log this screen has heard
    readAt: null,
    state: "loading",
  };
  let wire = null;
  let loggedOut = false;
  let changes = emptyChanges();
  let told = null;

  async function read() {
    const answer = await get(incidents ? "/api/board" : "/api/board?incidents=0&load=0");
    setServerNow(answer.now);
    if (incidents) board.incidents = byId(answer.incidents);
    board.units = byId(answer.units);
    board.load = answer.load ?? {};
    board.counts = answer.counts ?? {};
    board.edition = answer.edition;
    board.demo = answer.demo;
    board.cursor = answer.cursor;
    changes.all = true;
    touch();
    return answer.cursor;
  }

  async function start() {
    try {
      const cursor = await read();
      if (wire) wire.restart(cursor);
      else wire = follow(cursor, hear, state);
    } catch (reason) {
      if (reason instanceof Problem && reason.status === 403) {
        onState("refused", reason);
        return;
      }
      state("cut", new Date());
      setTimeout(start, 4000);
    }
  }

  function state(word, since) {
    if (word === "live") {
      loggedOut = false;
      board.readAt = new Date();
    } else if (!loggedOut) askWhy(since);
    board.state = word;
    onState(loggedOut ? "logged_out" : word, since);
  }

  // The stream does not say why it ended: a log-in that is over needs other words than a cable.
  async function askWhy(since) {
    const reason = await get("/api/me").catch((problem) => problem);
    loggedOut = reason instanceof Problem && reason.status === 401;
    if (loggedOut && board.state === "cut") onState("logged_out", since);
  }

  const HEAR = {
    incident(feature) {
      changes.heard.push({ id: feature.id, feature });
      if (incidents) putIncident(feature);
    },
    unit(feature) {
      board.units.set(feature.id, feature);
      changes.units.add(feature.id);
    },
    gone({ kind, id }) {
      if (kind !== "unit") changes.heard.push({ id, feature: null });
      (kind === "unit" ? board.units : board.incidents).delete(id);
      changes[kind === "unit" ? "units" : "incidents"].add(id);
    },
    load(villages) {
      Object.assign(board.load, villages);
      Object.assign((changes.villages ??= {}), villages);
      changes.load = true;
    },
    total(facts) {
      changes.total = facts;
    },
    edition(facts) {
      changes.edition = facts;
    },
    resync: () => start(),
  };

  function hear(kind, facts, cursor) {
    board.cursor = cursor;
    HEAR[kind](facts);
    touch();
  }

  function putIncident(feature) {
    const known = board.incidents.get(feature.id);
    // A slow answer must not overwrite a newer state that the wire has brought meanwhile.
    if (known && known.properties.version > feature.properties.version) return;
    // To read a restricted case is logged, and the log rings: reading again would never end.
    if (known?.properties.restricted && same(known, feature)) return;
    if (feature.properties.state === "ditutup") board.incidents.delete(feature.id);
    else board.incidents.set(feature.id, feature);
    if (!known) changes.arrived.add(feature.id);
    changes.incidents.add(feature.id);
  }

  function touch() {
    board.readAt = new Date();
    told ??= setTimeout(() => {
      const told_changes = changes;
      changes = emptyChanges();
      told = null;
      onChange(board, told_changes);
    }, 40);
  }

  /** Take a feature that an answer brought, without waiting for the wire. */
  board.take = (feature) => {
    if (!feature) return;
    HEAR[feature.properties.kind === "unit" ? "unit" : "incident"](feature);
    touch();
  };
  board.again = start;
  start();
  return board;
}

function emptyChanges() {
  return {
    all: false,
    load: false,
    edition: null,
    villages: null, // of the load, those that were told
    total: null,
    heard: [], // {id, feature | null} of incidents
    incidents: new Set(),
    arrived: new Set(),
    units: new Set(),
  };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const byId = (collection) =>
  new Map((collection?.features ?? []).map((feature) => [feature.id, feature]));
