/** A sheet over the middle of the board: one at a time; the queue and the units stay in sight. */

import { $, el, fill, icon } from "../dom.js";
import { t } from "../words.js";

/** @returns {{open, close, isOpen, body}} */
export function openSheet() {
  const place = $("#sheet");
  let name = null;
  let opener = null;
  let onGone = () => {};

  /** Open under a name, or close it when it is open already; the body to fill, or null. */
  function open(wanted, title, { onClose = () => {}, narrow = false } = {}) {
    const was = name;
    close();
    if (was === wanted) return null;
    [name, opener, onGone] = [wanted, document.activeElement, onClose];
    const body = el("div", { class: "sheet-body", tabindex: "0" });
    place.className = narrow ? "sheet narrow" : "sheet";
    place.hidden = false;
    fill(
      place,
      el(
        "div",
        { class: "sheet-head" },
        el("h2", { tabindex: "-1" }, title),
        el(
          "button",
          { type: "button", class: "plain", onclick: close },
          icon("x"),
          el("span", { class: "only-heard" }, t("bar.away")),
          el("kbd", {}, "Esc"),
        ),
      ),
      body,
    );
    $("h2", place).focus();
    for (const button of document.querySelectorAll("[data-sheet]"))
      button.setAttribute("aria-expanded", String(button.dataset.sheet === name));
    return body;
  }

  function close() {
    if (!name) return false;
    name = null;
    place.hidden = true;
    fill(place);
    for (const button of document.querySelectorAll("[data-sheet]"))
      button.setAttribute("aria-expanded", "false");
    onGone();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    return true;
  }

  return { open, close, isOpen: (wanted) => name === wanted };
}
