/** Showing where a case is: tap the map or use the phone's GPS, look again, and say yes. */

import { get, post, Problem, withQuery } from "../api.js";
import { $, el, fill, icon, notice, sign } from "../dom.js";
import { distance, timeElement } from "../format.js";
import { categoryName } from "../incident_words.js";
import { t } from "../words.js";
import { failWords } from "./fails.js";
import { whereAmI } from "./gps.js";

const CLOSE_ZOOM = 15.5;
const METRES_A_DEGREE = 111_195;

/**
 * `ground` the map, or null; isOwn(feature) whether the case counts in the own village;
 * onSaid(feature, words) when the server has taken it, onLeft() when the map is back in its place.
 */
export function openWhere({ ground, code, isOwn, onSaid, onLeft }) {
  const dialog = $("#where");
  const said = $("#where-said");
  const buttons = $("#where-buttons");
  let feature = null;
  let point = null; // {lon, lat, radius_m: number | null}
  let step = ""; // "" choosing, "point", "pin", "not": what is to be confirmed
  let asked = 0; // of the newest question about a point
  let opener = null;
  let refused = false; // the point lies in another village
  const pin = ground?.pin({ label: t("pin.label"), onMove: (at) => choose(at) });

  dialog.addEventListener("close", left);
  $("#where-close").addEventListener("click", () => dialog.close());
  ground?.map.on("click", ({ lngLat }) => {
    if (dialog.open && step !== "not") choose({ lon: lngLat.lng, lat: lngLat.lat });
  });

  /** Ask about a case; the focus comes back to the button that asked. */
  function open(wanted, button) {
    [feature, opener, point, refused] = [wanted, button, null, false];
    fill(
      $("#where-what"),
      sign(feature.properties.priority),
      ` ${categoryName(feature.properties)} · `,
      timeElement(feature.properties.opened_at),
    );
    dialog.showModal();
    if (ground) takeMap();
    $("#where-map").hidden = !ground;
    begin();
  }

  function takeMap() {
    $("#where-map").append($("#map"));
    ground.map.cooperativeGestures.disable(); // here one finger moves the map, not the page
    ground.map.resize();
    ground.showIncidents([feature]);
    ground.choose(feature.id);
    const old = oldPoint(feature);
    pin.set(old);
    if (old) ground.goTo(old, CLOSE_ZOOM);
  }

  function begin(words = null) {
    step = "";
    const how = t(ground ? "village.how" : "village.how_no_map");
    fill(said, words ?? el("p", {}, how));
    const pinned = Boolean(feature.geometry);
    fill(
      buttons,
      button("crosshair", "village.gps", useGps, "main"),
      pinned && isOwn(feature)
        ? button("check", "village.pin_right", () => ask("pin", "village.ask_right"))
        : null,
      !pinned && ground ? button("map-pin", "village.middle", useMiddle) : null,
      button("minus", "village.not_here", () => ask("not", "village.ask_not_here")),
    );
    $("button", buttons).focus();
  }

  const button = (picture, key, onclick, kind = "") =>
    el("button", { type: "button", class: kind, onclick }, icon(picture), t(key));

  function useMiddle() {
    const { lat, lon } = ground.view();
    choose({ lon, lat });
  }

  async function useGps(event) {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    fill(said, el("p", {}, t("village.gps_waiting")));
    try {
      const here = await whereAmI();
      if (!dialog.open) return;
      ground?.goTo(here, CLOSE_ZOOM);
      choose(here, t("village.gps_here", { metres: distance(Math.round(here.radius_m)) }));
    } catch (reason) {
      if (!reason.why) throw reason;
      const metres = reason.metres ? distance(Math.round(reason.metres)) : "";
      fill(said, notice("warn", t(`village.gps_${reason.why}`, { metres })));
      pressed.disabled = false;
    }
  }

  /** A point was shown: say where it lies, and ask whether that is meant. */
  async function choose(at, words = "") {
    point = { lon: round(at.lon), lat: round(at.lat), radius_m: at.radius_m ?? null };
    pin?.set(point);
    refused = false;
    const number = ++asked;
    ask("point", null, [words]);
    const [village, wrong] = await villageAt(point);
    if (number !== asked || step !== "point") return;
    refused = wrong;
    const old = oldPoint(feature);
    const far = old ? t("village.from_old", { metres: distance(metresBetween(old, point)) }) : "";
    const told = [words, village, wrong ? "" : far].filter(Boolean).join(" ");
    fill(said, wrong ? notice("warn", told) : el("p", {}, told));
    $("button.main", buttons).disabled = wrong;
  }

  /** In words in which village it lies, and whether that is not the own one. */
  async function villageAt(at) {
    try {
      const path = withQuery("/api/villages/at", { lon: at.lon, lat: at.lat });
      const { village } = await get(path);
      if (!village) return ["", false];
      if (village.code === code) return [t("village.inside", { village: village.name }), false];
      return [t("village.outside_own", { village: village.name }), true];
    } catch (reason) {
      // Off every outline there may still be the own shore: the server decides.
      if (reason instanceof Problem)
        return [reason.status === 404 ? t("place.outside") : "", false];
      return ["", false];
    }
  }

  function ask(what, key, words = []) {
    step = what;
    const yes = { point: "yes_here", pin: "yes_right", not: "yes_not_here" }[what];
    fill(said, el("p", {}, key ? t(key) : words.join(" ")));
    fill(
      buttons,
      button("check", `village.${yes}`, send, "main"),
      button("undo-2", "village.back", back),
    );
    // After a tap on the map the finger stays on the map; after a button the next one is near.
    if (what !== "point" || !ground) $("button.main", buttons).focus();
  }

  function back() {
    point = null;
    pin?.set(oldPoint(feature));
    begin();
  }

  async function send() {
    const yes = $("button.main", buttons);
    if (refused) return;
    yes.disabled = true;
    fill(said, el("p", {}, t("village.sending")));
    try {
      const [answer, words] = step === "not" ? await sayNotHere() : await sayHere();
      dialog.close();
      onSaid(answer.feature, words);
    } catch (reason) {
      yes.disabled = false;
      fill(said, notice("bad", failWords(reason)));
      yes.focus();
    }
  }

  const path = (verb) => `/api/village/incidents/${feature.id}/${verb}`;

  async function sayNotHere() {
    const { version } = feature.properties;
    return [await post(path("not-here"), { version }), t("village.thanks_not_here")];
  }

  async function sayHere() {
    const { version } = feature.properties;
    const answer = await post(path("here"), { version, ...(step === "point" ? point : {}) });
    return [answer, thanks(answer)];
  }

  function thanks({ moved, why }) {
    if (moved) return t("village.thanks_moved");
    if (!why) return t("village.thanks");
    return `${t(`village.why.${why}`)} ${t("village.thanks_hint")}`;
  }

  function left() {
    asked++;
    pin?.set(null);
    if (ground) {
      $("#map-place").append($("#map"));
      ground.map.cooperativeGestures.enable();
      ground.map.resize();
      ground.choose(null);
      onLeft();
    }
    feature = null;
    opener?.focus();
  }

  return {
    open,
    isOpen: () => dialog.open,
    /** The wire brought news: the version that is sent must be the one that is looked at. */
    changed(incidents) {
      if (!dialog.open || !feature) return;
      const fresh = incidents.get(feature.id);
      if (fresh) feature = fresh;
      else fill(said, notice("warn", t("village.gone")));
    },
  };
}

function oldPoint({ geometry }) {
  if (!geometry) return null;
  const [lon, lat] = geometry.coordinates;
  return { lon, lat };
}

// Seven decimals are a centimetre: more would be noise.
const round = (degrees) => Math.round(degrees * 1e7) / 1e7;

function metresBetween(one, other) {
  const east = (other.lon - one.lon) * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(east, other.lat - one.lat) * METRES_A_DEGREE;
}
