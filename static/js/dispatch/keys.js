/** The keys of the board, as one table: what they do and what the help says. */

import { t } from "../words.js";

/** @returns {object[]} the table for keys.js; those without `shown` are not in the help */
export function dispatchKeys(parts) {
  const {
    command,
    queue,
    fleet,
    caseView,
    alarms,
    takeUp,
    surge,
    cover,
    passages,
    sound,
    help,
    leave,
  } = parts;
  const letter = (cap, words, run) => ({ code: `Key${cap}`, shown: [cap], words: t(words), run });
  return [
    { key: "/", shown: ["/", "0–9"], words: t("key.command"), run: () => command.open() },
    ...Array.from({ length: 10 }, (_digit, n) => ({
      key: String(n),
      run: () => command.open(String(n)),
    })),
    letter("G", "key.alarm", () => takeUp(alarms.first())),
    letter("Q", "key.queue", queue.focus),
    letter("I", "key.case", caseView.focusHead),
    letter("K", "key.choices", caseView.focus),
    letter("B", "key.merge", caseView.focusSame),
    letter("U", "key.fleet", fleet.focus),
    letter("F", "key.find", fleet.find),
    letter("S", "key.surge", surge.toggle),
    letter("J", "key.cover", cover.toggle),
    letter("P", "key.passages", passages.toggle),
    letter("M", "key.sound", sound.toggle),
    { shown: ["↑", "↓"], words: t("key.walk"), run: () => {} },
    { code: "Escape", shown: ["Esc"], words: t("key.back"), run: leave },
    { key: "?", shown: ["?"], words: t("key.help"), run: help },
  ];
}
