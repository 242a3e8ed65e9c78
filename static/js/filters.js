/** What is shown: priorities, kind, category, units; kept in the address bar after the view. */

import { $, $$, el } from "./dom.js";
import { categoryName } from "./incident_words.js";

/** @returns {{passes: (feature) => boolean, units: () => boolean, offer: (features) => void}} */
export function readFilters(form, onChange) {
  const priorities = () =>
    $$('button[name="priority"][aria-pressed="true"]', form).map((button) => Number(button.value));
  const chosen = () => ({
    p: priorities().join(","),
    k: $("#filter-kind", form).value,
    c: $("#filter-category", form).value,
    u: $('[name="units"]', form)?.checked === false ? "0" : "",
  });

  function changed() {
    const now = chosen();
    $("#filter-reset", form).hidden = !Object.values(now).some(Boolean);
    writeAddress({ query: now });
    onChange();
  }

  for (const button of $$('button[name="priority"]', form))
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      changed();
    });
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    for (const button of $$('button[name="priority"]', form))
      button.setAttribute("aria-pressed", "false");
    setTimeout(changed);
  });
  restore(form, readAddress().query);
  $("#filter-reset", form).hidden = !Object.values(chosen()).some(Boolean);

  return {
    passes({ properties }) {
      const { k, c } = chosen();
      const wanted = priorities();
      return (
        (wanted.length === 0 || wanted.includes(properties.priority)) &&
        (!k || properties.category_kind === k) &&
        (!c || properties.category === c)
      );
    },
    units: () => chosen().u !== "0",
    /** Offer the categories that are there, beside the chosen one. */
    offer(features) {
      const names = new Map(
        features.map(({ properties }) => [properties.category, categoryName(properties)]),
      );
      const select = $("#filter-category", form);
      for (const [code, name] of [...names].sort((a, b) => a[1].localeCompare(b[1])))
        if (![...select.options].some((option) => option.value === code))
          select.append(el("option", { value: code }, name));
        else [...select.options].find((option) => option.value === code).textContent = name;
    },
  };
}

function restore(form, query) {
  for (const value of (query.p ?? "").split(",").filter(Boolean))
    $(`button[name="priority"][value="${CSS.escape(value)}"]`, form)?.setAttribute(
      "aria-pressed",
      "true",
    );
  $("#filter-kind", form).value = query.k ?? "";
  if (query.c) {
    const select = $("#filter-category", form);
    select.append(el("option", { value: query.c }, query.c));
    select.value = query.c;
  }
  const units = $('[name="units"]', form);
  if (units && query.u === "0") units.checked = false;
}

/** The address bar: #zoom/lat/lon?p=1,2&k=darurat. @returns {{view: object | null, query: object}} */
export function readAddress() {
  const [place, query = ""] = location.hash.slice(1).split("?");
  const [zoom, lat, lon] = place.split("/").map(Number);
  const known = [zoom, lat, lon].every(Number.isFinite) && place.split("/").length === 3;
  return {
    view: known ? { zoom, lat, lon } : null,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** Write the view, the filters, or both, without a new step in the history. */
export function writeAddress({ view, query }) {
  const now = readAddress();
  const shown = view ?? now.view;
  const place = shown
    ? `${shown.zoom.toFixed(2)}/${shown.lat.toFixed(4)}/${shown.lon.toFixed(4)}`
    : "";
  const given = Object.entries(query ?? now.query).filter(([, value]) => value);
  const words = given.length ? `?${new URLSearchParams(given)}` : "";
  history.replaceState(null, "", place || words ? `#${place}${words}` : location.pathname);
}
