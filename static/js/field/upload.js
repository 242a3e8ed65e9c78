/** One picture to the server, with how far it is: fetch() tells nothing of that. */

import { Problem, Unreachable } from "../api.js";

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
