/** The inbox: what waits for one's own side, as list and map, with work on several at once. */

import { get, Problem } from "./api.js";
import { openBoard } from "./board.js";
import { $, fill, notice } from "./dom.js";
import { queryOf, readAddress, writeAddress } from "./inbox/address.js";
import { openBell } from "./inbox/bell.js";
import { boxCounts, openBoxes } from "./inbox/boxes.js";
import { openBulk } from "./inbox/bulk.js";
import { openFilterForm } from "./inbox/filter_form.js";
import { openHandover } from "./inbox/handover.js";
import { bindInboxKeys } from "./inbox/keys.js";
import { openList } from "./inbox/list.js";
import { openSide } from "./inbox/map_side.js";
import { openStored } from "./inbox/stored.js";
import { showCut, showLink } from "./link_state.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

const PAGE = 50;
const QUIET_MS = 1500; // what comes together is read once
const AGES_MS = 60_000;

const state = { words: readAddress(), tickets: [], next: null, counts: null, selected: new Set() };
let parts = null;
let waiting = null; // an answer that is not shown yet: somebody reads
let timer = null;
let turn = 0;

state.words.box ||= "masuk";
start();

async function start() {
  try {
    build(await get("/api/me"));
  } catch (reason) {
    $("#sentence").textContent = t("ticket.unread");
    fill($("#said"), notice("bad", problemWords(reason)));
    window.tanggap = { ready: Promise.resolve() };
    return;
  }
  const side = openSide({ onChoose: chooseSign });
  const first = load();
  window.tanggap = {
    ready: Promise.all([first, side]).then(([, made]) => made?.ground.ready),
    state,
  };
  parts.side = await side;
  window.tanggap.map = parts.side?.ground.map;
  parts.side?.draw(asked());
  follow();
}

function build(me) {
  const selects = ["verify", "work_ticket"].some((right) => me.rights.includes(right));
  const chosen = () => state.tickets.filter(({ id }) => state.selected.has(id));
  parts = { me, side: null };
  parts.list = openList($("#list"), { me, selects, onSelect: select, onMore: more, onFocus: ring });
  parts.boxes = openBoxes($("#boxes"), (box) => go({ box }));
  parts.form = openFilterForm($("#filters"), (words) => go(words));
  parts.bulk = openBulk($("#bulk"), { me, chosen, onDone: done, onClear: clear });
  openStored($("#stored"), {
    query: () => queryOf(state.words),
    onChoose(query) {
      const words = readAddress(`?${query}`);
      parts.form.restore(words);
      go({ ...words, box: words.box || "masuk" });
    },
  });
  openBell($("#bell"));
  openHandover($("#handover"), $("#handover-dialog"));
  parts.form.restore(state.words);
  parts.form.offer();
  parts.boxes.choose(state.words.box);
  $("#changed").addEventListener("click", refresh);
  $("#show-map").addEventListener("click", toggleMap);
  bindInboxKeys({ list: parts.list, toggle, refresh });
  setInterval(() => document.visibilityState === "visible" && !reading() && draw(), AGES_MS);
}

const asked = () => queryOf(state.words);

/** Other words of the address: read anew, from the top. */
function go(words) {
  state.words = ordered({ ...state.words, ...words });
  state.selected.clear();
  writeAddress(state.words);
  parts.boxes.choose(state.words.box);
  $("#list").scrollTop = 0;
  load();
  parts.side?.draw(asked());
}

/** What is over has no urgency: that order is not asked for there. */
function ordered(words) {
  const over = ["selesai", "semua"].includes(words.box);
  return over && words.sort === "priority" ? { ...words, sort: "" } : words;
}

async function load() {
  const mine = ++turn;
  hideWaiting();
  $("#list").setAttribute("aria-busy", "true");
  try {
    const page = await get(`/api/tickets?${asked()}&limit=${PAGE}`);
    if (mine === turn) take(page);
  } catch (reason) {
    if (mine === turn) refused(reason);
  } finally {
    if (mine === turn) $("#list").removeAttribute("aria-busy");
  }
}

function refused(reason) {
  fill($("#said"), notice("bad", problemWords(reason)));
  if (!state.tickets.length) parts.list.say(t("ticket.unread"));
  if (!(reason instanceof Problem)) timer = setTimeout(load, 5000);
}

function take(page) {
  fill($("#said"));
  state.tickets = page.tickets;
  state.next = page.next;
  state.counts = page.counts;
  const known = new Set(page.tickets.map(({ id }) => id));
  for (const id of state.selected) if (!known.has(id)) state.selected.delete(id);
  draw();
}

