/** The keys of the inbox: the whole list is worked through without a mouse. */

import { $ } from "../dom.js";
import { bindKeys, listKeys } from "../keys.js";
import { t } from "../words.js";

/** `list` as in list.js; toggle(id) ticks a row; refresh() shows what has changed. */
export function bindInboxKeys({ list, toggle, refresh }) {
  const dialog = $("#keys-dialog");
  const table = [
    { key: "j", shown: ["J"], words: t("inbox.key.next"), run: () => list.step(1) },
    { key: "k", shown: ["K"], words: t("inbox.key.back"), run: () => list.step(-1) },
    { key: "o", shown: ["Enter", "O"], words: t("inbox.key.open"), run: open },
    { key: "x", shown: ["X"], words: t("inbox.key.select"), run: select },
    { key: "r", shown: ["R"], words: t("inbox.key.refresh"), run: refresh },
    { key: "/", shown: ["/"], words: t("inbox.key.filter"), run: () => $("#filter-q").focus() },
    { key: "?", shown: ["?"], words: t("key.help"), run: () => dialog.showModal() },
  ];
  bindKeys(table);
  listKeys($("#keys"), table);
  $("#show-keys").addEventListener("click", () => dialog.showModal());

  function open() {
    const id = list.current();
    if (id) location.assign(`/tiket/${id}`);
  }

  function select() {
    const id = list.current();
    if (id) toggle(id);
  }
}
