/** The page of an analysis: a question, its answer as sentence, map, chart and table. */

import { $, $$, fill } from "../dom.js";
import { t } from "../words.js";
import { readAddress, writeView } from "../load/address.js";
import { fromAddress, toQuery } from "./ask.js";
import { seenOf } from "./classes.js";
import { openForm } from "./form.js";
import { openJob } from "./job.js";
import { openMaps } from "./maps.js";
import { openNotes } from "./notes.js";
import { openTable } from "./table.js";
import { openTime } from "./time.js";
import { Outdated, reckon } from "./reckon.js";
import { foldAsk } from "./small.js";
import { caveats, chartOf, foundOf, headline, troubleWords } from "./telling.js";

const PAGE_WORDS = ["rapat", "pekan", "urut", "wilayah"];
const maps = openMaps({
  onPlace: choose,
  onClick: clicked,
  onView: keepView,
  view: readAddress().view,
});
const table = openTable({ onChoose: choose, onSort: (order) => remember({ urut: order }) });
const time = openTime(turn);
const form = openForm({ onAsk: ask });
const job = openJob();
const notes = openNotes({
  ground: maps.first,
  onShown: (shown) => {
    maps.showNotes(shown);
    links();
  },
  onMeeting: (name) => remember({ rapat: name }),
});
let asked = 0;
let now = { ask: null, more: {}, answer: null, other: null, chosen: null };

window.tanggap = { map: maps.first.map, second: maps.second, ready: maps.ready };
foldAsk();
restore();
addEventListener("popstate", restore);
addEventListener("beforeprint", () => ($("#method").open = true));
$("#again").addEventListener("click", () => read({ anew: true }));
$("#copy").addEventListener("click", copy);
$("#print").addEventListener("click", () => print());

/** Take question and view from the address: at the start, and after the back button. */
function restore() {
  const words = new URLSearchParams(location.search);
  const more = Object.fromEntries(PAGE_WORDS.map((name) => [name, words.get(name) ?? ""]));
  const asking = fromAddress(location.search);
  const meant = notes.meeting() !== more.rapat || !now.ask;
  const same = now.ask && toQuery(now.ask) === toQuery(asking) && now.answer;
  now = { ...now, ask: asking, more };
  form.put(asking);
  notes.setMeeting(more.rapat);
  if (meant) notes.read();
  if (same) show();
  else read();
}

/** The form asks: the address says so first, so that the back button comes back to here. */
function ask(wanted) {
  now.ask = wanted;
  now.more.pekan = "";
  now.more.wilayah = "";
  const query = toQuery(wanted, now.more);
  const address = `${location.pathname}?${query}${location.hash}`;
  if (location.search !== `?${query}`) history.pushState(null, "", address);
  form.put(wanted);
  foldAsk();
  read();
}

function remember(words) {
  Object.assign(now.more, words);
  const query = toQuery(now.ask, now.more);
  history.replaceState(null, "", `${location.pathname}?${query}${location.hash}`);
  links();
}

/** Where the map is goes into the address, too: whoever opens it sees the same picture. */
function keepView() {
  const { map } = maps.first;
  const { lng, lat } = map.getCenter();
  writeView({ zoom: map.getZoom(), lat, lon: lng });
}

async function read({ anew = false } = {}) {
  const mine = ++asked;
  const wanted = () => mine === asked;
  time.stop();
  $("#answer").setAttribute("aria-busy", "true");
  fill($("#trouble"));
  job.begin();
  if (!now.answer) $("#sentence").textContent = t("analysis.reckoning");
  $("#again").hidden = true;
  let long = false;
  const onJob = (state) => {
    long = true;
    job.show(state);
  };
  try {
    const answer = await reckon(now.ask, { onJob, wanted, anew });
    const other = now.ask.compare ? await reckon(otherOf(now.ask), { onJob, wanted, anew }) : null;
    if (!wanted()) return;
    $("#again").hidden = !long; // what is quick is always of now
    Object.assign(now, { answer, other, chosen: null });
    await show();
  } catch (reason) {
    if (wanted() && !(reason instanceof Outdated)) failed(reason);
  } finally {
    if (wanted()) {
      job.end();
      $("#answer").removeAttribute("aria-busy");
    }
  }
}

/** The same question of the second period. */
function otherOf({ compare, ...ask }) {
  const [since, until] = compare.split("..");
  return { ...ask, since, until };
}

async function show() {
  const { answer, other, more } = now;
  const [seen, besides] = [seenOf(answer), seenOf(other)];
  $("#answer").classList.remove("without");
  headline(answer, other);
  caveats(answer);
  time.show(hasSteps(answer) ? answer.series : null, more.pekan);
  const drawn = maps.show(seen, besides, time.index());
  table.show(seen, more.urut || undefined);
  chart();
  foundOf(answer);
  links();
  await drawn;
  if (now.answer === answer && more.wilayah) choose(more.wilayah);
}

/** Whether there is anything to see step by step: of small cells nothing is told. */
const hasSteps = ({ series, totals }) =>
  totals.n > 0 && [series.places, series.classes].some((told) => Object.keys(told ?? {}).length);

function turn(index) {
  maps.step(index);
  chart();
  remember({ pekan: index === null ? "" : now.answer.series.steps[index] });
}

function chart() {
  const place = now.answer.places.find(({ id }) => id === now.chosen);
  const values = place && now.answer.series.places?.[place.id];
  chartOf(now.answer, values ? { name: place.name, values } : null, time.index());
}

function choose(id) {
  if (!now.answer) return;
  const known = now.answer.places.some((place) => place.id === id);
  now.chosen = known ? id : null;
  maps.choose(now.chosen);
  table.choose(now.chosen);
  remember({ wilayah: now.chosen ?? "" });
  chart();
}

function clicked({ note, place, lngLat }) {
  if (notes.clicked(lngLat)) return;
  if (note) notes.chosen(note);
  else choose(place);
}

/** Nothing can be shown of this question: what was shown of another must not stay beside it. */
function failed(reason) {
  now.answer = null;
  const { words, field, notice } = troubleWords(reason);
  if (field) form.trouble(words, field);
  $("#answer").classList.add("without");
  $("#sentence").textContent = t("analysis.no_answer");
  $("#beside").textContent = "";
  fill($("#trouble"), notice);
  if (field && matchMedia("(max-width: 860px)").matches) $("#ask-box").open = true;
  time.show(null);
  maps.clear();
}

// The notes that are seen go along, also those of no meeting.
function links() {
  if (!now.ask) return;
  const notes_too = notes?.shown() ? `&rapat=${encodeURIComponent(now.more.rapat)}` : "";
  const query = toQuery(now.ask) + notes_too;
  for (const link of $$("[data-file]"))
    link.href = `/api/analyses/file.${link.dataset.file}?${query}`;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
    $("#files-said").textContent = t("analysis.copied");
  } catch {
    $("#files-said").textContent = t("analysis.copy_by_hand", { address: location.href });
  }
}
