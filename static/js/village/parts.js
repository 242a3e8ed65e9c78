/** Open cases by dusun, RW and RT: a table whose bars say the same as its figures. */

import { el, fill } from "../dom.js";
import { t } from "../words.js";
import { partWords } from "./beside.js";

/** The table in the place; parts without open cases are counted in one line. */
export function showParts(place, { parts, unknown_part }) {
  if (parts.length === 0) return fill(place, el("p", { class: "quiet" }, t("village.no_register")));
  const with_some = parts.filter(({ open }) => open > 0);
  const rest = parts.length - with_some.length;
  if (with_some.length === 0 && unknown_part === 0)
    return fill(place, el("p", { class: "quiet" }, t("village.parts_none", { n: rest })));
  fill(
    place,
    tableOf(with_some, unknown_part),
    rest ? el("p", { class: "quiet small" }, t("village.parts_rest", { n: rest })) : null,
  );
}

function tableOf(parts, unknown) {
  const most = Math.max(unknown, ...parts.map(({ open }) => open));
  return el(
    "table",
    { class: "parts" },
    el("caption", { class: "only-heard" }, t("village.parts_caption")),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, t("village.part")),
        el("th", { scope: "col", class: "figure" }, t("village.part_open")),
        el("td", {}),
      ),
    ),
    groupsOf(parts).map((group) => bodyOf(group, most)),
    unknown ? el("tbody", {}, rowOf(t("village.part_unknown"), unknown, most, "quiet")) : null,
  );
}

/** By dusun; one nameless group where the village has none. */
function groupsOf(parts) {
  const groups = new Map();
  for (const part of parts) groups.set(part.dusun, [...(groups.get(part.dusun) ?? []), part]);
  return [...groups].map(([dusun, inside]) => ({ dusun, inside }));
}

function bodyOf({ dusun, inside }, most) {
  const sum = inside.reduce((total, { open }) => total + open, 0);
  const head = dusun
    ? el(
        "tr",
        { class: "group" },
        el("th", { scope: "rowgroup" }, dusun),
        el("td", { class: "figure" }, String(sum)),
        el("td", {}),
      )
    : null;
  const rows = inside
    .filter(({ rw, rt }) => rw || rt)
    .map((part) => rowOf(partWords({ ...part, dusun: "" }), part.open, most));
  return el("tbody", {}, head, rows);
}

function rowOf(name, open, most, className = "") {
  return el(
    "tr",
    { class: className },
    el("th", { scope: "row" }, name),
    el("td", { class: "figure" }, String(open)),
    el("td", { class: "bar" }, el("progress", { max: most, value: open, "aria-hidden": "true" })),
  );
}
