/** Where the crew is: watched while on duty and agreed to, sent in batches, never kept on disk. */

import { post, Unreachable } from "../api.js";
import { serverNow } from "../format.js";
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
  let isLost = false; // the phone has said that it does not know where it is

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
    isLost = false;
    sharing.unsent = [...sharing.unsent.filter(isRecent), fix].slice(-MOST);
    sharing.fix = fix;
    become("on");
    // The first fix and the first metres after a rest go at once.
    if (!sentFix || (timer === null && !sending)) send();
    else if (isMoving(fix)) later();
  }

  function fail({ code, PERMISSION_DENIED }) {
    isLost = true;
    if (code === PERMISSION_DENIED) become("denied");
    else if (!sharing.fix) become("unavailable");
  }

  async function send() {
    clearTimeout(timer);
    timer = null;
    // A phone that lies still says so now and then: silence would look like a lost unit. One that
    // drove into a tunnel, or knows nothing any more, is silent: an old place must not look fresh.
    const lies = sharing.fix && !isLost && !(sharing.fix.speed_ms > 1);
    if (!sharing.unsent.length && lies) sharing.unsent = [stillAt(sharing.fix)];
    const batch = sharing.unsent;
    if (!batch.length || sending) return later();
    sending = true;
    let next = later;
    try {
      await post("/api/positions", { fixes: batch });
      sentFix = batch.at(-1);
      sharing.sentAt = new Date();
      sharing.unsent = sharing.unsent.filter((fix) => !batch.includes(fix));
      if (sharing.state === "refused") become("on");
    } catch (reason) {
      if (!(reason instanceof Unreachable) && isRefusal(reason)) next = refused(batch, reason);
    } finally {
      sending = false;
      next();
    }
    onChange(sharing);
  }

  /** @returns what to do next: one bad fix must not cost all those of a dead spot */
  function refused(batch, reason) {
    const bad = /^fixes\.(\d+)/.exec(reason.facts.field ?? "");
    const gone = bad ? [batch[Number(bad[1])]] : batch;
    sharing.unsent = sharing.unsent.filter((fix) => !gone.includes(fix));
    become("refused");
    return bad && batch.length > 1 ? send : later;
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
    at: byServer(timestamp),
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

// A phone whose clock is minutes off would never be believed.
const byServer = (moment) => new Date(moment + (serverNow() - Date.now())).toISOString();

const stillAt = (fix) => ({ ...fix, at: byServer(Date.now()), speed_ms: 0 });

const isRecent = ({ at }) => serverNow() - Date.parse(at) < KEPT_MS;

/** Near enough for a few kilometres. */
export function metresBetween(one, other) {
  const east = (one.lon - other.lon) * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(east, one.lat - other.lat) * METRES_A_DEGREE;
}
