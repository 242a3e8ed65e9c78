/** Villages shaded by what is late in them; the table by village says the same. */

import { get } from "../api.js";
import { $, el, fill, notice } from "../dom.js";
import { classify } from "../load/measures.js";
import { whyNoMap } from "../map/ground.js";
import { openLoadMap } from "../map/load_map.js";
import { t } from "../words.js";

/** @returns {{show: (rows) => void, map, ready}} rows as /api/leaders?by=desa gives them */
export function openLateMap() {
  const why = whyNoMap();
  if (why) {
    fill($("#map"), notice("warn", why));
    return { show() {}, map: undefined, ready: Promise.resolve() };
  }
  const ground = openLoadMap($("#map"), { query: null });
  const facts = get("/api/villages/facts").then((answer) => answer.villages);
  let late = {};
  ground.onHover((_there, code) => sayTip(code, late, facts));

  async function show(rows) {
    late = Object.fromEntries(rows.map((row) => [row.code, { open: row.open, late: row.late }]));
    const { steps, villages } = classify("late", await facts, late);
    ground.showClasses(villages);
    sayLegend(steps);
  }
  return { show, map: ground.map, ready: ground.ready };
}

async function sayTip(code, late, facts) {
  const tip = $("#map-tip");
  const name = code && (await facts)[code]?.name;
  tip.hidden = !name;
  if (name) tip.textContent = t("leaders.map_tip", { village: name, n: late[code]?.late ?? 0 });
}

function sayLegend(steps) {
  const place = $("#map-legend");
  const ends = [1, ...steps];
  const words = ends.map((from, at) => {
    const to = ends[at + 1];
    if (to === undefined) return t("class.from", { from });
    return to - from === 1 ? String(from) : `${from}–${to - 1}`;
  });
  const classes = ["0", ...words].map((said, at) =>
    el("span", { class: "map-class" }, el("i", { class: `load-${at}` }), said),
  );
  fill(place, `${t("leaders.map_of")} `, classes);
}
