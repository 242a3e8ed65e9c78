/** Log-out leaves nothing of the crew behind: queue, photos, the page kept for dead spots. */

export const FOLDER = "tanggap-lapangan"; // of the browser's database, and how its caches begin

/** Empty everything that the field page keeps on this phone. */
export async function forgetAll() {
  const names = (await self.caches?.keys()) ?? [];
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.allSettled([
    ...workers.map((worker) => worker.unregister()),
    ...names.filter((name) => name.startsWith(FOLDER)).map((name) => caches.delete(name)),
    deleteDatabase(),
  ]);
}

function deleteDatabase() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(FOLDER);
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  });
}

let sure = async () => true;
let guarded = false;

/**
 * Empty the phone before the log-out of the menu goes out; every page may ask for that.
 * @param {() => Promise<boolean>} [question] asks the crew where something would be lost
 */
export function guardLogOut(question = sure) {
  sure = question;
  if (guarded) return;
  guarded = true;
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (new URL(form.action).pathname !== "/keluar" || form.dataset.emptied) return;
    event.preventDefault();
    if (!(await sure())) return;
    form.dataset.emptied = "yes";
    await forgetAll();
    form.submit();
  });
}
