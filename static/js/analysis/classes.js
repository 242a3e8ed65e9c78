/** How an area is shown: its class by method, the colour of each class, where shades begin. */

import { colour } from "../map/colour.js";

/**
 * Class to token and how much of it; the rest is the colour of nothing. Purple is more, teal is
 * less: a pair that colour-blind eyes tell apart. css/analysis.css mixes the same for the legend.
 */
export const COLOURS = {
  "seq-0": ["load-0", 1],
  "seq-1": ["load-1", 1],
  "seq-2": ["load-2", 1],
  "seq-3": ["load-3", 1],
  "seq-4": ["load-4", 1],
  more: ["load-4", 1],
  "more-3": ["load-3", 1],
  "more-2": ["load-2", 1],
  maybe_more: ["load-1", 1],
  few: ["load-1", 0.4],
  less: ["accent", 0.75],
  maybe_less: ["accent", 0.25],
};

/** A token's colour with the rest of nothing's, as the map wants it. */
export function mixed(name, part) {
  const [over, under] = [rgb(colour(name)), rgb(colour("load-0"))];
  const parts = over.map((value, at) => Math.round(value * part + under[at] * (1 - part)));
  return `rgb(${parts.join(",")})`;
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Classes of the methods that name them: class of the API to colour. */
const NAMED = {
  gi: { panas: "more", maybe_more: "maybe_more", maybe_less: "maybe_less", dingin: "less" },
  moran: {
    tinggi_tinggi: "more",
    tinggi_rendah: "more-2",
    rendah_tinggi: "maybe_less",
    rendah_rendah: "less",
  },
  muncul: {
    baru: "more",
    tumbuh: "more-3",
    tetap: "more-2",
    memudar: "maybe_more",
    sporadis: "maybe_more",
    dingin: "less",
  },
  pindai: { alarm: "more" },
};
const MAYBE_Z = 1.645; // one in ten by chance alone, both sides taken together

/** Whether the method names classes; else the map is shaded by a figure. */
export const isNamed = (method) => method in NAMED;

/** The named classes of a method in the order of its legend, with the colour of each. */
export const namedClasses = (method) =>
  Object.entries({ ...NAMED[method], wajar: "none", tak_diketahui: "unknown" });

/** The figure by which a method shades; null where it is not known. */
export function figureOf(place, scale) {
  if (scale?.of === "rate") return place.rate;
  return scale?.of === "z" ? place.z : place.n;
}

const UNTESTED = [
  "kosong",
  "tanpa_angka",
  "terlalu_sedikit",
  "sama_semua",
  "tanpa_titik",
  "satu_titik",
  "satu_titik",
  "kepadatan_sepi",
];

/** The answer as it is seen: where its method could not be used, counts alone, no verdict. */
export function seenOf(answer) {
  if (!answer) return answer;
  const tested = !answer.caveats.some(({ code }) => UNTESTED.includes(code));
  if (tested && answer.totals.n) return answer;
  const places = answer.places.map((place) => ({ ...place, class: null, z: null, p: null }));
  return { ...answer, places, method: "jumlah", scale: { of: "n", unit: "" } };
}

/**
 * How each place is drawn: {class, colour, sure, word}. `class` is the key of its words.
 * @param steps where the shades begin, from stepsOf()
 */
export function shown(place, { method, scale }, steps) {
  if (place.class === "tak_diketahui") return { class: place.class, colour: "unknown" };
  if (isNamed(method)) return named(place, method);
  const tested = method === "jumlah" && ["lebih", "kurang"].includes(place.class);
  const sure = Boolean(place.sure) && tested; // clusters have outlines of their own
  if (place.few) return { class: place.class, colour: "few", sure };
  const value = figureOf(place, scale);
  if (value === null || value === undefined) return { class: "tak_diketahui", colour: "unknown" };
  return { class: place.class, colour: shade(value, steps), sure };
}

function named(place, method) {
  const class_ = method === "gi" ? leaning(place) : place.class;
  const sure = Boolean(place.sure) && class_ !== "wajar";
  return { class: class_, colour: NAMED[method][class_] ?? "none", sure };
}

// Beyond the discoveries: what stands out, and yet may well be chance.
function leaning({ class: found, z }) {
  if (found !== "wajar" || z === null || Math.abs(z) < MAYBE_Z) return found;
  return z > 0 ? "maybe_more" : "maybe_less";
}

/** "seq-0" for nothing, "seq-1" to "seq-4" for more and more. */
export function shade(value, steps) {
  if (value <= 0) return "seq-0";
  return `seq-${1 + steps.filter((from) => value >= from).length}`;
}

/** Where the classes 2, 3 and 4 begin: round numbers near the quarters of what is above none. */
export function stepsOf(values) {
  const some = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (!some.length) return [];
  const quarters = [0.5, 0.8, 0.95].map((part) =>
    roundUp(some[Math.min(some.length - 1, Math.floor(part * some.length))]),
  );
  return [...new Set(quarters)].filter((from) => from > some[0]);
}

/** The next number with one or two figures: 0.13, 2, 25, 300. */
function roundUp(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  const times = value / unit;
  const least = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one >= times - 1e-9);
  return Number((least * unit).toPrecision(3));
}
