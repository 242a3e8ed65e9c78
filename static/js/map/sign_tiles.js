/** Tiles of signs, asked for until they come: what is on the map stays there meanwhile. */

import { addProtocol } from "maplibre-gl";
import { Unreachable, getBytes } from "../api.js";

const SCHEME = "signs";
const PAUSES_MS = [700, 1500, 3000, 6000, 12_000];

let waiting = 0;
let tell = () => {};
let after = null;

/** No tile older than what the screen has heard: another worker of the server may lag behind. */
export function heardUpTo(cursor) {
  after = cursor;
}

// MapLibre would take a tile away when the server is too busy for its new one.
addProtocol(SCHEME, async ({ url }, { signal }) => {
  const path = url.slice(url.indexOf("/api/"));
  for (let tries = 0; ; tries++) {
    try {
      return await getBytes(path, signal, after ? { "Tanggap-After": after } : {});
    } catch (reason) {
      if (!(reason instanceof Unreachable) || signal.aborted) throw reason;
    }
    await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)], signal);
  }
});

// At random within a half: screens that were refused together do not come back together.
function pause(most_ms, signal) {
  tell(++waiting);
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      tell(--waiting);
      resolve();
    };
    const timer = setTimeout(over, most_ms * (0.5 + Math.random() / 2));
    signal.addEventListener("abort", over);
  });
}

/** Hear how many tiles are waiting to be asked for again. */
export function onWaiting(heard) {
  tell = heard;
}

/** The address of the tiles under a filter (words of the API), as the map asks for them. */
export function signTiles(query) {
  const words = new URLSearchParams(query).toString().replaceAll("%2C", ",");
  const asked = words ? `?${words}` : "";
  return [`${SCHEME}://${location.host}/api/tiles/incidents/{z}/{x}/{y}${asked}`];
}

/** The tile in which a [lon, lat] lies. */
export function tileAt([lon, lat], z) {
  const across = 2 ** z;
  const sine = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return { z, x: Math.floor((lon / 360 + 0.5) * across), y: Math.floor(y * across) };
}
