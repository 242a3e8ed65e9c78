/** The bar at the foot of the board: asks before something is done, and says what came of it. */

import { $, el, fill, icon } from "../dom.js";
import { t } from "../words.js";

const TOO_SOON_MS = 250; // the Enter that asked must not answer as well
const KEPT_MS = 20_000; // good news goes by itself

/** @returns {{propose, say, clear, open}} */
export function openBar() {
  const place = $("#bar");
  let before = null; // what had the focus
  let timer = null;

  function show(kind, ...children) {
    clearTimeout(timer);
    place.hidden = false;
    place.className = `bar ${kind}`;
    fill(place, ...children);
  }

  /** Ask; run() when it is answered with yes. `verb` stands on the button. */
  function propose({ words, detail = null, verb = t("units.send"), kind = "ask", run }) {
    if (!place.contains(document.activeElement)) before = document.activeElement;
    const asked = Date.now();
    const yes = el(
      "button",
      {
        type: "button",
        class: "main",
        onkeydown: (event) => event.repeat && event.preventDefault(),
        onclick(event) {
          if (event.detail === 0 && Date.now() - asked < TOO_SOON_MS) return;
          clear();
          run();
        },
      },
      icon("send"),
      verb,
      el("kbd", {}, "Enter"),
    );
    const no = el("button", { type: "button", onclick: clear }, t("bar.no"), el("kbd", {}, "Esc"));
    show(
      kind,
      el(
        "div",
        { class: "words", role: "alert" },
        el("b", {}, words),
        detail && el("span", { class: "quiet" }, ` ${detail}`),
      ),
      yes,
      no,
    );
    yes.focus();
  }

  /** Say what came of it: kind is good, warn or bad; `more` are buttons with a way on. */
  function say(kind, words, { more = [], take = true } = {}) {
    const line = el(
      "div",
      { class: "words", role: kind === "good" ? "status" : "alert", tabindex: "-1" },
      words,
    );
    const away = el(
      "button",
      { type: "button", class: "plain", "aria-label": t("bar.away"), onclick: clear },
      icon("x"),
    );
    show(kind, icon({ good: "check", ask: "send" }[kind] ?? "triangle-alert"), line, ...more, away);
    // Not on the next button: whoever presses Enter twice must not send two.
    if (take) line.focus();
    if (kind === "good")
      timer = setTimeout(() => !place.contains(document.activeElement) && clear(), KEPT_MS);
  }

  function clear() {
    const had = place.contains(document.activeElement);
    place.hidden = true;
    fill(place);
    if (had && before?.isConnected) before.focus({ preventScroll: true });
    before = null;
  }

  return { propose, say, clear, open: () => !place.hidden };
}
