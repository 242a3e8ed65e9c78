/** The screen stays on while an order runs: a dark phone hears nothing. */

import { el, icon } from "../dom.js";
import { t } from "../words.js";

const WISH = "lapangan.layar"; // in localStorage: no more than yes

let lock = null;
let wanted = false;

/** Ask for it or give it back; browsers without it, and low batteries, refuse in silence. */
export function keepAwake(on) {
  if (on === wanted) return;
  wanted = on;
  if (on) ask();
  else lock?.release().catch(() => {});
}

/** Whether the crew wants it while it waits, too. */
export const wantsAwake = () => localStorage.getItem(WISH) === "ya";

/** The switch for that; onChange() after it was moved. */
export function awakeSwitch(onChange) {
  const input = el("input", {
    type: "checkbox",
    role: "switch",
    onchange: () => {
      if (input.checked) localStorage.setItem(WISH, "ya");
      else localStorage.removeItem(WISH);
      onChange();
    },
  });
  input.checked = wantsAwake();
  return el("label", { class: "switch" }, input, icon("sun"), el("span", {}, t("field.awake")));
}

async function ask() {
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
  if (!wanted) lock?.release().catch(() => {}); // the order was over before the answer
}

// The browser takes it back whenever the page is hidden.
document.addEventListener("visibilitychange", () => {
  if (wanted && document.visibilityState === "visible") ask();
});
