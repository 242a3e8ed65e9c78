/** What one shift leaves to the next: written here, taken over by name. */

import { get, post } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { fullTime } from "../format.js";
import { problemWords } from "../problems.js";
import { dayClock } from "../ticket/times.js";
import { t, wordFor } from "../words.js";

const SHOWN = 5;

/** The dialog behind the button; the button says when something waits to be taken over. */
export function openHandover(button, dialog) {
  const list = el("ul", { class: "plain-list" });
  const words = el("textarea", { rows: 4, maxlength: 4000, id: "handover-text" });
  const said = el("div", { role: "alert" });
  const form = el(
    "form",
    { novalidate: true, onsubmit: send },
    el(
      "div",
      { class: "field" },
      el("label", { for: "handover-text" }, t("handover.write")),
      words,
    ),
    el("p", { class: "quiet small" }, t("handover.figures")),
    said,
    el("div", { class: "feet" }, el("button", { class: "main" }, icon("send"), t("handover.send"))),
  );
  fill($(".body", dialog), list, form);
  button.addEventListener("click", () => {
    dialog.showModal();
    read();
  });
  read();

  async function read() {
    try {
      const { handovers = [] } = await get("/api/handovers");
      const waiting = handovers.filter(({ taken_at: taken }) => !taken).length;
      button.classList.toggle("waiting", waiting > 0);
      $(".count", button).hidden = !waiting;
      $(".count", button).textContent = String(waiting);
      const shown = handovers.slice(0, SHOWN);
      fill(list, shown.length ? shown.map(item) : el("li", { class: "quiet" }, t("handover.none")));
    } catch (reason) {
      fill(list, el("li", { class: "quiet" }, problemWords(reason)));
    }
  }

  function item(one) {
    return el(
      "li",
      { class: one.taken_at ? "" : "t-untaken" },
      el(
        "p",
        { class: "small" },
        el("b", {}, one.by),
        el(
          "time",
          { class: "quiet", datetime: one.at, title: fullTime(one.at) },
          ` · ${dayClock(one.at)}`,
        ),
      ),
      el("p", { class: "words" }, one.text),
      figures(one.figures),
      one.taken_at
        ? el(
            "p",
            { class: "quiet small" },
            t("handover.taken", { by: one.taken_by, time: dayClock(one.taken_at) }),
          )
        : el(
            "button",
            { type: "button", onclick: () => take(one.id) },
            icon("check"),
            t("handover.take"),
          ),
    );
  }

  async function take(id) {
    await tried(() => post(`/api/handovers/${id}/take`));
  }

  async function send(event) {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return words.focus();
    return tried(async () => {
      await post("/api/handovers", { text });
      words.value = "";
    });
  }

  async function tried(act) {
    try {
      await act();
      fill(said);
      await read();
    } catch (reason) {
      fill(said, notice("bad", problemWords(reason)));
    }
  }
}

function figures(numbers) {
  const known = Object.entries(numbers ?? {}).filter(([, n]) => typeof n === "number");
  if (!known.length) return null;
  const words = known.map(([name, n]) => `${wordFor("handover_figure", name)} ${n}`);
  return el("p", { class: "quiet small" }, words.join(" · "));
}
