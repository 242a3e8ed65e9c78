/** "Di mana?": words in, ranked places out, chosen with arrows and Enter. */

import { get, withQuery } from "./api.js";
import { el, fill } from "./dom.js";
import { distance, share } from "./format.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";

const PAUSE_MS = 140;
const SHORTEST = 2;

/** Make a combobox of an input and its list; onPlace(place) when one is chosen. */
export function placeBox(input, list, onPlace) {
  let places = [];
  let active = -1;
  let asked = 0;
  let timer = null;

  function open(shown) {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) mark(-1);
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((option, at) =>
      option.setAttribute("aria-selected", String(at === index)),
    );
    const option = list.children[index];
    if (option?.id) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  async function search() {
    const words = input.value.trim();
    const number = ++asked;
    if (words.length < SHORTEST) return open(false);
    try {
      const answer = await get(withQuery("/api/places", { q: words }));
      // Only the answer to the latest words counts.
      if (number !== asked || document.activeElement !== input) return;
      show(answer.places);
    } catch (reason) {
      if (number === asked) say(problemWords(reason));
    }
  }

  function show(found) {
    places = found;
    if (found.length === 0) return say(t("places.none"));
    fill(list, found.map(option));
    open(true);
    mark(0);
  }

  function say(words) {
    places = [];
    fill(list, el("li", { class: "quiet", role: "option", "aria-disabled": "true" }, words));
    open(true);
  }

  function option(place, index) {
    return el(
      "li",
      {
        id: `${list.id}-${index}`,
        role: "option",
        "aria-selected": "false",
        // Before the input loses the focus and closes the list.
        onmousedown: (event) => {
          event.preventDefault();
          choose(index);
        },
      },
      el("b", {}, place.label),
      el("span", { class: "score", title: t("places.score") }, share(place.score)),
      el(
        "span",
        { class: "quiet small" },
        [
          wordFor("place_kind", place.kind),
          place.context,
          place.spread_m ? `± ${distance(place.spread_m)}` : "",
        ]
          .filter(Boolean)
          .join(" · "),
      ),
    );
  }

  function choose(index) {
    const place = places[index];
    asked += 1;
    open(false);
    if (place) onPlace(place);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    const shown = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) search();
      else
        mark(
          (active + (event.key === "ArrowDown" ? 1 : -1) + places.length) % (places.length || 1),
        );
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (shown && active >= 0) choose(active);
      else search();
    } else if (event.key === "Escape" && shown) {
      event.stopPropagation();
      open(false);
    }
  });
}
