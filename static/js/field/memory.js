/**
 * What the page knows of the running order by itself: kept over a reload are its id, its state and
 * the facility's id (store.js says why no more); the times of the taps only while the page is open.
 */

import { COURSE, isOut } from "./course.js";

export async function openMemory(store) {
  let [kept = null] = await store.read("now");
  const claimed = new Map(); // by order: state -> time of the tap
  const done = new Map(); // by order: steps that the server has taken
  let writing = Promise.resolve();

  // One after the other: the last state must be what stays.
  const write = (work) => (writing = writing.then(work).catch(() => {}));

  /** Remember where the crew stands; null: no order. */
  function keep(task) {
    const running = task && isOut(task.state);
    if (!running) return kept && forget(kept.assignment);
    if (kept?.assignment === task.id && kept.state === task.state) return;
    const facility = kept?.assignment === task.id ? kept.facility : null;
    put({ assignment: task.id, state: task.state, facility });
  }

  function put(facts) {
    const before = kept;
    kept = { ...before, ...facts };
    const row = kept;
    write(async () => {
      const written = await store.add("now", row);
      if (kept === row) kept = written;
      else if (kept && !kept.n) kept = { ...kept, n: written.n };
    });
  }

  function forget(assignment) {
    if (kept?.assignment !== assignment) return;
    kept = null;
    write(async () => {
      for (const row of await store.read("now")) await store.drop("now", row);
    });
  }

  const of = (map, id, made) => map.get(id) ?? (map.set(id, made), made);

  return {
    keep,
    forget,
    order: () =>
      kept && { id: kept.assignment, state: kept.state, incident: null, remembered: true },
    facility: (id) => (kept && kept.assignment === id ? kept.facility : null),
    setFacility: (id, facility) => kept && kept.assignment === id && put({ facility }),
    claim: (id, state, at) => of(claimed, id, new Map()).set(state, at),
    unclaim(id, state) {
      claimed.get(id)?.delete(state);
    },
    claims: (id) => claimed.get(id) ?? new Map(),
    sent: (id, state) => COURSE.includes(state) && of(done, id, []).push({ state }),
    sentSteps: (id) => done.get(id) ?? [],
  };
}
