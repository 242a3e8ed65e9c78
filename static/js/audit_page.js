/** The log: who did or looked at what, newest first. */

import { get, withQuery } from "./api.js";
import { $, el, fill, icon, notice } from "./dom.js";
import { fullTime, timeElement } from "./format.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";

const kinds = $("#kind");
const people = $("#by");
let entries = [];
let ended = false;

for (const filter of [people, $("#find")]) filter.addEventListener("input", draw);
kinds.addEventListener("input", readAgain);
$("#again").addEventListener("click", readAgain);
$("#filters").addEventListener("submit", (event) => event.preventDefault());
await readAgain();

async function readAgain() {
  entries = [];
  await readMore();
}

async function readMore() {
  const before = entries.at(-1)?.id ?? null;
  try {
    const found = (await get(withQuery("/api/log", { kind: kinds.value, before }))).entries;
    entries.push(...found);
    ended = found.length < 200;
    offer(kinds, "kind", (kind) => wordFor("log_kind", kind));
    offer(people, "by", (name) => name);
    draw();
  } catch (reason) {
    $("#sentence").textContent = t("log.title");
    $("#empty").hidden = false;
    fill($("#empty"), notice("bad", problemWords(reason)));
  }
}

function offer(select, key, words) {
  const there = new Set([...select.options].map((option) => option.value));
  for (const value of new Set(entries.map((entry) => entry[key])))
    if (value && !there.has(value)) select.append(el("option", { value }, words(value)));
}

function draw() {
  const words = $("#find").value.trim().toLowerCase();
  const shown = entries.filter(
    (entry) =>
      (!people.value || entry.by === people.value) && (!words || searchable(entry).includes(words)),
  );
  $("#sentence").textContent = t("log.sentence", { n: shown.length, all: entries.length });
  fill($("#rows"), shown.map(row));
  const empty = $("#empty");
  empty.hidden = shown.length > 0 && ended;
  if (shown.length === 0)
    empty.textContent = entries.length ? t("log.none_filtered") : t("log.none");
  else
    fill(
      empty,
      el("button", { type: "button", onclick: readMore }, icon("chevron-down"), t("log.more")),
    );
}

function searchable({ incident, call, kind, by, facts }) {
  return [incident, call, kind, wordFor("log_kind", kind), by, factWords(facts)]
    .join(" ")
    .toLowerCase();
}

function row(entry) {
  const cell = (name, ...content) => el("td", { "data-label": t(`column.${name}`) }, ...content);
  const moment = timeElement(entry.at);
  return el(
    "tr",
    {},
    cell("time", moment, el("span", { class: "quiet second" }, fullTime(entry.at))),
    cell("what", wordFor("log_kind", entry.kind)),
    cell("by", entry.by || "–"),
    cell("incident", entry.incident ? `#${entry.incident}` : "–"),
    cell("facts", factWords(entry.facts)),
  );
}

function factWords(facts) {
  return Object.entries(facts ?? {})
    .map(([name, value]) => `${wordFor("log_fact", name)}: ${plainWords(value)}`)
    .join(" · ");
}

function plainWords(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
