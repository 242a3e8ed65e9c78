/**
 * What the phone keeps over a reload and a closed browser: steps and photos on their way.
 *
 * ASVS 14.3.3: a browser's storage holds nothing sensitive. A step is the id of an assignment, a
 * state, a time, a key, the id of a facility, and whose it is; a photo is the picture besides, and
 * goes as soon as it has arrived. No words of a caller, no place, no number, no name: what an
 * order says is read from the server each time. log-out empties all of it (leave.js).
 */

import { FOLDER } from "./leave.js";

const STORES = ["steps", "photos", "now"];

/**
 * The folder of one user. Where the browser gives no storage it lasts as long as the page does,
 * and `lasting` is false: the page then says so.
 * @param {number} user id of the account
 */
export async function openStore(user) {
  const base = await open().catch(() => null);
  const kept = base ? onDisk(base) : inMemory();
  await dropPhotosOfOthers(kept, user);
  const own = (rows) => rows.filter((row) => row.user === user).sort((a, b) => a.n - b.n);
  return {
    lasting: Boolean(base),
    read: async (store) => own(await kept.all(store)),
    add: (store, row) => kept.put(store, { ...row, user }),
    change: (store, row) => kept.put(store, row),
    drop: (store, { n }) => kept.drop(store, n),
  };
}

// Steps of another crew wait for it; its pictures do not lie about on a shared phone.
async function dropPhotosOfOthers(kept, user) {
  for (const photo of await kept.all("photos"))
    if (photo.user !== user) await kept.drop("photos", photo.n);
}

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(FOLDER, 1);
    asked.onupgradeneeded = () => {
      for (const store of STORES)
        asked.result.createObjectStore(store, { keyPath: "n", autoIncrement: true });
    };
    asked.onsuccess = () => {
      const base = asked.result;
      base.onversionchange = () => base.close(); // another tab logs out
      resolve(base);
    };
    asked.onerror = () => reject(asked.error);
  });
}

function onDisk(base) {
  const run = (store, mode, work) =>
    new Promise((resolve, reject) => {
      const transaction = base.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      // A step counts as kept when the disk has it, not before.
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  return {
    all: (store) => run(store, "readonly", (rows) => rows.getAll()),
    put: async (store, row) => ({ ...row, n: await run(store, "readwrite", (r) => r.put(row)) }),
    drop: (store, n) => run(store, "readwrite", (rows) => rows.delete(n)),
  };
}

function inMemory() {
  const stores = Object.fromEntries(STORES.map((name) => [name, new Map()]));
  let last = 0;
  return {
    all: async (store) => [...stores[store].values()],
    put: async (store, row) => {
      const kept = { ...row, n: row.n ?? (last += 1) };
      stores[store].set(kept.n, kept);
      return kept;
    },
    drop: async (store, n) => void stores[store].delete(n),
  };
}
