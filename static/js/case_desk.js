/** One incident on the console: its panel, its units, its pin, its end. */

import { casePlace } from "./case_place.js";
import { closeTool } from "./closing.js";
import { $, el, fill, icon, notice } from "./dom.js";
import { boundsOf } from "./inside.js";
import { showIncident } from "./incident_panel.js";
import { UNSURE, chancesOf } from "./incident_words.js";
import { ownerTool } from "./merge/owner.js";
import { forgetSame, showSame } from "./merging.js";
import { clearNear } from "./near.js";
import { repinTool } from "./repin.js";
import { clearUnits, showUnits } from "./units.js";
import { boundsOfLikely } from "./village_bounds.js";
import { t } from "./words.js";

/**
 * `onLeft` is told when the panel goes; `onNext` begins the next call.
 * @returns the desk; `placed(point)` says whether it took a click on the map for its own pin
 */
export function openCaseDesk({ ground, pin, board, desk, may, onLeft, onNext }) {
  const place = $("#detail");
  let chosenId = null;
  let repin = null; // the tool with which the pin is being set
  let drawing = null;

  /** Show an incident; `told` are notices that stand above it; `toUnits`: who goes is next. */
  function choose(feature, told = [], { toUnits = told.length > 0 } = {}) {
    if (!feature) return;
    leave();
    chosenId = feature.id;
    $(".desk").classList.add("with-detail");
    desk().mark(feature.id);
    showOnGround(feature);
    lookSame(feature);
    showUnits($("#units"), feature, { onSent: take, focus: toUnits });
    draw(feature, told);
    if (!repin && told.length === 0) $("h2", place)?.focus();
  }

  /** The same event as another one? Whoever has just saved a call sees it at once. */
  function lookSame(feature) {
    if (!may.dispatch) return clearNear($("#near"), t("near.saved"));
    return showSame($("#near"), feature, { onMerged: goOnIn, onParted: goBackTo });
  }

  /** Merged: the one that goes on is shown, with what was done and the way back. */
  function goOnIn({ from, into }, told) {
    board().take(from);
    board().take(into);
    choose(into, told, { toUnits: false });
    ($("[data-undo-merge]", place) ?? $("h2", place))?.focus();
  }

  function goBackTo({ from, into }, told) {
    board().take(from);
    board().take(into);
    choose(from, told, { toUnits: false });
    $("h2", place)?.focus();
  }

  function showOnGround(feature) {
    pin?.set(null);
    showDoubt(feature);
    ground?.choose(feature.id);
    ground?.chooseVillage(feature.properties.village?.code ?? null);
    if (!feature.geometry) return;
    const [lon, lat] = feature.geometry.coordinates;
    ground?.goTo({ lon, lat }, 12.5);
  }

  /** What is doubtful is drawn as an area, as soon as the server has told its shape. */
  function showDoubt({ id, geometry, properties }) {
    if (id !== chosenId) return;
    const { location, doubt } = properties;
    if (!(doubt > UNSURE)) return ground?.showDoubt(null);
    const [lon, lat] = geometry?.coordinates ?? [];
    const circle = { lon, lat, radius_m: location?.radius_m ?? null };
    const drawn = { ...circle, shape: location?.shape, villages: chancesOf(properties) };
    ground?.showDoubt(drawn);
    if (!geometry) lookAtLikely(id, drawn);
  }

  async function lookAtLikely(id, { shape, villages }) {
    const bounds = (await boundsOfLikely(villages)) ?? boundsOf(shape);
    if (bounds && id === chosenId && !pin?.at()) ground?.lookAt({ bounds });
  }

  function draw(feature, told = []) {
    drawing = feature;
    const mover = feature.geometry ? moveButton(feature) : pinTool(feature);
    const actions = [mover];
    actions.push(
      el(
        "button",
        { type: "button", onclick: onNext },
        icon("phone-incoming"),
        t("key.next"),
        el("kbd", {}, "Alt B"),
      ),
      ...(feature.properties.category_kind !== "darurat" ? ownerTool(feature, settled) : []),
      ...closeTool(feature, closed),
    );
    const doubt = el("div", { class: "case-doubt" });
    showWhole(feature, { told, actions: [doubt, ...actions], doubt, mover });
    if (!feature.geometry) repin.focus();
  }

  async function showWhole(feature, { told, actions, doubt, mover }) {
    const shown = { may, onClose: leave, onChanged: stepped, told, actions };
    const full = await showIncident(place, feature, shown);
    if (!full || feature !== drawing) return;
    showDoubt(full.feature);
    const onRepin = () => (repin ? repin.focus() : mover.click());
    fill(doubt, casePlace(full.feature, { onPlaced: settled, onRepin }));
  }

  function settled(feature, words) {
    board().take(feature);
    choose(feature, [notice("good", words)]);
    ($(".case-doubt .question button", place) ?? $("h2", place))?.focus();
  }

  function pinTool(feature) {
    repin = repinTool(feature, { pin, ground, onPinned: pinned });
    return repin.element;
  }

  function moveButton(feature) {
    const button = el("button", { type: "button", onclick: move }, icon("map-pin"), t("pin.move"));
    function move() {
      const [lon, lat] = feature.geometry.coordinates;
      button.replaceWith(pinTool(feature));
      repin.place({ lon, lat });
      repin.focus();
    }
    return button;
  }

  function pinned(feature) {
    board().take(feature);
    choose(feature, [notice("good", t("pin.done"))]);
  }

  function closed(feature) {
    board().take(feature);
    leave();
  }

  function stepped(answer) {
    take(answer);
    if (!answer.incident) return;
    draw(answer.incident);
    $("h2", place)?.focus();
  }

  function take(answer) {
    board().take(answer.incident);
    board().take(answer.unit);
  }

  /** What the wire brings is shown in the panel, but never under somebody's fingers. */
  function changed(ids) {
    if (!ids.has(chosenId) || repin) return;
    const feature = board().incidents.get(chosenId);
    if (!feature) {
      place.prepend(notice("warn", t("detail.gone")));
      return;
    }
    const here = place.contains(document.activeElement);
    const typing = here && document.activeElement.matches("input, select");
    if (typing || feature === drawing) return;
    const held = document.activeElement;
    draw(feature, [...place.querySelectorAll(".told > .notice")]);
    if (here) (place.contains(held) ? held : $("h2", place)).focus();
  }

  function leave() {
    if (place.hidden) return;
    chosenId = repin = drawing = null;
    place.hidden = true;
    fill(place);
    $(".desk").classList.remove("with-detail");
    desk().mark(null);
    ground?.choose(null);
    forgetSame();
    clearUnits($("#units"), t("units.after_saving"));
    onLeft();
  }

  return {
    choose,
    leave,
    changed,
    shown: () => !place.hidden,
    /** A point set on the map, when it is this desk's to take. */
    placed(point) {
      repin?.place(point);
      return !place.hidden;
    },
  };
}
