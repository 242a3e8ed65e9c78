/**
 * The words that the reporter will read: begun from a template, seen beforehand as they will.
 *
 * The template that belongs to the move stands in the field from the start, for the officer to change.
 */

import { get, post } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { field } from "./fields.js";

const MOST = 5000;
// As rules/answers.py: "___" is to be filled in, "{desa}" was not known of this ticket.
const OPEN = /(?<!\S)_{3,}|\{(?:nomor|kategori|desa|instansi|batas|lacak)\}/;

/** A field of the answer for this ticket when it moves on `to`; `ask`: a question to the reporter. */
export function answerField(ticket, to, { ask = false } = {}) {
  const control = el("textarea", { rows: 5, maxlength: MOST, oninput: show });
  const begun = beginning(control, show);
  const preview = el("div", { class: "t-preview", role: "group" });
  const made = field({
    name: "answer",
    label: t(ask ? "ticket.question" : "ticket.answer"),
    control,
    hint: t("ticket.answer.plain"),
    read: () => ({ answer: control.value.trim() || undefined }),
    missing: () => lack(control.value),
  });

  function show() {
    const words = control.value.trim();
    preview.hidden = !words;
    fill(
      preview,
      el("p", { class: "quiet small" }, icon("eye"), t("ticket.preview")),
      el("p", { class: "t-preview-head" }, t("ticket.preview.head", headOf(ticket))),
      words.split(/\n+/).map((line) => el("p", {}, line)),
    );
  }
  preview.setAttribute("aria-label", t("ticket.preview"));
  made.element.querySelector("label").after(templates(ticket, to, control, begun));
  made.element.append(preview);
  made.dirty = () => Boolean(control.value.trim()) && !begun.untouched();
  made.focus = () => {
    control.focus();
    chooseOpen(control);
  };
  show();
  return made;
}

const headOf = (ticket) => ({ who: ticket.agency.short, what: ticket.category_name });

/** What cannot be sent yet, in words; null: it can. */
function lack(words) {
  if (!words.trim()) return t("ticket.answer.missing");
  const open = OPEN.exec(words);
  return open && t("ticket.answer.open", { part: open[0] });
}

/** Mark the first part that is to be filled in: who types, fills it. */
function chooseOpen(control) {
  const open = OPEN.exec(control.value);
  if (open) control.setSelectionRange(open.index, open.index + open[0].length);
}

/** Puts templates into the field; knows whether somebody has written there since. */
function beginning(control, show) {
  let put = null;
  const untouched = () => put !== null && control.value === put;
  return {
    untouched,
    /** What somebody has written stays: the template goes below it. */
    put(words) {
      const own = untouched() ? "" : control.value.trim();
      control.value = own ? `${own}\n\n${words}` : words;
      put = own ? null : control.value;
      show();
      if (document.activeElement === control) chooseOpen(control);
    },
    isEmpty: () => !control.value,
  };
}

function templates(ticket, to, control, begun) {
  const select = el("select", { "aria-label": t("ticket.template") });
  const said = el("span", { role: "status", class: "small" });
  let known = [];
  let begins = {};

  async function read() {
    try {
      ({ answers: known = [], begins = {} } = await get(`/api/answers?ticket=${ticket.id}`));
    } catch (reason) {
      fill(said, problemWords(reason));
    }
    fill(
      select,
      el("option", { value: "" }, t("ticket.template.choose")),
      known.map(({ id, title }) => el("option", { value: id }, title)),
    );
    select.disabled = known.length === 0;
  }

  async function begin() {
    await read();
    const first = known.find(({ id }) => id === begins[to]);
    if (!first || !begun.isEmpty()) return;
    begun.put(first.filled);
    fill(said, t("ticket.template.begun", { title: first.title }));
  }

  select.addEventListener("change", () => {
    const chosen = known.find(({ id }) => String(id) === select.value);
    select.value = "";
    if (!chosen) return;
    begun.put(chosen.filled ?? chosen.text);
    fill(said);
    control.focus();
    chooseOpen(control);
  });
  begin();
  return el("div", { class: "t-templates" }, select, keepTool(control, read), said);
}

/** Keep what stands in the field as a template of one's agency. */
function keepTool(control, onKept) {
  const title = el("input", { maxlength: 80, "aria-label": t("ticket.template.title") });
  title.placeholder = t("ticket.template.title");
  const said = el("span", { role: "status", class: "small" });
  const keep = el("button", { type: "button", onclick: send }, icon("save"), t("keep"));

  async function send() {
    const words = { title: title.value.trim(), text: control.value.trim() };
    if (!words.title || !words.text) return fill(said, t("ticket.template.missing"));
    try {
      await post("/api/answers", words);
      title.value = "";
      fill(said, t("ticket.template.kept"));
      await onKept();
    } catch (reason) {
      fill(said, problemWords(reason));
    }
  }
  return el(
    "details",
    { class: "t-keep" },
    el("summary", { class: "button" }, icon("plus"), t("ticket.template.keep")),
    el("div", {}, title, keep, said),
  );
}
