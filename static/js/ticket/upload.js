/** A photo to the server as proof, with how far it is; too large or no picture is said at once. */

import { Problem, Unreachable } from "../api.js";
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
  const wire = new XMLHttpRequest();
  wire.open("POST", path);
  wire.timeout = PATIENCE_MS;
  wire.responseType = "json";
  wire.setRequestHeader("Accept", "application/json");
  wire.setRequestHeader("X-CSRF-Token", token());
  wire.upload.onprogress = ({ loaded, total }) => total && onProgress(loaded / total);
  return new Promise((resolve, reject) => {
    wire.onerror = wire.ontimeout = wire.onabort = () => reject(new Unreachable(path));
    wire.onload = () => {
      if ([502, 503, 504].includes(wire.status)) reject(new Unreachable(String(wire.status)));
      else if (wire.status >= 400) reject(new Problem(wire.status, wire.response ?? {}));
      else resolve(wire.response);
    };
    wire.send(form);
  });
}

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
