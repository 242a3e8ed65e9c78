/** Whose the thing is: asked only where that decides who answers, and never needed. */

import { $, el, fill } from "./dom.js";
import { t } from "./words.js";

/** @param {object[]} categories of the catalogue, each with the owners that can be meant */
export function openOwner(field, categories) {
  const select = $("select", field);
  const owners = new Map(categories.map(({ code, owners: known }) => [code, known ?? []]));

  /** The owners of that category; what was chosen stays where it is among them. */
  function show(category) {
    const known = owners.get(category) ?? [];
    const chosen = select.value;
    fill(
      select,
      el("option", { value: "" }, t("owner.unknown")),
      known.map(({ code, name }) => el("option", { value: code }, name)),
    );
    select.value = known.some(({ code }) => code === chosen) ? chosen : "";
    field.hidden = known.length === 0;
  }

  return {
    show,
    value: () => select.value || null,
    put(category, owner) {
      show(category);
      select.value = owner ?? "";
    },
    focus: () => field.hidden || select.focus(),
  };
}
