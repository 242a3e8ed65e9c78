/** Beside the map: the tabs, and what was chosen: an incident, a unit, a village, one sign. */

import { $, $$, fill, notice } from "../dom.js";
import { showIncident } from "../incident_panel.js";
import { problemWords } from "../problems.js";
import { showUnit } from "../unit_panel.js";
import { t } from "../words.js";
import { askList, openList } from "./lists.js";
import { refreshVillage, signPane, villagePane } from "./panes.js";

const REST_MS = 5000; // lists are asked for anew no more often than this
const NOTHING = { i: "", v: "", x: "", n: "" };

/**
 * The side panel. `state` has facts and load; `go(words)` writes the address and shows it;
 * `query()` is the filter in words of the API; `see` says what the role may see.
 */
export function openSide({ ground, see, state, query, go, board, table }) {
  const detail = $("#detail");
  const features = new Map(); // incidents that were listed or told, by id
  let chosen = { key: "" };
  let pane = null; // the list in the detail, with what it asks for
  let asked_at = 0;
  let due = null;

  const inSight = openList($("#rows"), $("#list-note"), { onChoose: takeIncident });

  function takeIncident(feature) {
    features.set(feature.id, feature);
    go({ ...NOTHING, i: String(feature.id) });
    if (feature.geometry) ground?.goTo(feature.geometry.coordinates, 12.5);
  }
  const leave = () => go(NOTHING);

  const SHOW = {
    async i(id) {
      const feature = await find(Number(id));
      if (chosen.key !== `i${id}`) return; // something else was chosen meanwhile
      if (!feature) return sayGone(t("detail.gone"));
      ground?.ring(feature.geometry?.coordinates ?? null);
      ground?.chooseVillage(feature.properties.village?.code ?? null);
      inSight.mark(feature.id);
      await open(feature);
    },
    v(code) {
      const facts = state.facts?.[code];
      if (!facts) return sayGone(t("at_village.gone"));
      ground?.chooseVillage(code);
      table.choose(code);
      const load = state.load?.villages ?? {};
      const list = villagePane(detail, { code, facts, load, lists: see.signs, ...told() });
      pane = list && { list, place: { village: code }, empty: t("list.none_village") };
      focusHead();
    },
    x(cell) {
      const list = signPane(detail, t("list.one_place"), told());
      pane = { list, place: { cell }, empty: t("list.none_here") };
      focusHead();
    },
    n() {
      const list = signPane(detail, t("list.unpinned_title"), told());
      pane = { list, place: { unpinned: 1 }, empty: t("list.none_unpinned") };
      focusHead();
    },
    u(id) {
      const unit = board().units.get(Number(id));
      if (!unit) return sayGone(t("unit.gone"));
      showUnit(detail, unit, { onClose: leave });
      focusHead();
    },
  };
  const told = () => ({ onChoose: takeIncident, onClose: leave });
  const focusHead = () => $("h2", detail)?.focus({ preventScroll: innerWidth > 860 });

  async function open(feature) {
    const may = { see: see.cases, dispatch: see.dispatch, contact: see.contact };
    const onChanged = (answer) => {
      board().take(answer.incident);
      board().take(answer.unit);
    };
    const shown = showIncident(detail, feature, { may, onClose: leave, onChanged });
    focusHead();
    await shown;
  }

  // What was listed or told is known; a bookmark is not: the list answers for one as well.
  async function find(id) {
    if (features.has(id)) return features.get(id);
    for (const known of [inSight.known, pane?.list.known]) if (known?.has(id)) return known.get(id);
    const answer = await askList({}, { id }).catch(() => null);
    return answer?.features[0] ?? null;
  }

  function sayGone(words) {
    detail.hidden = false;
    fill(detail, notice("warn", words));
  }

  /** Show what the address names: words i, v, x, n; u for a unit. */
  function show(address) {
    const kind = Object.keys(NOTHING).find((one) => address[one]) ?? "";
    const key = kind && kind + address[kind];
    if (key === chosen.key) return;
    const before = chosen;
    chosen = { key, kind, id: address[kind] };
    pane = null;
    ground?.ring(null);
    ground?.chooseVillage(null);
    table.choose(null);
    inSight.mark(null);
    if (kind) {
      $("#side-list").hidden = true;
      fill(detail);
      detail.hidden = false;
      SHOW[kind](address[kind]);
      refreshNow();
    } else close(before);
  }

  function close(before) {
    detail.hidden = true;
    fill(detail);
    $("#side-list").hidden = false;
    refreshNow(); // the list was not kept while it was covered
    if (before.kind === "v") table.focus(before.id);
    if (before.kind === "i") inSight.focus(Number(before.id));
  }

  function refreshNow() {
    asked_at = Date.now();
    clearTimeout(due);
    due = null;
    if (pane) pane.list.show(query(), pane.place, { words: "list.some", empty: pane.empty });
    else if (tabs.shown() === "terlihat" && !chosen.kind) showInSight();
  }

  function showInSight() {
    if (!ground) return inSight.say(t("list.no_map"));
    const bbox = ground
      .bbox()
      .map((degrees) => degrees.toFixed(5))
      .join(",");
    const empty = t(Object.keys(query()).length ? "list.none_filtered" : "list.none_in_sight");
    inSight.show(query(), { bbox }, { words: "list.in_sight", empty });
  }

  function refresh() {
    due ??= setTimeout(refreshNow, Math.max(300, asked_at + REST_MS - Date.now()));
  }

  const tabs = openTabs((name) => go({ t: name === "desa" ? "" : name }));
  $("#tab-terlihat").hidden = !see.signs;
  let resting = null;
  ground?.onMove(() => {
    clearTimeout(resting);
    resting = setTimeout(() => !pane && tabs.shown() === "terlihat" && refreshNow(), 350);
  });

  return {
    show,
    /** A single incident was clicked: the list tells its facts, without reading the whole case. */
    async takeSign({ id, cell }) {
      const answer = features.has(id) ? null : await askList(query(), { cell }).catch(() => null);
      for (const feature of answer?.features ?? []) features.set(feature.id, feature);
      go({ ...NOTHING, i: String(id) });
    },
    /** The villages' names are there now: show again what waited for them. */
    again(address) {
      if (chosen.kind !== "v") return;
      chosen = { key: "" };
      show(address);
    },
    leave: () => chosen.kind && leave(),
    tab(name) {
      if (tabs.show(see.signs && name === "terlihat" ? "terlihat" : "desa")) refreshNow();
    },
    refreshNow,
    /** A unit was clicked: units have no address, they drive away. */
    unit(id) {
      go(NOTHING);
      chosen = { key: `u${id}`, kind: "u", id };
      $("#side-list").hidden = true;
      detail.hidden = false;
      SHOW.u(id);
    },
    /** New figures, or something heard of these incidents. */
    changed({ heard = [], units = new Set() } = {}) {
      for (const { id, feature } of heard) {
        if (feature) features.set(id, feature);
        else features.delete(id);
        if (chosen.key === `i${id}`) follow(feature);
      }
      if (chosen.kind === "u" && units.has(Number(chosen.id))) SHOW.u(chosen.id);
      if (chosen.kind === "v" && state.facts?.[chosen.id])
        refreshVillage(detail, state.facts[chosen.id], state.load?.villages[chosen.id]);
      refresh();
    },
    /** In-sight and pane lists cannot be had: why. */
    refuse: (reason) => inSight.say(problemWords(reason)),
  };

  function follow(feature) {
    if (!feature || feature.properties.state === "ditutup") {
      detail.prepend(notice("warn", t("detail.gone")));
      chosen = { ...chosen, key: "gone" };
      return;
    }
    ground?.ring(feature.geometry?.coordinates ?? null);
    const had = detail.contains(document.activeElement);
    showIncident(detail, feature, {
      may: { see: see.cases, dispatch: see.dispatch, contact: see.contact },
      onClose: leave,
    }).then(() => had && focusHead());
  }
}

/** The tabs over the list; onTurn(name) by hand. */
function openTabs(onTurn) {
  const tabs = $$('#tabs [role="tab"]');
  const name = (tab) => tab.id.slice(4);
  const shown = () => name(tabs.find((tab) => tab.getAttribute("aria-selected") === "true"));
  for (const tab of tabs) tab.addEventListener("click", () => onTurn(name(tab)));
  $("#tabs").addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = tabs.find((tab) => !tab.hidden && name(tab) !== shown());
    if (!other) return;
    onTurn(name(other));
    other.focus();
  });
  return {
    shown,
    /** @returns {boolean} whether it was another before */
    show(wanted) {
      const turned = wanted !== shown();
      for (const tab of tabs) {
        const chosen = name(tab) === wanted;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
        $(`#${tab.getAttribute("aria-controls")}`).hidden = !chosen;
      }
      return turned;
    },
  };
}
