/** Whether the legend lies open: on a wide screen it does, on a phone it would hide the map. */

const KEY = "tanggap.legend";
const small = matchMedia("(max-width: 720px)");

/** Open or closed as it was left on a screen of this size; what is chosen is kept. */
export function keepLegend(legend) {
  const place = () => (legend.open = kept(small.matches) ?? !small.matches);
  legend
    .querySelector("summary")
    .addEventListener("click", () => keep(small.matches, !legend.open));
  small.addEventListener("change", place);
  place();
}

const keyOf = (narrow) => `${KEY}.${narrow ? "small" : "wide"}`;

// A browser may keep nothing for us: then it starts as usual.
function kept(narrow) {
  try {
    const word = localStorage.getItem(keyOf(narrow));
    return word === null ? null : word === "open";
  } catch {
    return null;
  }
}

function keep(narrow, open) {
  try {
    localStorage.setItem(keyOf(narrow), open ? "open" : "closed");
  } catch {
    // As above.
  }
}
