/** A form with a file to the server, with how far it is: fetch() tells nothing of that. */

import { Problem, Unreachable } from "./api.js";

/**
 * @param {FormData} form
 * @param {number} patienceMs until it counts as unreachable
 * @param {(share: number) => void} onProgress 0 to 1
 * @returns the server's answer; throws Problem or Unreachable, as api.js does
 */
export function send(path, form, patienceMs, onProgress) {
  const wire = new XMLHttpRequest();
  wire.open("POST", path);
  wire.timeout = patienceMs;
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
