/** The village head's page: three figures, the own polygon, the list by age. */

import { get, withQuery } from "./api.js";
import { openBoard } from "./board.js";
import { $, el, fill, icon, notice, sign } from "./dom.js";
import { ageSeconds, clock, fullTime, percent, span, timeElement } from "./format.js";
import { categoryName, priorityName } from "./incident_words.js";
import { showCut, showLink } from "./link_state.js";
import { openMap, whyNoMap } from "./map.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";

const SURE = 0.965; // from here the room takes the village without asking

const { code } = $("#village").dataset;
const ground = whyNoMap() ? null : openMap($("#map"), { still: true });
window.tanggap = { map: ground?.map, ready: ground?.ready };

const board = openBoard({
  onChange: draw,
  onState(word, since) {
    if (word === "refused")
      return fill($("#rows"), el("li", {}, notice("bad", problemWords(since))));
    showCut(word, since);
    showLink(word, word === "live" ? board.readAt : since);
  },
});

if (ground) showOwnVillage();
else $(".village-map").hidden = true;

async function showOwnVillage() {
  ground.paleBut(code);
  try {
    const { bbox } = await get(withQuery("/api/villages/outline", { village: code }));
    ground.fit([bbox.slice(0, 2), bbox.slice(2)], 16);
  } catch {
    // Without its bounds the map shows the whole regency: the list says the same.
  }
}

function draw() {
  const all = [...board.incidents.values()].sort((a, b) =>
    a.properties.opened_at.localeCompare(b.properties.opened_at),
  );
  const own = all.filter(isOwn);
  const maybe = all.filter((feature) => !isOwn(feature)); // told because it may be here
  const oldest = own[0]?.properties.opened_at;
  $("#figure-open").textContent = String(own.length);
  $("#figure-oldest").textContent = oldest ? span(ageSeconds(oldest)) : "–";
  showThird(own);
  ground?.showIncidents(all);
  ground?.showLoad({ [code]: { open: own.length } });
  fill($("#rows"), own.length ? own.map(card) : el("li", { class: "empty" }, t("village.none")));
  $("#maybe").hidden = maybe.length === 0;
  fill($("#maybe-rows"), maybe.map(card));
  $("#updated").textContent = t("map.updated", { time: clock(board.readAt) });
  $("#updated").title = fullTime(board.readAt);
  if (board.state === "live") showLink("live", board.readAt);
}

const isOwn = ({ properties }) => properties.village?.code === code;

function showThird(own) {
  const closed = board.counts.closed_7d;
  const known = closed !== undefined && closed !== null;
  const handled = own.filter(({ properties }) => properties.state !== "baru").length;
  $("#figure-third-name").textContent = t(known ? "village.closed" : "village.handled");
  $("#figure-third").textContent = String(known ? closed : handled);
}

function card({ properties }) {
  return el(
    "li",
    { class: "card-item" },
    el("h3", {}, sign(properties.priority), ` ${categoryName(properties)}`),
    el(
      "p",
      { class: "quiet" },
      `${priorityName(properties.priority)} · `,
      timeElement(properties.opened_at),
    ),
    maybeMark(properties),
    el("p", {}, wordFor("village_state", properties.state)),
    properties.agencies?.length
      ? el(
          "p",
          { class: "quiet" },
          t("village.agency", { agencies: properties.agencies.join(", ") }),
        )
      : null,
  );
}

/** How likely it is here, where that is not sure. */
function maybeMark({ village, chance }) {
  const here = village?.code === code;
  if (here && !(chance < SURE)) return null;
  const words = [
    typeof chance === "number"
      ? t("village.maybe", { p: percent(chance) })
      : t("village.maybe_border"),
    village && !here ? t("village.counted", { village: village.name }) : null,
  ];
  return el("p", { class: "maybe" }, icon("circle-help"), words.filter(Boolean).join(" "));
}
