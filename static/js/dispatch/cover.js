/** The reach of those who are free: shaded on the map, what was lost as a list, what would help as a sentence. */

import { get, withQuery } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { ago, span } from "../format.js";
import { basisWords } from "../basis.js";
import { t, wordFor } from "../words.js";
import { refusalWords } from "./acts.js";

const MINUTES = [8, 15, 30];
const MOST = 40;
const SHEET_PX = 364;

/** skills() are those that any unit has; the shades go with the sheet. */
export function openCover({ sheet, ground, skills }) {
  let body = null;
  let skill = "medis";
  let minutes = 15;
  let shown = null;
  addEventListener("themechange", () => body && ground?.showCover(shown?.villages ?? null));

  function toggle() {
    body = sheet.open("cover", t("cover.title"), { onClose: gone, narrow: true });
    if (!body) return;
    // Beside the sheet, where it does not take the whole width.
    const left = window.innerWidth > 860 ? SHEET_PX : 24;
    ground?.fit(ground.home, { top: 24, right: 24, bottom: 24, left });
    read();
  }

  function gone() {
    body = null;
    ground?.showCover(null);
  }

  async function read() {
    fill(body, chooser(), el("p", { class: "empty" }, t("cover.working")));
    try {
      shown = await get(withQuery("/api/cover", { skill, minutes }));
      if (!body) return;
      ground?.showCover(shown.villages);
      fill(body, chooser(), ...told(shown));
    } catch (reason) {
      if (body) fill(body, chooser(), notice("warn", await refusalWords(reason)));
    }
  }

  function chooser() {
    const all = [...new Set([skill, ...skills()])].sort();
    return el(
      "div",
      { class: "cover-pick" },
      picker(
        t("cover.skill"),
        all.map((code) => [code, wordFor("skill", code)]),
        skill,
        (value) => (skill = value),
      ),
      picker(
        t("cover.within"),
        MINUTES.map((n) => [String(n), t("time.minutes", { n })]),
        String(minutes),
        (value) => (minutes = Number(value)),
      ),
    );
  }

  function picker(label, options, now, take) {
    const select = el(
      "select",
      {
        async onchange(event) {
          take(event.target.value);
          await read();
          $(`[data-pick="${label}"]`, body)?.focus();
        },
        "data-pick": label,
      },
      options.map(([value, words]) => el("option", { value, selected: value === now }, words)),
    );
    return el("label", { class: "field" }, label, select);
  }

  function told({ covered, of, lost, move_up: moves, as_of, basis }) {
    return [
      el("p", { class: "headline-words" }, t("cover.covered", { n: covered, of, minutes })),
      el(
        "p",
        { class: "quiet small" },
        [ago(as_of), basis ? t("units.basis", { basis: basisWords(basis) }) : null]
          .filter(Boolean)
          .join(" · "),
      ),
      legend(),
      ...moveWords(moves),
      el("h3", {}, t("cover.lost", { n: lost.length })),
      lost.length
        ? el("ul", { class: "lost" }, lost.slice(0, MOST).map(lostItem))
        : el("p", { class: "quiet" }, t("cover.none_lost")),
      lost.length > MOST
        ? el("p", { class: "quiet small" }, t("cover.more", { n: lost.length - MOST }))
        : null,
    ];
  }

  const legend = () =>
    el(
      "ul",
      { class: "reach" },
      [3, 2, 1, 0].map((kind) =>
        el("li", {}, el("i", { class: `reach-${kind}` }), t(`cover.class_${kind}`)),
      ),
    );

  function moveWords(moves) {
    if (!moves?.length) return [el("p", {}, t("cover.no_move"))];
    const [best] = moves;
    const english = document.documentElement.lang === "en";
    const words =
      (english && best.why_en) ||
      best.why ||
      t("cover.move", {
        unit: best.call_sign,
        station: best.station_name,
        span: span(best.travel_s),
        n: best.gains,
      });
    return [el("p", { class: "notice good move" }, icon("navigation"), el("span", {}, words))];
  }

  function lostItem({ name, district, unit, was_s, now_s }) {
    const now = now_s === null || now_s === undefined ? t("cover.out") : span(now_s);
    return el(
      "li",
      {},
      el("b", {}, name),
      el("span", { class: "quiet" }, ` ${district ?? ""}`),
      el(
        "span",
        { class: "small" },
        t("cover.was", { was: was_s ? span(was_s) : "?", now, unit: unit ?? "" }),
      ),
    );
  }

  return { toggle };
}
