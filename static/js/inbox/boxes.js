/** The boxes as tabs, each with how many lie in it. */

import { $$, el, fill } from "../dom.js";
import { t } from "../words.js";

/** onChoose(box) when another is taken. */
export function openBoxes(place, onChoose) {
  const tabs = $$("button[data-box]", place);
  for (const tab of tabs) tab.addEventListener("click", () => onChoose(tab.dataset.box));
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    onChoose(next.dataset.box);
  });
  return {
    choose(box) {
      for (const tab of tabs) {
        tab.setAttribute("aria-selected", String(tab.dataset.box === box));
        tab.tabIndex = tab.dataset.box === box ? 0 : -1;
      }
    },
    count(numbers) {
      for (const tab of tabs) {
        const n = numbers[tab.dataset.box];
        const badge = tab.querySelector(".count");
        badge.hidden = n === undefined || n === null;
        fill(badge, badge.hidden ? null : el("span", {}, t("inbox.n", { n })));
        badge.classList.toggle("late", tab.dataset.box === "terlambat" && n > 0);
      }
    },
  };
}

/** The numbers of the tabs, from what the server counted. */
export function boxCounts(counts) {
  if (!counts) return {};
  const { boxes = {}, late, waiting, mine } = counts;
  return { terlambat: late, menunggu: waiting, saya: mine, ...boxes };
}
