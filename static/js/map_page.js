/** The live map: sentence first, then the map, then the table that says the same. */

import { get, Problem } from "./api.js";
import { $, el, fill, notice } from "./dom.js";
import { clock } from "./format.js";
import { showCut, showLink, showUpdated } from "./link_state.js";
import { readAddress, writeQuery, writeView } from "./load/address.js";
import { openFeed } from "./load/feed.js";
import { openFilterForm } from "./load/filter_form.js";
import { keepLegend } from "./load/keep_legend.js";
import { classWords, showLegend } from "./load/legend.js";
import { classify } from "./load/measures.js";
import { figure, number } from "./load/numbers.js";
import { asOf, besideWords, sentence } from "./load/sentence.js";
import { openSide } from "./load/side.js";
import { enter, sayTip, signWords } from "./load/signs.js";
import { openTable } from "./load/table.js";
import { PADDING, whyNoMap } from "./map/ground.js";
import { openLoadMap } from "./map/load_map.js";
import { sayEdition } from "./map_views.js";
import { problemWords } from "./problems.js";
import { boundsOfLikely } from "./village_bounds.js";
import { t } from "./words.js";

const AGES_MS = 20_000;
const AGAIN_MS = 4000;
const BUTTONS = 84; // points that they take at the top of a narrow map

const see = rights($("#live").dataset.rights.split(" "));
const state = { facts: null, load: null, classes: null, held: null, line: "loading" };
const categories = new Map();

const form = openFilterForm($("#filters"), go);
form.restore(readAddress().query);
let shown = JSON.stringify(form.query());

keepLegend($("#legend"));
const ground = whyNoMap() ? null : openGroundOrSay();
const table = openTable($("#villages"), {
  onChoose: lookAtVillage,
  onSort: (order) => go({ o: order }),
});
const feed = openFeed({
  query: form.query,
  onLoad(load) {
    state.load = load;
    draw();
    side.changed();
  },
  onSigns: (points, cursor) => ground?.touched(points, cursor),
  onBoard(board, changes) {
    if (changes.edition) sayEdition();
    if (changes.all || changes.units.size) drawUnits(board);
    side.changed(changes);
  },
  onRefused: refused,
  onState: sayLine,
});
const side = openSide({
  ground,
  see,
  state,
  query: form.query,
  go,
  board: () => feed.board,
  table,
});

window.tanggap = { map: ground?.map, ready: ground?.ready, state };
wire();
readFacts();
readChoices();
apply();
setInterval(draw, AGES_MS);

function rights(held) {
  const has = (...some) => some.some((right) => held.includes(right));
  return {
    signs: has("see_list", "see_village", "see_wall"), // who only counts sees no cases
    cases: has("see_incident"),
    dispatch: has("dispatch"),
    contact: has("see_contact"),
  };
}

function openGroundOrSay() {
  const { view } = readAddress();
  return openLoadMap($("#map"), { view, room: room(), query: see.signs ? form.query() : null });
}

/** What lies on the map leaves so many points free: an open legend hides what is under it. */
function room() {
  const { clientWidth } = $("#map");
  const legend = $("#legend");
  const wide = clientWidth > 640;
  const left = legend.open && wide ? legend.offsetWidth + 16 : PADDING;
  return { top: wide ? PADDING : BUTTONS, right: PADDING, bottom: PADDING, left };
}

function wire() {
  addEventListener("popstate", () => {
    const { view } = readAddress();
    if (view) ground?.setView(view);
    apply();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") side.leave();
  });
  $(".map-views").hidden = !ground;
  if (!ground) {
    fill($("#map"), notice("warn", whyNoMap()));
    $("#legend").hidden = true;
    return;
  }
  $("#view-all").addEventListener("click", () => ground.fit(ground.home, { padding: room() }));
  $("#view-most").hidden = $("#legend-signs").hidden = !see.signs;
  $("#view-most").addEventListener("click", () => ground.fitMost());
  ground.onMove(() => writeView(ground.view()));
  ground.onWaiting?.((n) => sayWaiting(n));
  ground.onClick({
    onCluster: (there) => enter(there, { ground, query: form.query(), go }),
    onIncident: (there) => side.takeSign(there),
    onUnit: (id) => side.unit(id),
    onVillage: (code) => (code ? chooseVillage(code) : side.leave()),
  });
  ground.onHover((there, code) => sayTip(there ? signWords(there, categories) : villageTip(code)));
}

/** Words of the address anew: a step that the back button undoes. */
function go(words) {
  writeQuery(words);
  apply();
}

/** Show what the address says. */
function apply() {
  const { query } = readAddress();
  form.restore(query);
  const now = JSON.stringify(form.query());
  if (now !== shown) {
    shown = now;
    $("#live").setAttribute("aria-busy", "true");
    ground?.filter(form.query());
    feed.read();
    side.refreshNow();
  }
  drawUnits(feed.board);
  side.tab(query.t);
  draw();
  side.show(query);
}

function chooseVillage(code) {
  go({ i: "", x: "", n: "", v: code });
}

/** Chosen in the table: the map goes there, unless it lies in sight already. */
async function lookAtVillage(code) {
  chooseVillage(code);
  const bounds = ground && (await boundsOfLikely([{ code, p: 1 }]));
  if (bounds && readAddress().query.v === code) ground.lookAt(bounds);
}

