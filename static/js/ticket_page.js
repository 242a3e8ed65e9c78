/** One ticket: what and where, its course and clock, the next step, proof, words, history. */

import { get, Problem } from "./api.js";
import { openBoard } from "./board.js";
import { $, el, fill, icon, notice, sign } from "./dom.js";
import { fullTime } from "./format.js";
import { openBell } from "./inbox/bell.js";
import { categoryName, priorityName } from "./incident_words.js";
import { showCut, showLink } from "./link_state.js";
import { problemWords } from "./problems.js";
import { rightsOf } from "./rights.js";
import { otherSection, placeMap, reportList, wayLink } from "./ticket/around.js";
import { clockBar } from "./ticket/clock_bar.js";
import { courseLine, historyList } from "./ticket/course.js";
import { instructionSection } from "./ticket/instructions.js";
import { linkSection } from "./ticket/links.js";
import { messageSection } from "./ticket/messages.js";
import { nextStep } from "./ticket/next.js";
import { proofSection } from "./ticket/proofs.js";
import { makeSender } from "./ticket/send.js";
import { dayClock } from "./ticket/times.js";
import { kindName, marksOf, stateName, turnWords, whereWords } from "./ticket/words.js";
import { t } from "./words.js";

const QUIET_MS = 700; // what comes together is read once
const AGES_MS = 60_000;

const id = Number($("#ticket").dataset.id);
let ticket = null;
let parts = null;
let ground = null;
let timer = null;
let lastHeard = null;

start();

async function start() {
  try {
    const [me, whole] = await Promise.all([get("/api/me"), get(`/api/tickets/${id}`)]);
    build(me);
    take(whole);
    follow(me);
    openBell($("#bell"), me);
    ground = await placeMap(whole.file?.feature ?? null);
    window.tanggap = { map: ground?.map, ready: ground?.ready ?? Promise.resolve() };
  } catch (reason) {
    sayWhy(reason);
    window.tanggap ??= { ready: Promise.resolve() };
  }
}

function sayWhy(reason) {
  const gone = reason instanceof Problem && reason.status === 404;
  $("#what").textContent = t(gone ? "ticket.gone" : "ticket.unread");
  fill($("#told"), notice("bad", problemWords(reason)));
  $("#columns").hidden = true;
  if (!(reason instanceof Problem)) setTimeout(start, 4000);
}

function build(me) {
  const current = () => ticket;
  const sender = makeSender(current, take);
  const onChanged = () => sender.reread();
  const shared = { sender, current, me, onChanged };
  const proofs = proofSection($("#proofs"), shared);
  parts = {
    me,
    may: { ...rightsOf(me), dispatch: false },
    instructions: instructionSection($("#instructions"), shared),
    next: nextStep($("#next"), { ...shared, onProof: () => proofs.focus() }),
    proofs,
    links: linkSection($("#links"), shared),
    messages: messageSection($("#messages"), shared),
    others: otherSection($("#others"), shared),
  };
  fill($("#told"));
  $("#columns").hidden = false;
}

/** What the server says goes on the screen; an older answer never overwrites a newer one. */
function take(whole) {
  if (ticket && whole.version < ticket.version) return;
  const changed = ticket && parts.next.busy() && whole.version > ticket.version;
  const before = ticket;
  ticket = whole;
  draw();
  if (changed) sayChanged(before);
}

function draw() {
  drawHead();
  for (const name of ["instructions", "next", "proofs", "links", "messages", "others"])
    parts[name].draw(ticket);
  fill($("#clock"), el("h2", {}, t("ticket.clock")), clockBar(ticket));
  fill($("#history"), el("h2", {}, t("ticket.history")), historyList(ticket.steps));
  reportList($("#reports"), ticket, { may: parts.may });
  fill($("#way"), wayLink(ticket));
  const feature = ticket.file?.feature;
  if (ground && feature) ground.showIncidents([feature]);
}

function drawHead() {
  document.title = `${categoryName(ticket)} #${ticket.id} · ${document.title.split(" · ").pop()}`;
  fill(
    $("#what"),
    sign(ticket.priority),
    ` ${categoryName(ticket)} `,
    el("span", { class: "quiet" }, `#${ticket.id}`),
    ticket.demo ? el("span", { class: "mark demo" }, "DEMO") : null,
  );
  fill($("#where"), icon("map-pin"), whereWords(ticket), districtWords(ticket.village));
  fill(
    $("#facts"),
    fact(t("fact.priority"), priorityName(ticket.priority)),
    fact(t("ticket.fact.kind"), kindName(ticket.kind)),
    fact(t("fact.opened"), dayClock(ticket.opened_at), fullTime(ticket.opened_at)),
    fact(t("ticket.fact.agency"), ticket.agency.short),
    fact(t("fact.state"), [stateName(ticket.state), turnWords(ticket)].filter(Boolean).join(" · ")),
  );
  fill($("#marks"), marksOf(ticket));
  fill($("#course"), courseLine(ticket));
  fill(
    $("#warnings"),
    (ticket.warnings ?? []).map(({ text }) => notice("warn", text)),
    ticket.rule ? el("p", { class: "quiet small" }, t("ticket.rule", { rule: ticket.rule })) : null,
  );
}

const districtWords = (village) =>
  village ? el("span", { class: "quiet" }, ` · ${t("ticket.district", village)}`) : null;

const fact = (name, words, title = null) =>
  el("div", { title }, el("dt", {}, name), el("dd", {}, words));

/** Somebody typed while another moved the ticket: said above, the words stay. */
function sayChanged(before) {
  const last = ticket.steps.at(-1);
  if (!last || last.at === before.steps.at(-1)?.at) return;
  const values = { by: last.by, time: dayClock(last.at), state: stateName(ticket.state) };
  fill($("#told"), notice("warn", t("ticket.changed_under", values)));
}

/** Follow the case over the wire; what happens to it is read quietly. */
function follow(me) {
  if (!me.rights.includes("see_board")) return;
  const board = openBoard({
    incidents: false,
    onChange(_board, changes) {
      const heard = changes.heard.filter((one) => one.id === ticket.incident).at(-1);
      if (changes.all || (heard && isNews(heard))) later();
    },
    onState(word, since) {
      if (word === "refused") return;
      showCut(word, since);
      showLink(word, word === "live" ? board.readAt : since);
    },
  });
  setInterval(() => document.visibilityState === "visible" && drawClock(), AGES_MS);
}

// To read a restricted case is logged, and the log rings: reading again would never end.
function isNews({ feature }) {
  const words = JSON.stringify(feature);
  const known = words === lastHeard;
  lastHeard = words;
  return !known || !feature?.properties.restricted;
}

function drawClock() {
  fill($("#clock"), el("h2", {}, t("ticket.clock")), clockBar(ticket));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const fresh = await get(`/api/tickets/${id}`).catch(() => null);
    if (fresh && (fresh.version !== ticket.version || differs(fresh))) take(fresh);
  }, QUIET_MS);
}

// Words, proof and instructions come without a new version of the row.
const differs = (fresh) =>
  ["messages", "proofs", "instructions", "links", "others"].some(
    (name) => JSON.stringify(fresh[name]) !== JSON.stringify(ticket[name]),
  );
