/** Lists of incidents that the live map asks for: what is in sight, in a village, in one sign. */

import { get, withQuery } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { problemWords } from "../problems.js";
import { incidentRow } from "../rows.js";
import { t } from "../words.js";
import { number } from "./numbers.js";

export const PAGE = 50;

/** Incidents of a filter and a place {bbox} or {village} or {cell} or {unpinned}. */
export const askList = (query, place, more = {}) =>
  get(withQuery("/api/incidents/list", { ...query, ...place, limit: PAGE, ...more }));

/**
 * A list in the element that can be filled anew; `note` says how many of how many.
 * onChoose(feature). `words` names the sentence for {shown, all}.
 */
export function openList(list, note, { onChoose }) {
  let asked = 0;
  let current = null;
  const known = new Map();

  function draw(features, total, { empty, words, more }) {
    const row = (feature) => incidentRow(feature, { onChoose, current: feature.id === current });
    fill(
      list,
      features.length ? features.map(row) : el("li", { class: "empty" }, empty),
      features.length < total && more ? el("li", { class: "more" }, moreButton(more)) : null,
    );
    const whole = features.length >= total;
    note.textContent = total
      ? t(whole ? `${words}_all` : words, { shown: number(features.length), all: number(total) })
      : "";
  }

  /** Ask and show; what is asked later wins. `told` has {words, empty}. */
  async function show(query, place, told) {
    const mine = ++asked;
    list.setAttribute("aria-busy", "true");
    const answer = await askList(query, place).catch((reason) => reason);
    if (mine !== asked) return null;
    list.removeAttribute("aria-busy");
    if (answer instanceof Error) {
      fill(list, el("li", {}, notice("bad", problemWords(answer))));
      note.textContent = "";
      return null;
    }
    for (const feature of answer.features) known.set(feature.id, feature);
    const shown = { ...told, more: () => append(query, place, answer, told) };
    draw(answer.features, answer.total, shown);
    return answer;
  }

  async function append(query, place, before, told) {
    const mine = asked;
    const after = before.features.at(-1).id;
    const next = await askList(query, place, { after }).catch((reason) => reason);
    if (mine !== asked) return;
    if (next instanceof Error) {
      list.lastElementChild.replaceChildren(notice("bad", problemWords(next)));
      return;
    }
    for (const feature of next.features) known.set(feature.id, feature);
    const features = [...before.features, ...next.features];
    const all = { total: Math.max(before.total, next.total), features };
    const more = () => append(query, place, all, told);
    draw(features, all.total, { ...told, more });
    list.querySelector(`[data-id="${next.features[0]?.id}"]`)?.focus();
  }

  return {
    show,
    known,
    mark(id) {
      current = id;
      for (const row of list.querySelectorAll("[data-id]")) {
        if (Number(row.dataset.id) === id) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
      }
    },
    /** Nothing is listed, for a reason. */
    say(words) {
      asked++;
      note.textContent = "";
      fill(list, el("li", { class: "empty" }, words));
    },
    focus: (id) => list.querySelector(`[data-id="${id}"]`)?.focus({ preventScroll: true }),
  };
}

function moreButton(more) {
  const button = el("button", { type: "button" }, icon("chevron-down"), t("list.more"));
  button.addEventListener("click", () => {
    button.disabled = true;
    more();
  });
  return button;
}
