/** Filters that somebody keeps under a name: one click brings them back. */

import { del, get, post } from "../api.js";
import { $, el, fill, icon } from "../dom.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

/** `query()`: the words of the address now; onChoose(query) when a kept one is taken. */
export function openStored(place, { query, onChoose }) {
  const list = el("ul", { class: "t-stored" });
  const name = el("input", { maxlength: 60, id: "stored-name" });
  const said = el("span", { role: "status", class: "small" });
  const form = el(
    "form",
    { class: "t-row-form", novalidate: true, onsubmit: keep },
    el("div", { class: "field" }, el("label", { for: "stored-name" }, t("stored.name")), name),
    el("button", {}, icon("save"), t("keep")),
    said,
  );
  fill($("div", place), list, form);
  read();

  async function read() {
    try {
      const { filters = [] } = await get("/api/stored-filters");
      fill(
        list,
        filters.length ? filters.map(item) : el("li", { class: "quiet" }, t("stored.none")),
      );
    } catch (reason) {
      fill(list, el("li", { class: "quiet" }, problemWords(reason)));
    }
  }

  function item({ id, name: kept, query: words }) {
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: "plain",
          onclick() {
            place.open = false;
            onChoose(words);
          },
        },
        kept,
      ),
      el(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": t("stored.drop", { name: kept }),
          onclick: () => drop(id),
        },
        icon("trash-2"),
      ),
    );
  }

  async function keep(event) {
    event.preventDefault();
    if (!name.value.trim()) return name.focus();
    return tried(
      () => post("/api/stored-filters", { name: name.value.trim(), query: query() }),
      () => {
        name.value = "";
      },
    );
  }

  const drop = (id) => tried(() => del(`/api/stored-filters/${id}`));

  async function tried(act, then = () => {}) {
    try {
      await act();
      then();
      fill(said);
      await read();
    } catch (reason) {
      fill(said, problemWords(reason));
    }
  }
}
