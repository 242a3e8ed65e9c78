/** The screen stays on while an order runs: a dark phone hears nothing. */

let lock = null;
let wanted = false;

/** Ask for it or give it back; browsers without it, and low batteries, refuse in silence. */
export function keepAwake(on) {
  if (on === wanted) return;
  wanted = on;
  if (on) ask();
  else lock?.release().catch(() => {});
}

async function ask() {
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
}

// The browser takes it back whenever the page is hidden.
document.addEventListener("visibilitychange", () => {
  if (wanted && document.visibilityState === "visible") ask();
});
