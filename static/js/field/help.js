/** Asking for help: five kinds, and a second tap or a long one, so that no pocket calls it. */

import { el, fill, icon, notice } from "../dom.js";
import { clock } from "../format.js";
import { t } from "../words.js";

// Whoever is threatened has no time to read on.
const KINDS = {
  petugas_terancam: "shield-alert",
  medis: "cross",
  damkar: "flame",
  polisi: "shield",
  unit_tambahan: "users",
};
const HOLD_MS = 1000;
const ARMED_MS = 5000;

/** The button that opens the choice; onHelp(kind) is called once for a confirmed choice. */
export function helpButton(dialog, onHelp) {
  const close = () => dialog.close();
  const choose = (kind) => {
    close();
    onHelp(kind);
  };
  fill(
    dialog,
    el("h2", {}, t("field.help.title")),
    el("p", { class: "quiet" }, t("field.help.how")),
    Object.entries(KINDS).map(([kind, picture]) => kindButton(kind, picture, choose)),
    el("button", { type: "button", class: "second", onclick: close }, icon("x"), t("field.close")),
  );
  const open = () => {
    for (const armed of dialog.querySelectorAll(".armed")) armed.classList.remove("armed");
    dialog.showModal();
  };
  return el(
    "button",
    { type: "button", class: "help", onclick: open },
    icon("triangle-alert"),
    el("span", {}, t("field.help.open")),
  );
}

function kindButton(kind, picture, choose) {
  const words = el("span", {}, t(`help.${kind}`));
  const button = el(
    "button",
    { type: "button", class: `kind ${kind}`, onclick: tap, onpointerdown: press },
    icon(picture),
    words,
  );
  let hold = null;
  let calm = null;
  let sent = false;
  let pressedAt = Infinity;

  function press({ timeStamp }) {
    sent = false;
    pressedAt = timeStamp;
    hold = setTimeout(() => {
      sent = true;
      relax();
      navigator.vibrate?.(80);
      choose(kind);
    }, HOLD_MS);
  }

  function tap({ timeStamp }) {
    clearTimeout(hold);
    if (sent) return;
    // On a busy phone the finger may be told of before the timer that it outlasted.
    const held = timeStamp - pressedAt >= HOLD_MS;
    pressedAt = Infinity;
    if (!held && !button.classList.contains("armed")) return arm();
    relax();
    choose(kind);
  }

  function arm() {
    for (const other of button.parentElement.querySelectorAll(".armed"))
      other.dispatchEvent(new Event("relax"));
    button.classList.add("armed");
    words.textContent = t("field.help.again", { kind: t(`help.${kind}`) });
    calm = setTimeout(relax, ARMED_MS);
  }

  function relax() {
    clearTimeout(hold);
    clearTimeout(calm);
    button.classList.remove("armed");
    words.textContent = t(`help.${kind}`);
  }

  for (const end of ["pointerup", "pointerleave", "pointercancel"])
    button.addEventListener(end, () => clearTimeout(hold));
  button.addEventListener("relax", relax);
  return button;
}

/** What became of the call: on its way, with the room, seen. */
export function showHelp(place, task, waiting) {
  const queued = waiting.findLast((item) => item.kind === "help");
  place.hidden = !queued && !task?.help_at;
  if (place.hidden) return;
  if (queued) {
    const values = { kind: t(`help.${queued.state}`), time: clock(queued.at) };
    return fill(place, notice("bad", t("field.help.unsent", values)));
  }
  const { help_at, help_kind, help_seen_at } = task;
  const values = {
    kind: t(`help.${help_kind}`),
    time: clock(help_at),
    seen: clock(help_seen_at ?? help_at),
  };
  fill(
    place,
    help_seen_at
      ? notice("good", t("field.help.seen", values))
      : notice("warn", t("field.help.unseen", values)),
  );
}
