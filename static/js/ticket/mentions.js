/** @names in a note: after an @ the colleagues that fit are offered; arrows and Enter take one. */

import { get } from "../api.js";
import { el, fill } from "../dom.js";
import { t } from "../words.js";

const MOST = 6;
const BEGUN = /(?:^|\s)@([\p{L} .'-]{0,40})$/u;

/** @returns {{list: HTMLElement, mentioned: () => number[]}} `list` goes below the textarea */
export function offerColleagues(textarea, ticketId) {
  const list = el("ul", {
    class: "t-offer",
    role: "listbox",
    id: `${textarea.id}-offer`,
    hidden: true,
  });
  list.setAttribute("aria-label", t("note.colleagues"));
  Object.assign(textarea, { autocomplete: "off" });
  textarea.setAttribute("aria-controls", list.id);
  textarea.setAttribute("aria-haspopup", "listbox");
  let people = null;
  let at = 0;
  let offered = [];

  async function known() {
    people ??= get(`/api/tickets/${ticketId()}/colleagues`).then(
      (answer) => answer.people,
      () => [],
    );
    return people;
  }

  async function show() {
    const begun = BEGUN.exec(textarea.value.slice(0, textarea.selectionStart));
    if (!begun) return hide();
    const words = begun[1].toLowerCase();
    const all = await known();
    offered = all.filter(({ name }) => name.toLowerCase().includes(words)).slice(0, MOST);
    // A name that is written out needs no offer.
    if (!offered.length || offered.some(({ name }) => words.startsWith(name.toLowerCase())))
      return hide();
    at = 0;
    return draw();
  }

  function draw() {
    list.hidden = false;
    fill(
      list,
      offered.map((one, index) =>
        el(
          "li",
          {
            role: "option",
            id: `${list.id}-${index}`,
            "aria-selected": String(index === at),
            onmousedown: (event) => {
              event.preventDefault();
              take(one);
            },
          },
          el("b", {}, one.name),
          one.agency
            ? el("span", { class: "quiet" }, ` · ${one.agency.short ?? one.agency}`)
            : null,
        ),
      ),
    );
    textarea.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  }

  function hide() {
    list.hidden = true;
    textarea.removeAttribute("aria-activedescendant");
  }

  function take({ name }) {
    const cut = textarea.selectionStart;
    const before = textarea.value.slice(0, cut).replace(/@[^@]*$/, `@${name} `);
    textarea.setRangeText(before, 0, cut, "end");
    hide();
    textarea.focus();
  }

  textarea.addEventListener("input", show);
  textarea.addEventListener("blur", hide);
  textarea.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) at = (at + step + offered.length) % offered.length;
    else if (event.key === "Enter" || event.key === "Tab") take(offered[at]);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (step) draw();
  });

  async function mentioned() {
    if (!textarea.value.includes("@")) return [];
    const words = textarea.value.toLowerCase();
    return (await known())
      .filter(({ name }) => words.includes(`@${name.toLowerCase()}`))
      .map(({ id }) => id);
  }
  return { list, mentioned };
}
