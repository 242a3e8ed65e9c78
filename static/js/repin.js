/** Putting the pin of an incident that has none, or moving it. */

import { post } from "./api.js";
import { isVillage } from "./call_place.js";
import { el, fill, icon, notice } from "./dom.js";
import { placeBox } from "./place_box.js";
import { namePlace } from "./placing.js";
import { problemWords } from "./problems.js";
import { radiusChoice } from "./radius.js";
import { t } from "./words.js";

/**
 * The tool for one incident: a search box, the place in words, the button.
 * `pin` is the pin of the map, `ground` the map; onPinned(feature) when the server has taken it.
 * @returns {{element: HTMLElement, place: (point) => void}}
 */
export function repinTool(feature, { pin, ground, onPinned }) {
  let point = null;
  let radius_m = null;
  let spread_m = null; // of a chosen place that is more than a village's name
  const said_place = el("div", { class: "placement", "aria-live": "polite" });
  const radius = el("div");
  const problem = el("div", { role: "alert" });
  const input = el("input", {
    id: "repin-where",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "repin-places",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  input.value = feature.properties.place ?? "";
  const list = el("ul", {
    id: "repin-places",
    class: "places",
    role: "listbox",
    "aria-label": t("places.found"),
    hidden: true,
  });
  const button = el(
    "button",
    { type: "button", class: "main", disabled: true, onclick: save },
    icon("map-pin"),
    t("pin.set"),
  );

  placeBox(input, list, {
    onPlace: chosen,
    onMark: (marked) => marked && !marked.outside && ground?.showDoubt(marked),
  });

  function chosen(found) {
    if (found.outside)
      return fill(problem, notice("warn", t("repin.outside", { where: found.outside })));
    ground?.goToPlace(found);
    ground?.showDoubt(found);
    place(found);
    spread_m = isVillage(found) ? null : found.radius_m;
    button.focus();
  }

  function drawRadius() {
    fill(
      radius,
      radiusChoice(radius_m, (metres) => {
        radius_m = metres;
        spread_m = null; // what the operator says counts
        if (point) ground?.showDoubt({ point, radius_m });
      }),
    );
  }

  async function place({ lon, lat }) {
    spread_m = null;
    point = { lon, lat };
    pin?.set(point);
    button.disabled = false;
    fill(problem);
    if (!radius.hasChildNodes()) drawRadius();
    await namePlace(said_place, point);
  }

  async function save() {
    button.disabled = true;
    try {
      const answer = await post(`/api/incidents/${feature.id}/pin`, {
        ...point,
        radius_m: radius_m ?? spread_m,
        version: feature.properties.version,
      });
      onPinned(answer);
    } catch (reason) {
      button.disabled = false;
      fill(problem, notice("bad", problemWords(reason)));
    }
  }

  const element = el(
    "div",
    { class: "repin" },
    el("p", {}, t("pin.how")),
    el(
      "div",
      { class: "field where" },
      el("label", { for: "repin-where" }, t("where")),
      input,
      list,
    ),
    said_place,
    radius,
    problem,
    button,
  );
  return { element, place, focus: () => input.focus() };
}
