/** What is said of an incident, a unit and a place: one wording for all screens. */

import { chancesLine } from "./belief.js";
import { sentenceOf } from "./contradictions.js";
import { distance } from "./format.js";
import { t, wordFor } from "./words.js";

export const NEAR_BORDER_M = 100;
export const UNSURE = 0.035; // above this the place stands in the worklist, as on the server

/** "Kebakaran" */
export const categoryName = (facts) =>
  (document.documentElement.lang === "en" && facts.category_name_en) ||
  facts.category_name ||
  wordFor("category", facts.category);

/** "gawat" */
export const priorityName = (priority) => wordFor("priority", priority);

/** "Belum ada yang berangkat", "DMK-02 menuju lokasi" */
export function stateWords(facts) {
  const units = (facts.units ?? []).join(", ");
  if (facts.state === "ditugaskan" && units) return t("state.sent_units", { units });
  if (facts.state === "di_lokasi" && units) return t("state.scene_units", { units });
  return wordFor("incident_state", facts.state);
}

/** "Desa Pecangaan Wetan, Kec. Pecangaan" */
export function villageName(village) {
  return t("village.full", {
    kind: wordFor("village_kind", village.kind),
    name: village.name,
    district: village.district,
  });
}

/** "Pecangaan Wetan"; in words where there is no village. */
export function shortPlace(feature) {
  const facts = feature.properties;
  if (facts.village) return facts.village.name;
  if (facts.outside) return facts.location?.away ?? t("place.outside");
  return t("place.unpinned");
}

/** Place in the caller's words and village, on one line. */
export function placeLine(feature) {
  const { place, village } = feature.properties;
  return [shortPlace(feature), village && place !== village.name ? place : village ? "" : place]
    .filter(Boolean)
    .join(" · ");
}

/**
 * Where a pin lies, as sentences with how much they matter ("", "warn").
 * @returns {{words: string, kind: string}[]}
 */
export function placementWords(placement) {
  const { village } = placement;
  if (!village) return [outsideWords(placement)];
  const said = [{ words: insideWords(placement), kind: nearBorder(placement) ? "warn" : "" }];
  if (placement.off_m)
    said.push({ words: t("place.off", { distance: distance(placement.off_m) }), kind: "warn" });
  return said;
}

function insideWords({ village, border_m, neighbour }) {
  const name = villageName(village);
  if (border_m === null || border_m === undefined) return name;
  const values = { village: name, distance: distance(border_m), neighbour: neighbour?.name };
  return neighbour ? t("place.from_border_of", values) : t("place.from_border", values);
}

function outsideWords({ nearest }) {
  const words = nearest
    ? t("place.outside_near", { village: nearest.name, distance: distance(nearest.distance_m) })
    : t("place.outside");
  return { words, kind: "warn" };
}

export const nearBorder = ({ border_m }) =>
  border_m !== null && border_m !== undefined && border_m < NEAR_BORDER_M;

/** Whether the place of an incident needs somebody who looks after it. */
export const isUnsure = ({ geometry, properties }) =>
  !geometry || properties.doubt > UNSURE || Boolean(properties.contradictions?.length);

/** Why it does: "Bertentangan: ...", "Pecangaan Wetan 62 % · Pecangaan Kulon 31 %", "Belum berpin". */
export function unsureWords({ geometry, properties }) {
  const { contradictions, doubt } = properties;
  const against = contradictions?.length ? sentenceOf(contradictions[0]) : null;
  const chances = doubt > UNSURE ? chancesLine(chancesOf(properties)) : "";
  const said = [
    against && t("unsure.against", { words: against }),
    !geometry && t("place.unpinned"),
    chances || (doubt > UNSURE && !against && t("doubt.nothing")),
  ];
  return said.filter(Boolean).join(" · ");
}

/** The villages of an incident with their chances, the one that it is counted to among them. */
export function chancesOf({ village, village_p, also_villages = [], location }) {
  if (location?.villages?.length) return location.villages;
  const own = village && (village_p ?? null) !== null ? [{ ...village, p: village_p }] : [];
  return [...own, ...also_villages].sort((one, other) => (other.p ?? 0) - (one.p ?? 0));
}

/** "siap", "berangkat" */
export const unitState = (facts) => wordFor("unit_state", facts.state);

/** "Ambulans" */
export const unitKind = (kind) => wordFor("unit_kind", kind);

const UNIT_ICONS = {
  ambulans: "ambulance",
  pompa: "flame",
  suplai: "droplets",
  patroli: "shield",
  perahu: "waves",
  regu: "wrench",
};

/** The name of the icon for a kind of unit. */
export const unitIcon = (kind) => UNIT_ICONS[kind] ?? "truck";
