/** The dialog in which an address is added, or what it is told is changed. */

import { patch, post, Problem } from "../api.js";
import { $, $$, el, fill } from "../dom.js";
import { problemWords } from "../problems.js";
import { t, wordFor } from "../words.js";
import { secretWords } from "./rows.js";

const dialog = $("#address-dialog");
const form = $("#address-form");
let choices = { agencies: [], channels: [], events: [] };
let changed = null;
let done = async () => {};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
$("#a-channel").addEventListener("change", showForm);

/** What can be chosen, as the server says. */
export function setChoices(known) {
  choices = known;
}

/** Add an address, or change `row`; `saved(kind, ...words)` is called afterwards. */
export function openAddress(row, saved) {
  [changed, done] = [row, saved];
  form.reset();
  $("#address-problem").hidden = true;
  $("#address-title").textContent = row ? row.to : t("notices.add");
  for (const part of $$("[data-new]", form)) part.hidden = row !== null;
  fill($("#a-agency"), [
    el("option", { value: "" }, t("notices.room")),
    ...choices.agencies.map(({ code, short, name }) =>
      el("option", { value: code }, short === name ? name : `${short} · ${name}`),
    ),
  ]);
  fill(
    $("#a-channel"),
    choices.channels.map((name) => el("option", { value: name }, wordFor("channel_out", name))),
  );
  fill($("#a-events"), choices.events.map(eventTick));
  $("#a-digest").checked = row?.digest ?? false;
  showForm();
  dialog.showModal();
  (row ? $("#a-events input") : $("#a-agency")).focus();
}

function eventTick(event) {
  const checked = changed?.events.includes(event) ?? false;
  const tick = el("input", { type: "checkbox", name: "events", value: event });
  tick.checked = checked;
  return el("label", { class: "tick" }, tick, wordFor("event", event));
}

function showForm() {
  $("#a-to").placeholder = t(`notices.how.${$("#a-channel").value}`);
}

async function save() {
  const events = $$('input[name="events"]:checked', form).map((tick) => tick.value);
  const told = { events, digest: $("#a-digest").checked };
  try {
    if (changed) {
      await patch(`/api/subscriptions/${changed.id}`, told);
      dialog.close();
      await done("good", t("notices.changed", { to: changed.to }));
    } else await add(told);
  } catch (reason) {
    fail(reason);
  }
}

async function add(told) {
  const to = $("#a-to").value.trim();
  const agency = $("#a-agency").value || null;
  const body = { agency, channel: $("#a-channel").value, to, ...told };
  const { secret } = await post("/api/subscriptions", body);
  dialog.close();
  if (secret) await done("warn", ...secretWords(to, secret));
  else await done("good", t("notices.added", { to }));
}

function fail(reason) {
  const field = reason instanceof Problem ? reason.facts.field : null;
  for (const input of $$("input, select", form))
    input.setAttribute("aria-invalid", String(input.name === field));
  const place = $("#address-problem");
  place.hidden = false;
  const input = field && $(`[name="${CSS.escape(field)}"]`, form);
  const label = input?.id && $(`label[for="${input.id}"]`, form);
  place.textContent = label
    ? `${t("users.field", { field: label.textContent })} (${input.placeholder || ""})`
    : problemWords(reason);
  input?.focus();
}
