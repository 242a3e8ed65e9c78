/** Where the phone is, asked once, with how exact it is. */

const PATIENCE_MS = 20_000;
const COARSEST_M = 500; // half a village wide: no help to anybody

/**
 * @returns {Promise<{lon, lat, radius_m}>} or rejects with {why: "denied"|"none"|"coarse", metres?}
 */
export function whereAmI() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject({ why: "none" });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (coords.accuracy > COARSEST_M) reject({ why: "coarse", metres: coords.accuracy });
        else resolve({ lon: coords.longitude, lat: coords.latitude, radius_m: coords.accuracy });
      },
      ({ code }) => reject({ why: code === 1 ? "denied" : "none" }),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 5000 },
    );
  });
}
