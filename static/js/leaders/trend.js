/** The trend by week as a drawing of our own: bars of what came and went, a line of what was on time. */

import { t } from "../words.js";
import { day, number } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 720;
const HIGH = 190;
const FOOT = 22;
const LEFT = 8;
const RIGHT = 34;
const TOP = 8;

/** @param weeks [{week, received, closed, timed, on_time}], oldest first; `least` to tell a share. */
export function drawTrend(place, weeks, least) {
  const most = Math.max(1, ...weeks.flatMap(({ received, closed }) => [received, closed]));
  const step = (WIDE - LEFT - RIGHT) / weeks.length;
  const high = HIGH - FOOT - TOP;
  const x = (at) => LEFT + at * step;
  const y = (part) => TOP + high * (1 - part);
  const drawing = make("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    role: "img",
    "aria-label": t("leaders.trend_note", { most, least }),
    class: "trend",
  });
  for (const part of [0, 0.5, 1]) {
    const at = { x1: LEFT, x2: WIDE - RIGHT, y1: y(part), y2: y(part), class: "rule" };
    drawing.append(make("line", at));
    drawing.append(words(WIDE - RIGHT + 4, y(part) + 4, `${part * 100}%`, "scale"));
  }
  weeks.forEach((week, at) => drawing.append(barsOf(week, x(at), step, most, high)));
  for (const some of runs(weeks, least))
    drawing.append(
      make("polyline", {
        class: "on-time",
        points: some.map(([at, part]) => `${x(at) + step / 2},${y(part)}`).join(" "),
      }),
      ...some.map(([at, part]) =>
        make("circle", { class: "on-time", cx: x(at) + step / 2, cy: y(part), r: 2.5 }),
      ),
    );
  for (const at of [0, Math.floor(weeks.length / 2), weeks.length - 1])
    drawing.append(weekWords(weeks[at], x(at) + step / 2, at, weeks.length));
  place.replaceChildren(drawing, legend());
}

function barsOf({ week, received, closed, on_time }, x, step, most, high) {
  const group = make("g", {});
  const title = make("title", {});
  title.textContent = t("leaders.trend_week", { day: day(week), received, closed, on_time });
  const bar = (n, from, kind) =>
    make("rect", {
      class: kind,
      x: x + from * step,
      y: TOP + high * (1 - n / most),
      width: step * 0.36,
      height: (high * n) / most,
    });
  const ground = make("rect", { class: "hover", x, y: TOP, width: step, height: high });
  group.append(title, ground, bar(received, 0.12, "received"), bar(closed, 0.5, "closed"));
  return group;
}

/** Stretches of weeks that can be told, so that no line is drawn over those that cannot. */
function runs(weeks, least) {
  const found = [[]];
  weeks.forEach(({ timed, on_time }, at) => {
    if (timed >= least) found.at(-1).push([at, on_time / timed]);
    else if (found.at(-1).length) found.push([]);
  });
  return found.filter((some) => some.length);
}

function weekWords({ week }, x, at, all) {
  const anchor = at === 0 ? "start" : at === all - 1 ? "end" : "middle";
  const label = words(x, HIGH - 6, day(week), "week");
  label.setAttribute("text-anchor", anchor);
  return label;
}

function legend() {
  const list = document.createElement("ul");
  list.className = "trend-legend";
  for (const kind of ["received", "closed", "on_time"]) {
    const item = document.createElement("li");
    const mark = document.createElement("i");
    mark.className = kind.replace("_", "-");
    item.append(mark, t(`leaders.${kind}`));
    list.append(item);
  }
  return list;
}

/** A share with its interval: a line from low to high, a point on it, over a scale of 0 to 1. */
export function interval({ share, low, high }) {
  const drawing = make("svg", { viewBox: "0 0 100 12", class: "interval", "aria-hidden": "true" });
  drawing.append(
    make("line", { class: "rule", x1: 0, x2: 100, y1: 6, y2: 6 }),
    make("line", { class: "reach", x1: low * 100, x2: high * 100, y1: 6, y2: 6 }),
    make("circle", { class: "point", cx: 2 + share * 96, cy: 6, r: 3 }),
  );
  return drawing;
}

function words(x, y, said, kind) {
  const label = make("text", { x, y, class: kind });
  label.textContent = typeof said === "number" ? number(said) : said;
  return label;
}

function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
