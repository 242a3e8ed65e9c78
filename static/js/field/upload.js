/** One picture of a crew to the server, with how far it is. */

import { send } from "../upload.js";

const PATIENCE_MS = 90_000;

/**
 * @param {{key: string, at: string, blob: Blob}} photo
 * @param {(share: number) => void} onProgress 0 to 1
 * @returns the server's answer; throws Problem or Unreachable, as api.js does
 */
export function upload(path, { key, at, blob }, onProgress) {
  const form = new FormData();
  form.set("key", key);
  form.set("claimed_at", at);
  form.set("image", blob, "foto.jpg"); // the camera's own name for it stays here
  return send(path, form, PATIENCE_MS, onProgress);
}
