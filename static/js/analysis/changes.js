/** The list of changes of a trial: each a row of fields; places are given by a click or in numbers. */

import { $, el, fill, icon } from "../dom.js";
import { t, wordFor } from "../words.js";

const SHIFTS = ["24", "07-21", "21-07", "07-15", "15-23", "23-07"];
const FIELDS = {
  tambah_unit: ["station", "kind", "shift"],
  tambah_pos: ["name", "at"],
  pindah_unit: ["unit", "station"],
  hapus_unit: ["unit"],
  pindah_pos: ["station", "at"],
  hapus_pos: ["station"],
  giliran: ["whose", "shift"],
  keahlian: ["unit", "skills"],
};

/**
 * The builder over a plan {stations, units}. onPlaces() when a place was changed by hand.
 * @returns {{add: (do) => void, read: () => object[], put: (changes) => void, clicked: (lngLat) => boolean, wrong: (field) => void}}
 */
export function openChanges(plan, { onPlaces }) {
  const list = $("#changes");
  let rows = [];
  let aimed = null; // the row whose place the next click gives

  function add(does, given = {}) {
    const row = { does, number: rows.length, fields: {} };
    const title = t(`analysis.do.${does}`);
    const gone = () => {
      rows = rows.filter((one) => one !== row);
      if (aimed === row) aimed = null;
      row.element.remove();
      arrange();
      $("#do").focus();
    };
    row.element = el(
      "li",
      {},
      el(
        "div",
        { class: "change-head" },
        el("b", {}, title),
        el(
          "button",
          {
            type: "button",
            class: "plain",
            "aria-label": t("analysis.change_gone", { what: title }),
            onclick: gone,
          },
          icon("x"),
        ),
      ),
      FIELDS[does].map((name) => fieldOf(row, name, given)),
    );
    rows.push(row);
    list.append(row.element);
    arrange();
    row.element.querySelector("select, input")?.focus();
  }

  function arrange() {
    $("#no-changes").hidden = rows.length > 0;
    onPlaces(read());
  }

  function fieldOf(row, name, given) {
    if (name === "at") return placeOf(row, given.at);
    if (name === "skills") return skillsField(row, given.skills);
    const id = `change-${name}-${crypto.randomUUID().slice(0, 8)}`;
    const input = inputOf(name, id, given);
    input.addEventListener("change", arrange);
    row.fields[name] = input;
    return el(
      "div",
      { class: "field" },
      el("label", { for: id }, t(`analysis.field.${name}`)),
      input,
    );
  }

  function inputOf(name, id, given) {
    if (name === "name") return el("input", { id, maxlength: 60, value: given.name ?? "" });
    if (name === "whose") return whoseSelect(plan, id, given);
    const options = optionsOf(name);
    const wanted = given[name];
    // What an old address names and is gone stays as it is: the server says so, and nothing else
    // is tried out in its place.
    if (wanted && !options.some(([value]) => value === wanted)) options.push([wanted, wanted]);
    return el(
      "select",
      { id },
      options.map(([value, words]) => el("option", { value, selected: value === wanted }, words)),
    );
  }

  function optionsOf(name) {
    const added = rows.filter(({ does }) => does === "tambah_pos");
    const fresh = added.map((_row, at) => [
      `pos-baru-${at + 1}`,
      t("analysis.new_post", { n: at + 1 }),
    ]);
    if (name === "station") return [...plan.stations.map((one) => [one.code, one.name]), ...fresh];
    if (name === "shift") return SHIFTS.map((shift) => [shift, shiftWords(shift)]);
    if (name === "kind") {
      const kinds = new Set(plan.units.map(({ kind }) => kind));
      return [...kinds].sort().map((kind) => [kind, wordFor("unit_kind", kind)]);
    }
    return plan.units.map(({ call_sign }) => [call_sign, call_sign]);
  }

  function placeOf(row, at) {
    const [lon, lat] = ["lon", "lat"].map((name, index) => {
      const id = `change-${name}-${crypto.randomUUID().slice(0, 8)}`;
      const input = el("input", { id, type: "number", step: "0.0001", value: at?.[index] ?? "" });
      input.addEventListener("change", arrange);
      row.fields[name] = input;
      const label = el("label", { for: id }, t(`analysis.field.${name}`));
      return el("div", { class: "field" }, label, input);
    });
    const aim = () => {
      aimed = row;
      $("#map-said").textContent = t("analysis.place_aim");
      $("#map").scrollIntoView({ block: "center" });
    };
    return [
      el("div", { class: "days" }, lat, lon),
      el("button", { type: "button", onclick: aim }, icon("crosshair"), t("analysis.place_pick")),
    ];
  }

  /** Boxes of all that units here can do; those of the chosen unit are ticked. */
  function skillsField(row, wanted) {
    const all = [...new Set(plan.units.flatMap(({ skills }) => skills))].sort();
    const boxes = all.map((skill) => el("input", { type: "checkbox", value: skill }));
    const tick = (skills) => boxes.forEach((box) => (box.checked = skills.includes(box.value)));
    const own = () => plan.units.find((one) => one.call_sign === value(row, "unit"))?.skills ?? [];
    tick(wanted ?? own());
    row.fields.unit.addEventListener("change", () => tick(own()));
    row.skills = () => boxes.filter(({ checked }) => checked).map((box) => box.value);
    return el(
      "fieldset",
      { class: "skills" },
      el("legend", {}, t("analysis.field.skills")),
      boxes.map((box) => el("label", { class: "tick" }, box, wordFor("skill", box.value))),
    );
  }

  const value = (row, name) => row.fields[name]?.value.trim() ?? "";

  function read() {
    let posts = 0;
    return rows.map((row) => {
      const change = { do: row.does };
      for (const name of FIELDS[row.does]) {
        if (name === "skills") change.skills = row.skills();
        else if (name === "at") change.at = [Number(value(row, "lon")), Number(value(row, "lat"))];
        else if (name === "whose") Object.assign(change, whoseOf(value(row, name)));
        else change[name] = value(row, name);
      }
      if (row.does === "tambah_unit") change.skills = skillsOf(plan, change.kind);
      if (row.does === "tambah_pos") {
        change.code = `pos-baru-${++posts}`;
        change.name ||= t("analysis.new_post", { n: posts });
      }
      return change;
    });
  }

  return {
    add,
    read,
    put(changes) {
      fill(list);
      rows = [];
      for (const change of changes) if (FIELDS[change.do]) add(change.do, change);
      arrange();
    },
    clicked({ lng, lat }) {
      if (!aimed) return;
      aimed.fields.lon.value = lng.toFixed(4);
      aimed.fields.lat.value = lat.toFixed(4);
      $("#map-said").textContent = t("analysis.place_taken");
      aimed.fields.lat.focus();
      aimed = null;
      arrange();
    },
    /** Mark the row that the server names, "changes.0.unit". */
    wrong(field) {
      const [, number] = /^changes\.(\d+)/.exec(field) ?? [];
      const row = rows[Number(number)];
      row?.element.querySelector("select, input")?.focus();
    },
  };
}

