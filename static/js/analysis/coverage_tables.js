/** The tables of coverage: the regency and its parts, villages, units, what each unit is missed by. */

import { $, el } from "../dom.js";
import { percent, span } from "../format.js";
import { t } from "../words.js";
import { fillTable } from "./small.js";
import { figure, UNKNOWN } from "./words.js";

const MOST_NAMES = 5;
export const share = (p) => (p === null || p === undefined ? UNKNOWN : percent(p));
const withinWords = (limits) => limits.map((n) => t("analysis.within", { n }));

/** The whole regency, the mainland and each island for itself, the districts. */
export function showParts({ total, regimes, districts, limits }) {
  const row = (name, { reached, villages, shares }) => [
    name,
    t("analysis.of_all", { n: reached, all: villages }),
    ...shares.map(share),
  ];
  const head = [t("analysis.column.name"), t("analysis.part.reached"), ...withinWords(limits)];
  fillTable("parts", head, [
    row(t("analysis.part.total"), total),
    ...(regimes.length > 1 ? regimes.map((one) => row(one.name, one)) : []),
    ...districts.map((one) => row(t("analysis.part.district", { name: one.name }), one)),
  ]);
}

/** Every village, the one that is reached least first; with the circle where one was asked for. */
export function showVillages({ villages, limits, ask, paper }) {
  const at = limits.indexOf(ask.minutes);
  const rows = villages.toSorted((a, b) => a.shares[at] - b.shares[at] || b.weight - a.weight);
  const counted = villages.some(({ population }) => population !== null);
  $("#villages-note").textContent = t("analysis.farthest_first");
  fillTable(
    "villages",
    [
      t("analysis.column.name"),
      t("analysis.column.district"),
      ...(counted ? [t("analysis.people")] : []),
      ...withinWords(limits),
      t("analysis.half_in"),
      t("analysis.by_unit"),
      ...(paper ? [t("analysis.on_circle"), t("analysis.only_circle")] : []),
    ],
    rows.map((one) => [
      one.name,
      one.district,
      ...(counted ? [figure(one.population)] : []),
      ...one.shares.map(share),
      one.best_s === null ? UNKNOWN : span(one.best_s),
      one.by ?? UNKNOWN,
      ...(paper ? [share(one.paper?.circle), share(one.paper?.only_circle)] : []),
    ]),
  );
}

/** What is out of reach while a unit is busy, the one that is missed most first. */
export function showLosses(losses) {
  const head = ["unit", "station", "part", "lost", "where"];
  fillTable(
    "losses",
    head.map((name) => t(`analysis.loss.${name}`)),
    losses
      .filter(({ touched }) => touched)
      .map(({ call_sign, station, weight, lost, touched, villages }) => [
        call_sign,
        station ?? UNKNOWN,
        share(weight),
        figure(lost),
        el("span", { class: "names" }, namesOf(villages, touched)),
      ]),
  );
}

/** Those that do not count as reached any more first, and strong. */
function namesOf(villages, touched) {
  const named = villages.toSorted((a, b) => b.lost - a.lost).slice(0, MOST_NAMES);
  const more = touched - named.length;
  return [
    named.map(({ name, lost }, at) => [at ? ", " : "", lost ? el("b", {}, name) : name]),
    more > 0 ? ` ${t("analysis.and_more", { n: more })}` : null,
  ];
}

/** How far each unit gets; choosing one shows its own lines. */
export function showUnits({ units, limits }, { chosen, onChoose }) {
  const head = [t("analysis.loss.unit"), t("analysis.loss.station")];
  const button = (name, call_sign) =>
    el(
      "button",
      {
        type: "button",
        class: "plain linkish",
        "aria-pressed": String(chosen === call_sign),
        onclick: () => onChoose(call_sign),
      },
      name,
    );
  fillTable(
    "reaches",
    [...head, ...limits.map((n) => t("analysis.within_km2", { n }))],
    [
      [button(t("analysis.all_units"), null), "", ...limits.map(() => "")],
      ...units.map(({ call_sign, station, km2 }) => [
        button(call_sign, call_sign),
        station,
        ...km2.map(figure),
      ]),
    ],
  );
}

/** New posts: what hangs on each, how far the solver got, which villages change. */
export function showSites({ sites, before, after, solver, villages }) {
  const gap = solver.proven
    ? t("analysis.proven")
    : t("analysis.gap", { n: figure(solver.gap * 100) });
  const change = { before: share(before.share), after: share(after.share) };
  $("#sites-note").textContent = `${t("analysis.sites_note", change)} ${gap}`;
  const head = ["number", "name", "share", "faster"].map((name) => t(`analysis.site.${name}`));
  fillTable(
    "sites",
    head,
    sites.map((one, at) => [
      String(at + 1),
      one.name,
      share(one.share),
      span(Math.max(0, one.mean_s)),
    ]),
  );
  $("#villages-note").textContent = t("analysis.gain_first");
  fillTable(
    "villages",
    [t("analysis.column.name"), t("analysis.total.before"), t("analysis.total.after")],
    villages.map((one) => [one.name, share(one.before), share(one.after)]),
  );
}

/** What the law asks, and the circle on paper against the road. */
export function showPaper({ ask, yardstick, paper }) {
  $("#law-said").textContent = yardstick
    ? t("analysis.law", {
        n: yardstick.minutes,
        km: figure(yardstick.radius_km),
        law: yardstick.law,
      })
    : t("analysis.no_law", { n: ask.minutes });
  $("#paper-said").textContent = paper ? paperWords(paper) : t("analysis.no_circle");
}

const paperWords = ({ radius_km, minutes, circle, road, only_circle, only_road }) =>
  t("analysis.paper", {
    km: figure(radius_km),
    n: minutes,
    circle: share(circle),
    road: share(road),
    only_circle: share(only_circle),
    only_road: share(only_road),
  });