async function readFacts() {
  try {
    ({ villages: state.facts } = await get("/api/villages/facts"));
  } catch (reason) {
    $("#table-note").textContent = problemWords(reason);
    if (!(reason instanceof Problem)) setTimeout(readFacts, AGAIN_MS);
    return;
  }
  draw();
  side.again(readAddress().query);
}

async function readChoices() {
  try {
    const offered = await get("/api/filters");
    const english = document.documentElement.lang === "en";
    for (const { code, name, name_en } of offered.categories)
      categories.set(code, (english && name_en) || name);
    form.offer(offered);
  } catch {
    // What is chosen already works on; the others come with the next visit.
  }
}

function drawUnits(board) {
  if (!ground) return;
  const units = [...board.units.values()];
  $("#with-units").hidden = units.length === 0;
  ground.showUnits(form.units() ? units : []);
}

function draw() {
  const { facts, load } = state;
  if (!facts || !load) return;
  const measure = form.measure();
  const { steps, villages } = classify(measure, facts, load.villages);
  state.classes = villages;
  ground?.showClasses(villages);
  drawLegend(measure, steps, villages);
  const order = readAddress().query.o || (measure === "open" ? "open-" : `${measure}-`);
  table.show({
    facts,
    load: load.villages,
    classes: villages,
    measure,
    held: state.held,
    order,
  });
  sayFigures(facts, load, villages, classWords(measure, steps));
}

function drawLegend(measure, steps, villages) {
  const counts = new Map();
  for (const { class: rank } of villages.values())
    counts.set(rank ?? -1, (counts.get(rank ?? -1) ?? 0) + 1);
  showLegend($("#legend-load"), {
    measure,
    steps,
    counts,
    held: state.held,
    since: `${sinceWords()}; ${asOf(state.load.as_of).toLowerCase()}.`,
    onHold(rank) {
      state.held = rank;
      ground?.hold(rank);
      draw();
    },
  });
}

function sayFigures(facts, load, villages, words) {
  const said = sentence(load, facts, form.active());
  if ($("#sentence").textContent !== said) $("#sentence").textContent = said;
  $("#live").removeAttribute("aria-busy");
  sayBeside(load);
  const among = [...villages.values()].filter((one) => (one.class ?? -1) === state.held).length;
  $("#village-count").textContent = number(Object.keys(facts).length);
  $("#table-note").textContent =
    state.held === null
      ? `${asOf(load.as_of)}. ${sinceWords()}.`
      : t("table.held", { words: words.get(state.held), n: among });
  if (!$("#map-note").dataset.waiting) showUpdated($("#map-note"), new Date(load.as_of));
  if (state.line === "live") showLink("live", feed.board.readAt);
}

function sayBeside(load) {
  const { elsewhere, unpinned } = besideWords(load, { signs: see.signs });
  const link = unpinned
    ? el("button", { type: "button", class: "linkish", onclick: listUnpinned }, unpinned)
    : null;
  const words = [elsewhere, link].filter(Boolean);
  const place = $("#beside");
  place.hidden = words.length === 0;
  if (place.contains(document.activeElement)) return; // it would lose the focus
  fill(place, words.length === 2 ? [words[0], " · ", words[1]] : words);
}

const listUnpinned = () => go({ i: "", v: "", x: "", n: "1" });

/** "Dibuka 24 jam terakhir" */
function sinceWords() {
  const { h, d1, d2 } = form.words();
  if (d1 || d2) return t("load.since_days", { from: d1 || "…", to: d2 || "…" });
  if (h && h !== "days") return t("load.since", { words: t(`load.hours.${h}`) });
  return t("load.since_ever");
}

function villageTip(code) {
  const facts = state.facts?.[code];
  if (!facts || !state.classes) return null;
  const own = state.load.villages[code] ?? { open: 0 };
  const measure = form.measure();
  const value = figure(measure, own, state.classes.get(code)?.value ?? null);
  const said =
    measure === "open" ? null : `${t(`measure.${measure}`)}: ${value ?? t("class.unknown")}`;
  return [`${facts.name}: ${t("load.row", { n: own.open })}`, said].filter(Boolean).join("; ");
}

function sayWaiting(n) {
  const note = $("#map-note");
  if (n) {
    note.dataset.waiting = n;
    note.textContent = t("load.waiting", { n });
  } else {
    delete note.dataset.waiting;
    if (state.load) showUpdated(note, new Date(state.load.as_of));
  }
}

function sayLine(word, since) {
  state.line = word;
  if (word === "refused") return refused(since);
  showCut(word, since);
  showLink(word, word === "live" ? feed.board.readAt : since);
}

/** The server will not count this: why, and the way out. */
function refused(reason) {
  ground?.giveUp();
  $("#live").removeAttribute("aria-busy");
  const none = reason.status === 403;
  $("#sentence").textContent = none ? t("problem.no_board") : t("load.refused");
  $("#table-note").textContent = problemWords(reason);
  $("#map-note").textContent = t("load.refused_at", { time: clock(new Date()) });
  side.refuse(reason);
}
