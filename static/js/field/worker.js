/**
 * The service worker of the crew's page: the page itself opens in a dead spot, and nothing else.
 *
 * app/pages/field.py puts `self.FIELD` = {version, page, assets} before this text. What it keeps is
 * the empty page and its scripts, of one version. The API is never kept and never answered from
 * here: what the page shows of an order always came from the server just now, or is not there.
 */

const { version, page, assets } = self.FIELD;
const FOLDER = "tanggap-lapangan"; // as in leave.js: log-out deletes what begins so
const CACHE = `${FOLDER}-${version}`;
const VERSION_HEADER = "X-Field-Version";
const PATIENCE_MS = 5000; // a line as thin as a thread is no line

// The page that is open is newer than this worker: its scripts come from the server.
let outdated = false;

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(assets.map((address) => new Request(address, { cache: "no-cache" })));
  await keepPage(await fetch(page, { redirect: "manual" }));
  await self.skipWaiting();
}

async function dropOthers() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(FOLDER) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === page) event.respondWith(openPage(request));
  else if (pathname.startsWith("/static/")) event.respondWith(asset(request));
  // All else, the API first of all, goes to the server as if there were no worker.
});

/** From the server while it answers; else the page as it was kept. */
async function openPage(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status >= 500) return (await kept(page)) ?? answer;
    await keepPage(answer.clone());
    return answer;
  } catch (reason) {
    const found = await kept(page);
    if (found) return found;
    throw reason;
  }
}

// Asked so, a cache that log-out has deleted is not made anew.
const kept = (what) => caches.match(what, { cacheName: CACHE, ignoreVary: true });

async function keep(what, answer) {
  if (await caches.has(CACHE)) await (await caches.open(CACHE)).put(what, answer);
}

async function keepPage(answer) {
  // The server sends to the log-in page: that log-in is over, and so is what was kept of it.
  if (answer.type === "opaqueredirect") await forgetPage();
  if (!answer.ok || answer.redirected) return;
  outdated = answer.headers.get(VERSION_HEADER) !== version;
  if (outdated) self.registration.update().catch(() => {});
  else await keep(page, answer);
}

async function forgetPage() {
  if (await caches.has(CACHE)) await (await caches.open(CACHE)).delete(page, { ignoreVary: true });
}

/** From the cache: its content belongs to this version. */
async function asset(request) {
  if (outdated) return fetch(request);
  const found = await kept(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") await keep(request, answer.clone());
  return answer;
}
