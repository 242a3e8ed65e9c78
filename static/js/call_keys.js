/** The keys of the console, as one table: what they do and what the help says. */

import { groupOf, showKind } from "./call_form.js";
import { $$ } from "./dom.js";
import { t, wordFor } from "./words.js";

/** @returns {object[]} the table for keys.js */
export function callKeys({ form, catalogue, desk, callDesk, help }) {
  const call = (run) => () => {
    desk.show("call");
    run();
  };
  const field = (code, cap, name, words) => ({
    code,
    shown: [cap],
    words: t(words),
    run: call(() => form.fields[name].focus()),
  });
  return [
    ...catalogue.classes.map(({ code, key, name }) => ({
      code: `Key${key.toUpperCase()}`,
      shown: [key.toUpperCase()],
      words: wordFor("class", name),
      run: call(() => form.pick("class", code)),
    })),
    field("KeyD", "D", "where", "key.where"),
    field("KeyK", "K", "what", "key.what"),
    field("KeyT", "T", "phone", "key.phone"),
    { code: "KeyJ", shown: ["J"], words: t("key.risk"), run: call(() => form.fields.risk.click()) },
    {
      code: "KeyA",
      shown: ["A"],
      words: t("key.kind"),
      run: call(() => showKind().querySelector("input").focus()),
    },
    { code: "KeyO", shown: ["O"], words: t("key.owner"), run: call(() => form.owner.focus()) },
    ...questionKeys(),
    { code: "KeyR", shown: ["R"], words: t("key.radius"), run: focusRadius },
    ...categoryKeys(form, catalogue, call),
    { code: "KeyM", shown: ["M"], words: t("key.join"), run: callDesk.joinFirst },
    {
      code: "Enter",
      ctrl: true,
      shown: ["Ctrl", "Enter"],
      words: t("key.save"),
      run: callDesk.save,
    },
    { code: "KeyB", alt: true, shown: ["Alt", "B"], words: t("key.next"), run: callDesk.next },
    { code: "KeyQ", shown: ["Q"], words: t("key.queue"), run: () => desk.focus("queue") },
    { code: "KeyL", shown: ["L"], words: t("key.unsure"), run: () => desk.focus("unsure") },
    { code: "KeyU", shown: ["U"], words: t("key.units"), run: focusUnits },
    { code: "Escape", shown: ["Esc"], words: t("key.leave"), run: () => desk.leave() },
    { key: "?", shown: ["?"], words: t("key.help"), run: help },
  ];
}

function categoryKeys(form, { categories }, call) {
  return ["darurat", "aduan"].flatMap((kind) =>
    categories
      .filter((category) => groupOf(category) === kind)
      .slice(0, 10)
      .map(({ code, name }, index) => {
        const digit = String((index + 1) % 10);
        return {
          code: `Digit${digit}`,
          shift: kind === "aduan",
          shown: kind === "aduan" ? ["Shift", digit] : [digit],
          words: name,
          run: call(() => form.pick("category", code)),
        };
      }),
  );
}

/** The bottom row of the keyboard, from the left: first, second, neither, not known; H takes back. */
const ANSWERS = [
  ["Z", '[data-option="first"]', "key.first"],
  ["X", '[data-option="second"]', "key.second"],
  ["C", '[data-option="neither"]', "key.neither"],
  ["V", '[data-option="unknown"]', "key.unknown"],
  ["H", "[data-undo]", "key.undo"],
];

function questionKeys() {
  return ANSWERS.map(([cap, button, words]) => ({
    code: `Key${cap}`,
    shown: [cap],
    words: t(words),
    run: () => shownOf(button)?.click(),
  }));
}

// The question that is in sight: of the open case, of the list, or of the call.
const shownOf = (selector) => $$(selector).find((one) => one.offsetParent !== null);
const focusRadius = () => shownOf(".radius input:checked")?.focus();
const focusUnits = () => document.querySelector("#units button.send-unit")?.focus();
