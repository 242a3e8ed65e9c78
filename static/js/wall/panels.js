/** Figures, units and last calls of the wall: redrawn whole, so that nothing grows over a night. */

import { $, el, fill, icon, sign } from "../dom.js";
import { ageSeconds, fullTime, span } from "../format.js";
import { categoryName, priorityName, unitIcon, unitKind } from "../incident_words.js";
import { t, wordFor } from "../words.js";

const NEW_S = 180; // so long a call is shown as new
const figures = new Intl.NumberFormat(document.documentElement.lang);
const drawn = new WeakMap();

/** Draw into the place unless the same facts stand there already. */
function draw(place, facts, make) {
  const written = JSON.stringify(facts);
  if (drawn.get(place) === written) return;
  drawn.set(place, written);
  fill(place, make());
}

/** How many wait, are late, are open; and of which priority. */
export function showFigures(wall) {
  const [emergencies, complaints] = wall.queue;
  figure("waiting", wall.waiting, [
    t("wall.emergencies", { n: emergencies.waiting }),
    t("wall.complaints", { n: complaints.waiting }),
  ]);
  figure("late", wall.late, [
    t("wall.emergencies", { n: emergencies.late }),
    t("wall.complaints", { n: complaints.late }),
  ]);
  figure("open", wall.open, [
    wall.oldest_at ? t("wall.oldest", { span: span(ageSeconds(wall.oldest_at)) }) : "",
  ]);
  draw($("#wall-priorities"), wall.by_priority, () => wall.by_priority.map(priority));
}

function figure(name, number, words) {
  const box = $(`#figure-${name}`);
  const written = figures.format(number);
  box.dataset.some = String(number > 0);
  box.dataset.digits = String(Math.min(8, written.length));
  draw(box, [written, words], () => [
    el("dt", {}, t(`wall.${name}`)),
    el("dd", { class: "number" }, written),
    el(
      "dd",
      { class: "words" },
      words.filter(Boolean).map((said) => el("span", {}, said)),
    ),
  ]);
}

const priority = (of) =>
  el(
    "li",
    { "data-some": String(of.open > 0) },
    sign(of.priority),
    el("b", {}, figures.format(of.open)),
    el("span", {}, priorityName(of.priority)),
  );

/** Units that can be sent, by kind; where there is none, it is said in words. */
export function showUnits(units) {
  draw($("#wall-units"), units, () =>
    units.length ? units.map(fleet) : el("li", { class: "empty" }, t("fleet.none")),
  );
}

const REST = { out: "send", off: "moon", lost: "wifi-off" };

function fleet(of) {
  const all = of.free + of.out + of.off + of.lost;
  const rest = Object.keys(REST).filter((name) => of[name] > 0);
  return el(
    "li",
    { "data-free": String(of.free > 0) },
    icon(of.free > 0 ? unitIcon(of.kind) : "triangle-alert"),
    el("b", { class: "number" }, figures.format(of.free)),
    el("span", { class: "all" }, allOf(of.free, all)),
    el("span", { class: "kind" }, unitKind(of.kind)),
    el(
      "span",
      { class: "rest" },
      rest.map((name) => restOf(name, of[name])),
    ),
  );
}

const allOf = (free, all) =>
  free > 0
    ? [
        el("span", { class: "only-heard" }, t("wall.of", { n: all })),
        el("span", { "aria-hidden": "true" }, `/${figures.format(all)}`),
      ]
    : t("wall.none_free");

const restOf = (name, n) =>
  el(
    "span",
    {},
    icon(REST[name]),
    el("span", { class: "only-heard" }, t(`wall.units_${name}`, { n })),
    el("span", { "aria-hidden": "true" }, figures.format(n)),
  );

/** The cases opened last: what, in which village, when, and whether somebody is on the way. */
export function showLast(last) {
  const facts = last.map((one) => [one, isNew(one), age(one)]);
  draw($("#wall-last"), facts, () =>
    last.length ? last.map(call) : el("li", { class: "empty" }, t("wall.last_none")),
  );
}

const age = (of) => span(Math.max(0, ageSeconds(of.opened_at)));
const isNew = (of) => of.state === "baru" && ageSeconds(of.opened_at) < NEW_S;

function call(of) {
  return el(
    "li",
    { "data-new": isNew(of) ? true : null, "data-state": of.state },
    sign(of.priority),
    el("b", { class: "what" }, categoryName(of)),
    el("time", { datetime: of.opened_at, title: fullTime(of.opened_at) }, age(of)),
    el("span", { class: "where" }, whereOf(of)),
    el("span", { class: "state" }, wordFor("wall_state", of.state)),
  );
}

const whereOf = (of) => of.village?.name ?? t(of.outside ? "place.outside" : "wall.nowhere");

/** Where most is open, in words under the map. */
export function showBusiest(busiest) {
  draw($("#wall-busiest"), busiest, () =>
    busiest.map(({ village, open }) =>
      el("li", {}, village.name, " ", el("b", {}, figures.format(open))),
    ),
  );
}
