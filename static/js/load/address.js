/** The address of the live map: #zoom/lat/lon?m=late&p=1,2&v=CODE, a page to come back to. */

const VIEW_DECIMALS = 4;

/** @returns {{view: {zoom, lat, lon} | null, query: object}} */
export function readAddress() {
  const [place, query = ""] = location.hash.slice(1).split("?");
  const numbers = place.split("/").map(Number);
  const [zoom, lat, lon] = numbers;
  const known = numbers.length === 3 && numbers.every(Number.isFinite) && Math.abs(lat) <= 90;
  return {
    view: known ? { zoom, lat, lon } : null,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** Where the map is: the address follows it without a step for the back button. */
export function writeView(view) {
  write({ ...readAddress(), view }, false);
}

/** Words of the query anew, the others stay; empty ones go. Each is a step for the back button. */
export function writeQuery(words) {
  const now = readAddress();
  write({ view: now.view, query: { ...now.query, ...words } }, true);
}

function write({ view, query }, step) {
  const given = Object.entries(query).filter(([, value]) => value);
  const asked = given.length
    ? `?${new URLSearchParams(given).toString().replaceAll("%2C", ",")}`
    : "";
  const place = view
    ? `${view.zoom.toFixed(2)}/${view.lat.toFixed(VIEW_DECIMALS)}/${view.lon.toFixed(VIEW_DECIMALS)}`
    : "";
  const hash = place || asked ? `#${place}${asked}` : "";
  if (hash === location.hash) return;
  if (step) history.pushState(null, "", hash || location.pathname);
  else history.replaceState(null, "", hash || location.pathname);
}
