/** What a click on a sign does, and what is said of the sign under the mouse. */

import { $ } from "../dom.js";
import { ageSeconds, span } from "../format.js";
import { priorityName } from "../incident_words.js";
import { t } from "../words.js";
import { askList } from "./lists.js";
import { number } from "./numbers.js";

const FEW = 50; // so many are asked for, to see whether they lie in one place
const ONE_PLACE_M = 15;
const DEGREE_M = 111_195;

/** Go into a cluster: nearer, or where that shows no more, the list of what lies there. */
export async function enter(there, { ground, query, go }) {
  const list = () => go({ i: "", v: "", n: "", x: there.cell });
  if (ground.atDeepest()) return list();
  if (there.n > FEW) return ground.deeper(there.point);
  const answer = await askList(query, { cell: there.cell }).catch(() => null);
  const points = (answer?.features ?? []).map((f) => f.geometry?.coordinates).filter(Boolean);
  if (!points.length) return ground.deeper(there.point);
  const bounds = around(points);
  if (across(bounds) < ONE_PLACE_M) return list();
  return ground.fit(bounds, { padding: 90, maxZoom: 18 });
}

function around(points) {
  const [lons, lats] = [0, 1].map((at) => points.map((point) => point[at]));
  return [
    [Math.min(...lons), Math.min(...lats)],
    [Math.max(...lons), Math.max(...lats)],
  ];
}

const across = ([[west, south], [east, north]]) =>
  Math.hypot((east - west) * Math.cos((south * Math.PI) / 180), north - south) * DEGREE_M;

/** "14 kejadian: 2 gawat, 12 sedang; 3 lewat waktu; terlama 3 hari" */
export function signWords(there, categories) {
  const age = span(ageSeconds(new Date(there.oldest * 1000).toISOString()));
  const oldest = t("sentence.oldest", { age });
  if (there.n === 1) {
    const name = categories.get(there.category) ?? there.category;
    const unsure = there.unsure ? t("sign.unsure") : null;
    return [`${name}, ${priorityName(there.p)}`, oldest, unsure].filter(Boolean).join("; ");
  }
  const kinds = [1, 2, 3, 4].filter((p) => there[`p${p}`]);
  const among = kinds.map((p) => `${number(there[`p${p}`])} ${priorityName(p)}`).join(", ");
  const late = there.late ? t("load.late", { n: there.late }) : null;
  return [`${t("sign.several", { n: there.n })}: ${among}`, late, oldest]
    .filter(Boolean)
    .join("; ");
}

/** Say it at the foot of the map; null says nothing. */
export function sayTip(words) {
  const tip = $("#map-tip");
  tip.hidden = !words;
  tip.textContent = words ?? "";
}
