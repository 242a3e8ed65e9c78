/** Short numbers of incidents: the shortest end of the number that no other open one ends with. */

const LEAST = 2; // digits, where the number has as many

/**
 * The short number of each id: the same on every screen that shows the same incidents.
 * @param {Iterable<number>} ids
 * @returns {Map<number, string>}
 */
export function shortNumbers(ids) {
  const all = [...ids].map(String);
  const ends = new Map(); // how many numbers end like this
  for (const id of all)
    for (let n = Math.min(LEAST, id.length); n <= id.length; n++) {
      const end = id.slice(-n);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  return new Map(all.map((id) => [Number(id), shortest(id, ends)]));
}

function shortest(id, ends) {
  for (let n = Math.min(LEAST, id.length); n < id.length; n++) {
    const end = id.slice(-n);
    if (ends.get(end) === 1) return end;
  }
  return id;
}

/** The ids that digits may mean: the very number, else all that end with them. */
export function idsFor(digits, ids) {
  const all = [...ids];
  const own = all.filter((id) => String(id) === digits);
  return own.length ? own : all.filter((id) => String(id).endsWith(digits));
}
