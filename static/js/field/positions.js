/** Where the crew is: watched while on duty and agreed to, sent in batches, never kept on disk. */

import { post, Problem, Unreachable } from "../api.js";
import { isRefusal } from "./queue.js";

const MOVING_MS = 7000; // between two batches while the wheels turn
const STANDING_MS = 60_000;
const KEPT_MS = 15 * 60_000; // of a dead spot: older than this nobody is helped by it
const MOST = 500; // fixes in a batch, as the server takes them
const MOVED_M = 25;
const METRES_A_DEGREE = 111_195;
const CONSENT = "lapangan.posisi";

/**
 * onChange(sharing) whenever something can be seen to have changed. sharing.state is "off",
 * "waiting" (no fix yet), "on", "denied", "unavailable" (no GPS) or "refused" by the server.
 * @param {number} user id of the account that agreed
 */
export function openPositions(user, { onChange }) {
  const sharing = {
    state: "off",
    agreed: localStorage.getItem(CONSENT) === String(user),
    fix: null,
    sentAt: null,
    unsent: [],
    agree,
    follow,
  };
  let wanted = false; // on duty
  let precise = false;
  let watch = null;
  let timer = null;
  let sentFix = null;
  let sending = false;

  function agree(yes) {
    sharing.agreed = yes;
    if (yes) localStorage.setItem(CONSENT, String(user));
    else localStorage.removeItem(CONSENT);
    restart();
  }

  /** On duty or not; out on an order or not: waiting at the post the phone may save its battery. */
  function follow({ onDuty, out }) {
    if (onDuty === wanted && out === precise) return;
    wanted = onDuty;
    precise = out;
    restart();
  }

  function restart() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    clearTimeout(timer);
    watch = timer = null;
    if (!sharing.agreed || !wanted) {
      sharing.unsent = [];
      sharing.fix = null;
      return become("off");
    }
    if (!navigator.geolocation) return become("unavailable");
    if (!sharing.fix) become("waiting");
    watch = navigator.geolocation.watchPosition(take, fail, {
      enableHighAccuracy: precise,
      maximumAge: precise ? 2000 : 30_000,
      timeout: 60_000,
    });
    later();
  }

  function take({ coords, timestamp }) {
    const fix = fixOf(coords, timestamp);
    sharing.unsent = [...sharing.unsent.filter(isRecent), fix].slice(-MOST);
    sharing.fix = fix;
    become("on");
    // The first fix and the first metres after a rest go at once.
    if (!sentFix || (timer === null && !sending)) send();
    else if (isMoving(fix)) later();
  }

  function fail({ code, PERMISSION_DENIED }) {
    if (code === PERMISSION_DENIED) become("denied");
    else if (!sharing.fix) become("unavailable");
  }

  async function send() {
    clearTimeout(timer);
    timer = null;
    // A phone that lies still says so now and then: silence would look like a lost unit.
    if (!sharing.unsent.length && sharing.fix) sharing.unsent = [stillAt(sharing.fix)];
    const batch = sharing.unsent;
    if (!batch.length || sending) return later();
    sending = true;
    try {
      await post("/api/positions", { fixes: batch });
      sentFix = batch.at(-1);
      sharing.sentAt = new Date();
      sharing.unsent = sharing.unsent.filter((fix) => !batch.includes(fix));
      if (sharing.state === "refused") become("on");
    } catch (reason) {
      if (!(reason instanceof Unreachable) && isRefusal(reason)) refused(batch, reason);
    }
    sending = false;
    later();
    onChange(sharing);
  }

  function refused(batch, reason) {
    sharing.unsent = sharing.unsent.filter((fix) => !batch.includes(fix));
    if (reason instanceof Problem) become("refused");
  }

  // At the pace of the newest fix; a timer that runs is only ever brought forward.
  let dueAt = 0;
  function later() {
    if (watch === null) return;
    const due = Date.now() + (sharing.fix && isMoving(sharing.fix) ? MOVING_MS : STANDING_MS);
    if (timer !== null && dueAt <= due) return;
    clearTimeout(timer);
    dueAt = due;
    timer = setTimeout(send, due - Date.now());
  }

  function isMoving(fix) {
    if (fix.speed_ms > 1) return true;
    return Boolean(sentFix) && metresBetween(fix, sentFix) > Math.max(MOVED_M, fix.accuracy_m);
  }

  function become(state) {
    sharing.state = state;
    onChange(sharing);
  }

  addEventListener("online", () => sharing.unsent.length && send());
  return sharing;
}

function fixOf(coords, timestamp) {
  const given = {
    lon: coords.longitude,
    lat: coords.latitude,
    at: new Date(timestamp).toISOString(),
    accuracy_m: coords.accuracy,
    speed_ms: coords.speed,
    heading: coords.heading,
  };
  // A phone that stands still has no heading: it says null or NaN.
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, value]) => typeof value === "string" || Number.isFinite(value),
    ),
  );
}

const stillAt = (fix) => ({ ...fix, at: new Date().toISOString(), speed_ms: 0 });

const isRecent = ({ at }) => Date.now() - Date.parse(at) < KEPT_MS;

/** Near enough for a few kilometres. */
export function metresBetween(one, other) {
  const east = (one.lon - other.lon) * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(east, one.lat - other.lat) * METRES_A_DEGREE;
}
