/** The words that the reporter will read: begun from a template, seen beforehand as they will. */

import { get, post } from "../api.js";
import { el, fill, icon } from "../dom.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";
import { field } from "./fields.js";

const MOST = 5000;

/** A field of the answer for this ticket; `ask` when it is a question to the reporter. */
export function answerField(ticket, { ask = false } = {}) {
  const control = el("textarea", { rows: 5, maxlength: MOST, oninput: show });
  const preview = el("div", { class: "t-preview", role: "group" });
  const made = field({
    name: "answer",
    label: t(ask ? "ticket.question" : "ticket.answer"),
    control,
    hint: t("ticket.answer.plain"),
    read: () => ({ answer: control.value.trim() || undefined }),
    missing: () => (control.value.trim() ? null : t("ticket.answer.missing")),
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
  made.element.querySelector("label").after(templates(ticket, control, show));
  made.element.append(preview);
  show();
  return made;
}

const headOf = (ticket) => ({ who: ticket.agency.short, what: ticket.category_name });

function templates(ticket, control, show) {
  const select = el("select", { "aria-label": t("ticket.template") });
  const said = el("span", { role: "status", class: "small" });
  let known = [];

  async function read() {
    try {
      ({ answers: known = [] } = await get(`/api/answers?ticket=${ticket.id}`));
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

  select.addEventListener("change", () => {
    const chosen = known.find(({ id }) => String(id) === select.value);
    select.value = "";
    if (!chosen) return;
    const words = chosen.filled ?? chosen.text;
    // What somebody has written stays: the template goes below it.
    control.value = control.value.trim() ? `${control.value.trim()}\n\n${words}` : words;
    show();
    control.focus();
  });
  read();
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
