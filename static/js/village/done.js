/** What was closed lately, how it ended, and its pictures, which are read only when asked for. */

import { el, fill, icon, notice } from "../dom.js";
import { span, timeElement } from "../format.js";
import { categoryName } from "../incident_words.js";
import { t, wordFor } from "../words.js";

const FIRST = 5;
let shown = FIRST;

/** The cases in the place, the last one first. */
export function showDone(place, closed) {
  if (closed.length === 0) return fill(place, el("li", { class: "empty" }, t("village.done_none")));
  const known = new Map(
    [...place.querySelectorAll("li[data-id]")].map((li) => [li.dataset.id, li]),
  );
  const items = closed.slice(0, shown).map((one) => known.get(String(one.id)) ?? item(one));
  const left = closed.length - items.length;
  const more = el(
    "button",
    {
      type: "button",
      onclick() {
        shown = closed.length;
        showDone(place, closed);
        place.querySelectorAll("h3")[FIRST]?.focus();
      },
    },
    icon("chevron-down"),
    t("village.done_more", { n: left }),
  );
  fill(place, items, left > 0 ? el("li", { class: "more" }, more) : null);
}

function item(one) {
  const seconds = (Date.parse(one.closed_at) - Date.parse(one.opened_at)) / 1000;
  const [before, after] = t("village.done_line", {
    outcome: one.outcome ? wordFor("outcome", one.outcome) : t("village.done_plain"),
    ago: "\0",
    span: span(seconds),
  }).split("\0");
  return el(
    "li",
    { class: "card-item", "data-id": one.id },
    el("h3", { tabindex: "-1" }, icon("check"), ` ${categoryName(one)}`),
    el("p", { class: "quiet" }, before, timeElement(one.closed_at), after ?? ""),
    one.photos.length ? photosOf(one) : null,
  );
}

/** A button; a picture may weigh a megabyte, and data costs money. */
function photosOf({ photos, ...one }) {
  const place = el("div", { class: "photos" });
  const button = el(
    "button",
    {
      type: "button",
      onclick: () =>
        fill(
          place,
          photos.map((id, nth) =>
            photo(id, t("village.photo", { what: categoryName(one), n: nth + 1 })),
          ),
        ),
    },
    icon("camera"),
    t("village.photos", { n: photos.length }),
  );
  fill(place, button);
  return place;
}

function photo(id, words) {
  const image = el("img", { src: `/api/photos/${id}`, alt: words, decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(notice("warn", t("village.photo_gone"))));
  return image;
}
