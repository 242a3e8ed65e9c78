/** The worklist "Belum pasti": incidents without a pin or with a doubtful village, worst first. */

import { get } from "./api.js";
import { isUnsure } from "./incident_words.js";

const PAUSE_MS = 400; // several changes that come together are asked about once

/**
 * Keeps the server's order of the doubtful ones: (5 - priority) * doubt, then age.
 * onOrder() when it has changed.
 */
export function openUnsure(onOrder) {
  let places = new Map(); // id to place in the list
  let timer = null;

  async function read() {
    try {
      const { features } = await get("/api/incidents?unsure=1");
      places = new Map(features.map(({ id }, at) => [id, at]));
      onOrder();
    } catch {
      // Without the server's order our own reckoning stands.
    }
  }

  return {
    /** Ask anew, soon. */
    hurry() {
      clearTimeout(timer);
      timer = setTimeout(read, PAUSE_MS);
    },
    /** Of these features the doubtful ones, in order. */
    sorted: (features) => features.filter(isUnsure).sort((a, b) => compare(a, b, places)),
  };
}

// What the server has not ranked yet is ranked as it does.
function compare(one, other, places) {
  const [a, b] = [places.get(one.id), places.get(other.id)];
  if (a !== undefined && b !== undefined) return a - b;
  return (
    weight(other) - weight(one) ||
    one.properties.opened_at.localeCompare(other.properties.opened_at)
  );
}

const weight = ({ geometry, properties: { priority, doubt } }) =>
  (5 - priority) * (doubt ?? (geometry ? 0 : 1));