async function more() {
  const page = await get(
    `/api/tickets?${asked()}&limit=${PAGE}&after=${encodeURIComponent(state.next)}`,
  ).catch((reason) => refused(reason));
  if (!page) return;
  const known = new Set(state.tickets.map(({ id }) => id));
  state.tickets.push(...page.tickets.filter(({ id }) => !known.has(id)));
  state.next = page.next;
  draw();
}

function draw() {
  const { tickets, selected, next, counts, words } = state;
  parts.list.draw(tickets, { selected, next, why: whyEmpty() });
  parts.boxes.count(boxCounts(counts));
  parts.bulk.draw(selected.size);
  $("#sentence").textContent = sentence(counts, words.box);
}

function whyEmpty() {
  const { words } = state;
  const narrow = Object.keys(words).some((name) => !["box", "sort"].includes(name) && words[name]);
  return t(narrow ? "inbox.none_filtered" : `inbox.none_${words.box}`);
}

/** "7 tiket menunggu Anda · 2 lewat batas" */
function sentence(counts, box) {
  if (!counts) return t("loading");
  const waits = boxCounts(counts).masuk ?? (box === "masuk" ? state.tickets.length : null);
  const said = [
    waits === null ? t("inbox.open", { n: counts.open }) : t("inbox.waits", { n: waits }),
    counts.late ? t("inbox.late", { n: counts.late }) : t("inbox.none_late"),
  ];
  return said.join(" · ");
}

function select(id, ticked) {
  if (ticked) state.selected.add(id);
  else state.selected.delete(id);
  $(`.t-row[data-id="${id}"]`)?.classList.toggle("selected", ticked);
  parts.bulk.draw(state.selected.size);
}

function toggle(id) {
  select(id, !state.selected.has(id));
  const box = $(`.t-row[data-id="${id}"] input`);
  if (box) box.checked = state.selected.has(id);
}

function clear() {
  state.selected.clear();
  draw();
}

/** What went well is no longer ticked; what did not stays, to be looked after. */
function done(ids) {
  for (const id of ids) state.selected.delete(id);
  load();
  parts.side?.draw(asked());
}

function ring(id) {
  parts.side?.ring(id);
}

function chooseSign(id) {
  parts.side?.ring(id);
  if (!parts.list.show(id)) location.assign(`/tiket/${id}`);
}

function toggleMap() {
  const shown = document.body.classList.toggle("map-shown");
  $("#show-map").setAttribute("aria-pressed", String(shown));
  if (shown) parts.side?.ground.map.resize();
}

/** Follow the wire: what changes is read quietly, and shown where nobody is reading. */
function follow() {
  if (!parts.me.rights.includes("see_board")) return;
  const board = openBoard({
    incidents: false,
    onChange(_board, changes) {
      if (changes.heard.length) later();
    },
    onState(word, since) {
      if (word === "refused") return;
      showCut(word, since);
      showLink(word, word === "live" ? board.readAt : since);
    },
  });
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(readQuietly, QUIET_MS);
}

async function readQuietly() {
  const mine = turn;
  const page = await get(`/api/tickets?${asked()}&limit=${PAGE}`).catch(() => null);
  if (!page || mine !== turn) return;
  const n = changedRows(page.tickets);
  state.counts = page.counts;
  parts.boxes.count(boxCounts(page.counts));
  if (!n) return;
  parts.side?.draw(asked());
  if (!reading()) {
    take(page);
    return;
  }
  waiting = page;
  $("#changed").hidden = false;
  $("#changed-words").textContent = t("inbox.changed", { n });
}

/** Whoever has scrolled, ticked or opened something is reading: nothing jumps under them. */
const reading = () => !parts.list.atTop() || state.selected.size > 0 || Boolean($("dialog[open]"));

function changedRows(fresh) {
  const old = new Map(state.tickets.slice(0, PAGE).map(({ id, version }) => [id, version]));
  const now = new Map(fresh.map(({ id, version }) => [id, version]));
  const other = [...now].filter(([id, version]) => old.get(id) !== version).length;
  return other + [...old.keys()].filter((id) => !now.has(id)).length;
}

function refresh() {
  const page = waiting;
  hideWaiting();
  $("#list").scrollTop = 0;
  if (page) take(page);
  else load();
}

function hideWaiting() {
  waiting = null;
  $("#changed").hidden = true;
}
