/** "Di mana?": words in, ranked places out with their chances and reasons, chosen by keyboard. */

import { get, withQuery } from "./api.js";
import { bar } from "./belief.js";
import { el, fill, icon } from "./dom.js";
import { distance, percent } from "./format.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";

const PAUSE_MS = 140;
const SHORTEST = 2;
export const LONGEST = 300; // letters that the server reads; more of a story is no place
const MOST = 8;
const SURE = 0.5;

/**
 * Make a combobox of an input and its list. A place is a candidate of /api/places with the words
 * that found it, or {outside: "Kabupaten ..."}.
 *
 * onPlace(place) when one is chosen, onMark(place | null) when one is highlighted,
 * onFound({places, question}) with each answer, onClosed() when none was chosen; `online` names
 * an outside geocoder, which is asked only when its row is chosen
 */
export function placeBox(input, list, { onPlace, onMark, onFound, onClosed, online = null }) {
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
    const changed = active !== index;
    active = index;
    [...list.children].forEach((option, at) =>
      option.setAttribute("aria-selected", String(at === index)),
    );
    const option = list.children[index];
    if (option?.id) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
    const marked = places[index];
    if (changed || index >= 0) onMark?.(marked && !marked.online ? marked : null);
  }

  /** Look the words up; the list opens when the field still has the focus. */
  async function search() {
    clearTimeout(timer);
    const words = input.value.trim();
    const number = ++asked;
    if (words.length < SHORTEST) return leave();
    if (words.length > LONGEST) return say(t("places.too_long", { n: LONGEST }));
    try {
      const answer = await get(withQuery("/api/places", { q: words, limit: MOST }));
      // Only the answer to the latest words counts.
      if (number !== asked || document.activeElement !== input) return;
      show(answer, words);
    } catch (reason) {
      if (number === asked && document.activeElement === input) say(problemWords(reason));
    }
  }

  function show({ candidates, outside, question }, words) {
    // A point outside can be pinned: that tells more than the name of what lies around it.
    const sure = candidates.some(({ p }) => p >= SURE);
    const away = outside && !sure ? [{ outside, words }] : [];
    places = [
      ...away,
      ...candidates.slice(0, MOST - away.length).map((one) => ({ ...one, words })),
    ];
    onFound?.({ places, question });
    if (online && !sure && !away.length) places.push({ online, words });
    if (places.length === 0) return say(t("places.none"));
    fill(list, places.map(option));
    open(true);
    mark(0);
  }

  /** The outside geocoder sees these words; hence by hand only. */
  async function askOutside({ words }) {
    const number = ++asked;
    say(t("places.asking", { name: online }));
    try {
      const { candidates, told, attribution } = await get(
        withQuery("/api/places/online", { q: words }),
      );
      if (number !== asked || document.activeElement !== input) return;
      if (told !== "terjawab") return say(t("places.online_silent", { name: online }));
      if (!candidates.length) return say(t("places.none"));
      places = candidates.slice(0, MOST).map((one) => ({ ...one, words, why: attribution }));
      fill(list, places.map(option));
      open(true);
      mark(0);
    } catch (reason) {
      if (number === asked) say(problemWords(reason));
    }
  }

  function say(words) {
    places = [];
    mark(-1);
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
        class: place.outside ? "elsewhere" : null,
        onmousemove: () => active !== index && mark(index),
        // Before the input loses the focus and closes the list.
        onmousedown: (event) => {
          event.preventDefault();
          choose(index);
        },
      },
      partsOf(place),
    );
  }

  function choose(index) {
    const place = places[index];
    if (place?.online) return askOutside(place);
    asked += 1;
    clearTimeout(timer);
    open(false);
    if (place) onPlace(place);
  }

  /** Close without a choice: what the words alone say is what counts. */
  function leave() {
    asked += 1;
    clearTimeout(timer);
    const was = !list.hidden;
    open(false);
    if (was) onClosed?.();
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (event) => {
    const shown = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (!shown) search();
      else if (places.length) mark((active + step + places.length) % places.length);
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (shown && active >= 0) choose(active);
      else search();
    } else if (event.key === "Escape" && shown) {
      event.stopPropagation();
      leave();
    }
  });
  return { search, leave };
}

function partsOf(place) {
  if (place.outside) return awayParts(place);
  return place.online ? onlineParts(place) : placeParts(place);
}

function onlineParts({ online }) {
  return [
    el("b", {}, icon("search"), ` ${t("places.ask_online", { name: online })}`),
    el("span", { class: "quiet why" }, t("places.ask_online_how")),
  ];
}

function placeParts({ label, kind, context, radius_m, p, why }) {
  const facts = [wordFor("place_kind", kind), context, radius_m ? `± ${distance(radius_m)}` : ""];
  return [
    el("b", { dir: "auto" }, label),
    el("span", { class: "chance" }, bar(p), el("span", {}, percent(p))),
    el("span", { class: "small facts-line" }, facts.filter(Boolean).join(" · ")),
    why ? el("span", { class: "quiet why" }, why) : null,
  ];
}

function awayParts({ outside }) {
  return [
    el("b", {}, icon("log-out"), ` ${t("places.outside", { where: outside })}`),
    el("span", { class: "quiet why" }, t("places.outside_how")),
  ];
}
