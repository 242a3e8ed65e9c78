/** A photo to the server as proof, with how far it is; too large or no picture is said at once. */

import { send } from "../upload.js";
import { t } from "../words.js";

const PATIENCE_MS = 120_000;
const MOST_BYTES = 10 * 1024 * 1024;

/** Why this file need not be sent at all, in words; null when it may be. */
export function whyNot(file) {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml")
    return t("proof.problem.image");
  if (file.size > MOST_BYTES) return t("proof.problem.large");
  return file.size === 0 ? t("proof.problem.empty") : null;
}

/**
 * @param {{photo: Blob, note: string, key: string}} fields
 * @param {(share: number) => void} onProgress 0 to 1
 * @returns the proof; throws Problem or Unreachable, as api.js does
 */
export function uploadProof(path, { photo, note, key }, onProgress) {
  const form = new FormData();
  form.set("key", key);
  if (note) form.set("note", note);
  form.set("photo", photo, "foto.jpg"); // the camera's own name for it stays here
  return send(path, form, PATIENCE_MS, onProgress);
}
