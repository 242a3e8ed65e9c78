/** The JSON API: the only file that calls fetch(). */

const tag = document.querySelector('meta[name="csrf-token"]');
const PATIENCE_MS = 12_000;

/** The server's no, with its reason; `type` names the fact, the rest is the problem document. */
export class Problem extends Error {
  constructor(status, facts) {
    super(facts.detail || facts.title || String(status));
    this.status = status;
    this.type = facts.type ?? "";
    this.facts = facts;
  }
}

/** No answer came: the line is cut or the server is away. Nothing is known of what it did. */
export class Unreachable extends Error {}

export const get = (path) => ask("GET", path);
export const post = (path, body, headers = {}) => ask("POST", path, body, headers);
export const patch = (path, body) => ask("PATCH", path, body);
export const del = (path) => ask("DELETE", path);

/** A path with its query; what is null or empty is left out. */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** Read the page's token anew: after a log-in in another tab the old one is refused. */
export async function renewToken() {
  const page = await send(location.pathname, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser()
    .parseFromString(await page.text(), "text/html")
    .querySelector('meta[name="csrf-token"]');
  if (page.ok && fresh) tag.content = fresh.content;
}

/**
 * Bytes with their ETag; `signal` ends the asking. Throws Unreachable where the server was too busy.
 * @returns {Promise<{data: ArrayBuffer, etag: string | null}>}
 */
export async function getBytes(path, signal, headers = {}) {
  const request = { headers, signal: AbortSignal.any([signal, patience()]) };
  const answer = await send(path, request);
  if (answer.ok) return { data: await answer.arrayBuffer(), etag: answer.headers.get("ETag") };
  return read(answer);
}

const patience = () => AbortSignal.timeout(PATIENCE_MS);

async function ask(method, path, body, headers = {}) {
  const request = { method, headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") {
    request.headers["Content-Type"] = "application/json";
    request.headers["X-CSRF-Token"] = tag?.content ?? "";
    request.body = JSON.stringify(body ?? {});
  }
  return read(await send(path, request));
}

async function send(path, request) {
  try {
    return await fetch(path, { signal: patience(), ...request });
  } catch (reason) {
    throw new Unreachable(path, { cause: reason });
  }
}

async function read(answer) {
  // A front server that cannot reach the app answers for it: the same as no answer.
  if ([502, 503, 504].includes(answer.status)) throw new Unreachable(String(answer.status));
  if (answer.status === 204) return null;
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  try {
    return await answer.json();
  } catch (reason) {
    throw new Unreachable("cut off", { cause: reason }); // the line broke in the middle of it
  }
}
