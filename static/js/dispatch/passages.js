/** Ferries and the sea: open or closed, with why; a switch that asks first. */

import { get, post } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { timeElement } from "../format.js";
import { t } from "../words.js";
import { refusalWords } from "./acts.js";

/** onChanged() when a way was opened or closed: times to arrive are others then. */
export function openPassages({ sheet, bar, onChanged }) {
  let body = null;

  function toggle() {
    body = sheet.open("passages", t("passages.title"), {
      onClose: () => (body = null),
      narrow: true,
    });
    if (!body) return;
    fill(body, el("p", { class: "empty" }, t("loading")));
    read();
  }

  async function read() {
    try {
      const { passages } = await get("/api/passages");
      if (!body) return;
      if (!passages.length) fill(body, el("p", { class: "empty" }, t("passages.none")));
      else
        fill(
          body,
          el("p", { class: "quiet small" }, t("passages.how")),
          el("ul", { class: "passages" }, passages.map(item)),
        );
    } catch (reason) {
      if (body) fill(body, notice("warn", await refusalWords(reason)));
    }
  }

  function item(passage) {
    const { code, name, open, when, note, changed_at, by } = passage;
    const reason = el("input", {
      "aria-label": t("passages.note"),
      placeholder: t("passages.note"),
      maxlength: "200",
    });
    const question = el(
      "div",
      { class: "closing", hidden: true },
      el("b", {}, t(open ? "passages.ask_close" : "passages.ask_open", { name })),
      open ? reason : null,
      el(
        "button",
        { type: "button", class: "main", onclick: () => change(passage, reason.value) },
        t(open ? "passages.close" : "passages.open"),
      ),
    );
    return el(
      "li",
      { class: open ? "passage" : "passage shut", "data-code": code },
      icon(passage.kind === "laut" ? "waves" : "route"),
      el("b", {}, name),
      el(
        "span",
        { class: "state" },
        icon(open ? "check" : "x"),
        t(open ? "passages.is_open" : "passages.is_shut"),
      ),
      el(
        "span",
        { class: "quiet small" },
        [when, note].filter(Boolean).join(" · "),
        changed_at
          ? [" ", timeElement(changed_at), by ? ` ${t("sent.by", { name: by })}` : null].filter(
              Boolean,
            )
          : null,
      ),
      el(
        "button",
        {
          type: "button",
          "aria-expanded": "false",
          onclick(event) {
            question.hidden = !question.hidden;
            event.currentTarget.setAttribute("aria-expanded", String(!question.hidden));
            if (!question.hidden) question.querySelector("input, button").focus();
          },
        },
        t(open ? "passages.close" : "passages.open"),
      ),
      question,
    );
  }

  async function change({ code, name, open }, note) {
    try {
      await post(`/api/passages/${encodeURIComponent(code)}`, {
        open: !open,
        ...(note ? { note } : {}),
      });
      bar.say("good", t(open ? "passages.closed_now" : "passages.opened_now", { name }), {
        take: false,
      });
      onChanged();
    } catch (reason) {
      bar.say("warn", await refusalWords(reason), { take: false });
    }
    await read();
  }

  return { toggle };
}
