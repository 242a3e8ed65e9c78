/** The page loads itself anew once the server has another: never into an error, never in a ring. */

import { getBytes } from "../api.js";

const LEAST_MS = 120_000; // two servers of different age must not throw the page to and fro
const KEPT = "wall.anew";
const PATIENCE_MS = 20_000;
let looking = false;

/** Load anew when `mark` is another page's, and that page is there and this screen's to see. */
export async function anewIf(mark) {
  const own = markOf(document);
  if (mark === own || looking || Date.now() - Number(sessionStorage.getItem(KEPT)) < LEAST_MS)
    return;
  looking = true;
  const page = await read().catch(() => null);
  looking = false;
  if (!page || markOf(page) !== mark) return;
  sessionStorage.setItem(KEPT, String(Date.now()));
  location.reload();
}

const markOf = (page) => page.querySelector("[data-mark]")?.dataset.mark ?? null;

async function read() {
  const path = location.pathname + location.search;
  const { data } = await getBytes(path, AbortSignal.timeout(PATIENCE_MS));
  return new DOMParser().parseFromString(new TextDecoder().decode(data), "text/html");
}
