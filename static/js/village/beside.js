/** What the page shows beside the open cases: read once, and anew when something changed. */

import { get } from "../api.js";
import { $, el, fill } from "../dom.js";
import { t } from "../words.js";

const PAUSE_MS = 1500; // changes that come together are asked about once

/** onChange(facts) with the answer of GET /api/village; marksOf and partOf look into it. */
export function openBeside({ onChange }) {
  let due = null;
  let asked = 0;
  const beside = { facts: null, read, soon, marksOf, partOf };

  async function read() {
    clearTimeout(due);
    due = null;
    const number = ++asked;
    try {
      const facts = await get("/api/village");
      if (number !== asked) return; // a later answer is on its way
      beside.facts = facts;
      fill($("#beside-problem"));
      onChange(facts);
    } catch {
      if (!beside.facts)
        fill($("#beside-problem"), el("p", { class: "quiet" }, t("village.beside_unread")));
    }
  }

  function soon() {
    due ??= setTimeout(read, beside.facts ? PAUSE_MS : 0);
  }

  /** What was said of a case in the own name, the newest last. */
  function marksOf(id) {
    return beside.facts?.marks[id] ?? [];
  }

  /** Where a case lies, as "RT 003/RW 001 Gegunung"; "" where nobody knows. */
  function partOf(id) {
    const part = beside.facts?.lies_in[id];
    return part ? partWords(part) : "";
  }

  return beside;
}

/** "RT 003/RW 001 Gegunung" */
export function partWords({ dusun, rw, rt }) {
  const numbers = [rt && `${t("village.part_rt")} ${rt}`, rw && `${t("village.part_rw")} ${rw}`];
  return [numbers.filter(Boolean).join("/"), dusun].filter(Boolean).join(" ");
}
