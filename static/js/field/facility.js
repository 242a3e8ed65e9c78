/** To which hospital or clinic: the nearest first, with the way; it may stay open. */

import { get, Problem, Unreachable, withQuery } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { distance, span } from "../format.js";
import { t } from "../words.js";

/** @param {HTMLDialogElement} dialog */
export function openFacilities(dialog) {
  let known = []; // of this page's life only: what was read before a dead spot serves in it

  /** Read them before they are needed. */
  async function read(point) {
    try {
      const { facilities } = await get(withQuery("/api/facilities", point ?? {}));
      known = facilities ?? known; // an answer that broke off brings none
    } catch (reason) {
      if (!(reason instanceof Unreachable) && !(reason instanceof Problem)) throw reason;
    }
  }

  /** @returns {Promise<{id, name} | null | undefined>} null: none chosen; undefined: put off */
  async function choose(title, point) {
    if (!known.length) await read(point);
    return new Promise((resolve) => {
      let chosen;
      const take = (facility) => {
        chosen = facility;
        dialog.close();
      };
      fill(
        dialog,
        el("h2", {}, title),
        known.length
          ? null
          : el("p", { class: "notice warn" }, icon("wifi-off"), t("field.facility.none")),
        el(
          "div",
          { class: "facilities" },
          known.map((facility) => row(facility, take)),
        ),
        el(
          "button",
          { type: "button", class: "second", onclick: () => take(null) },
          t("field.facility.skip"),
        ),
        el(
          "button",
          { type: "button", class: "plain", onclick: () => take(undefined) },
          icon("x"),
          t("field.close"),
        ),
      );
      dialog.addEventListener("close", () => resolve(chosen), { once: true });
      dialog.showModal();
    });
  }
  return { read, choose, nameOf: (id) => known.find((one) => one.id === id)?.name ?? null };
}

function row(facility, take) {
  const { name, distance_m, travel_s } = facility;
  const far = [distance(distance_m), travel_s && span(travel_s)].filter(Boolean).join(" · ");
  return el(
    "button",
    { type: "button", onclick: () => take(facility) },
    icon("hospital"),
    el("span", {}, el("b", {}, name), el("small", {}, far)),
  );
}
