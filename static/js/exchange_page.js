/** /sp4n: what differs between SP4N-LAPOR and us, mending it, and the exchange by files. */

import { get, post, Problem, Unreachable } from "./api.js";
import { $, $$, el, fill, notice } from "./dom.js";
import { fullTime } from "./format.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

const file = $("#file");
const COLUMNS = ["what", "ticket", "remote", "here", "there", "way"];
let known = null;

$("#compare").addEventListener("click", () => compare(false));
$("#repair").addEventListener("click", () => compare(true));
$("#import").addEventListener("submit", (event) => {
  event.preventDefault();
  send(false);
});
$("#take").addEventListener("click", () => send(true));
file.addEventListener("change", () => {
  $("#take").disabled = true;
  fill($("#import-said"));
});
$("#month").addEventListener("change", ({ target }) => {
  for (const link of $$("a[data-month]")) {
    const url = new URL(link.href);
    url.searchParams.set("month", target.value);
    link.href = url.href;
  }
});
await load();

async function load() {
  try {
    draw(await get("/api/exchange"));
  } catch (reason) {
    $("#sentence").textContent = "SP4N-LAPOR";
    fill($("#said"), notice("bad", problemWords(reason)));
  }
}

function draw(standing) {
  known = standing;
  const { configured, counts, run } = standing;
  const last = { why: counts.trouble ?? "" };
  $("#sentence").textContent = sentence(run);
  $("#compare").disabled = !configured;
  $("#repair").disabled = !configured || !run?.found.some((one) => one.mends);
  fill($("#state"), [
    configured ? null : notice("warn", t("exchange.off")),
    counts.dead ? notice("bad", t("exchange.dead", { n: counts.dead, ...last })) : null,
    counts.failed ? notice("warn", t("exchange.failing", { n: counts.failed, ...last })) : null,
  ]);
  $("#compared").textContent = run
    ? t("exchange.compared", { ...run, when: fullTime(run.at), waiting: counts.waiting })
    : "";
  drawFound(run);
}

function sentence(run) {
  if (!run) return t("exchange.never");
  return run.total ? t("exchange.differs", { n: run.total }) : t("exchange.even");
}

function drawFound(run) {
  const found = run?.found ?? [];
  $("#found-table").hidden = !found.length;
  $("#found-empty").hidden = found.length > 0;
  $("#found-empty").textContent = t(run ? "exchange.none" : "exchange.none_yet");
  fill($("#found"), found.map(row));
  const left = run ? run.total - found.length : 0;
  if (left) $("#found").append(el("tr", {}, cell(null, t("exchange.more", { n: left }))));
}

function row(one) {
  const fields = one.fields.map((field) => t(`exchange.field.${field}`)).join(", ");
  return el(
    "tr",
    {},
    cell("what", t(`exchange.kind.${one.kind}`), fields && ` (${fields})`),
    cell("ticket", one.ticket ? el("a", { href: `/tiket/${one.ticket}` }, `#${one.ticket}`) : "–"),
    cell("remote", one.remote ?? "–"),
    cell("here", status(one.ours), words(one, "ours")),
    cell("there", status(one.theirs), words(one, "theirs")),
    cell("way", t(`exchange.way.${one.kind}`)),
  );
}

/** A cell that says on a phone, where the headings are away, which column it is of. */
function cell(column, ...children) {
  const label = $$("#found-table th")[COLUMNS.indexOf(column)]?.textContent ?? null;
  return el("td", { "data-label": label }, children);
}

function status(code) {
  return code ? t(`exchange.status.${code}`) : "–";
}

function words(one, side) {
  if (!one.words.length) return null;
  return one.words.map((word) =>
    el(
      "p",
      { class: "words" },
      el("span", { class: "quiet" }, t(`exchange.field.${word.field}`)),
      word[side] || "–",
    ),
  );
}

async function compare(repair) {
  const buttons = [$("#compare"), $("#repair")];
  for (const button of buttons) button.disabled = true;
  fill($("#said"), notice("warn", t("exchange.working")));
  try {
    const standing = await post("/api/exchange/reconcile", { repair });
    draw(standing);
    fill($("#said"), repair ? notice("good", t("exchange.mended", { n: standing.mended })) : null);
  } catch (reason) {
    fill($("#said"), notice("bad", problemWords(reason)));
    if (known) draw(known);
  }
}

async function send(take) {
  if (!file.files.length) {
    fill($("#import-said"), notice("bad", t("exchange.choose")));
    file.focus();
    return;
  }
  const buttons = [$("#try"), $("#take")];
  for (const button of buttons) button.disabled = true;
  try {
    const told = await upload(file.files[0], take);
    drawImport(told);
    $("#take").disabled = told.taken || told.problems.length > 0;
    if (told.taken) await load();
  } catch (reason) {
    fill($("#import-said"), notice("bad", problemWords(reason)));
  }
  $("#try").disabled = false;
}

function drawImport(told) {
  if (told.problems.length) {
    const many = told.problems.length + told.more_problems;
    const items = told.problems.map((one) =>
      el("li", {}, t(one.column ? "exchange.cell" : "exchange.row", one)),
    );
    fill($("#import-said"), notice("bad", t("exchange.wrong", { n: many })), el("ul", {}, items));
    return;
  }
  const { baru, diperbarui, sama, peka, dilewati, tak_dikenal } = told.counts;
  const said = {
    fresh: baru,
    changed: diperbarui,
    same: sama,
    left: peka + dilewati + tak_dikenal,
  };
  const key = told.taken ? "exchange.taken" : "exchange.would";
  fill(
    $("#import-said"),
    notice(told.taken ? "good" : "warn", t(key, { ...said, rows: told.rows })),
  );
}

/** The file with its answer; throws Problem or Unreachable, as api.js does. */
function upload(chosen, take) {
  const form = new FormData();
  form.set("file", chosen, "berkas");
  if (take) form.set("take", "1");
  const wire = new XMLHttpRequest();
  wire.open("POST", "/api/exchange/import");
  wire.timeout = 120_000;
  wire.responseType = "json";
  wire.setRequestHeader("Accept", "application/json");
  wire.setRequestHeader("X-CSRF-Token", $('meta[name="csrf-token"]')?.content ?? "");
  return new Promise((resolve, reject) => {
    wire.onerror = wire.ontimeout = wire.onabort = () => reject(new Unreachable("import"));
    wire.onload = () => {
      if ([502, 503, 504].includes(wire.status)) reject(new Unreachable(String(wire.status)));
      else if (wire.status >= 400) reject(new Problem(wire.status, wire.response ?? {}));
      else resolve(wire.response);
    };
    wire.send(form);
  });
}
