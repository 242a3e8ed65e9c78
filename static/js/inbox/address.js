/** What of the inbox is shown, as words of the address: a page that can be kept and sent on. */

export const KEYS = [
  "box",
  "q",
  "p",
  "kind",
  "category",
  "state",
  "agency",
  "village",
  "district",
  "late",
  "holder",
  "sort",
];

/** @returns {Record<string, string>} the known words of the address; nothing else is taken over */
export function readAddress(search = location.search) {
  const given = new URLSearchParams(search);
  return Object.fromEntries(KEYS.map((key) => [key, given.get(key) ?? ""]));
}

/** The words as a query, without what is empty. */
export function queryOf(words) {
  return String(
    new URLSearchParams(KEYS.filter((key) => words[key]).map((key) => [key, words[key]])),
  );
}

/** Write them without a new step in the history: the back button leaves the page. */
export function writeAddress(words) {
  const query = queryOf(words);
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
}