/** Whose shift: of all units, of all of one station, of one unit. */
function whoseSelect({ stations, units }, id, { station, unit }) {
  const wanted = station ? `station:${station}` : unit ? `unit:${unit}` : "";
  const staffed = stations.filter((one) => one.units > 0);
  const posts = staffed.map(({ code, name, units: n }) => [
    `station:${code}`,
    t("analysis.whole_station", { name, n }),
  ]);
  const each = units.map(({ call_sign }) => [`unit:${call_sign}`, call_sign]);
  const known = wanted === "" || [...posts, ...each].some(([value]) => value === wanted);
  const option = ([value, words]) => el("option", { value, selected: value === wanted }, words);
  return el(
    "select",
    { id },
    option(["", t("analysis.all_units")]),
    known ? null : option([wanted, station ?? unit]), // the server says that it is gone
    el("optgroup", { label: t("analysis.field.station") }, posts.map(option)),
    el("optgroup", { label: t("analysis.field.unit") }, each.map(option)),
  );
}

/** {} for all, {station} or {unit}. */
function whoseOf(value) {
  const [, name, code] = /^(station|unit):(.*)$/.exec(value) ?? [];
  return name ? { [name]: code } : {};
}

/** A new unit of a kind can do what those of its kind can. */
const skillsOf = ({ units }, kind) => [
  ...new Set(units.filter((unit) => unit.kind === kind).flatMap(({ skills }) => skills)),
];

export const shiftWords = (shift) =>
  shift === "24"
    ? t("analysis.shift_24")
    : t("analysis.shift", { hours: shift.replaceAll(":", ".").replace("-", "–") });
