/** Words about a ticket: notes that stay inside, answers to the reporter, and what came back. */

import { el, fill, icon, notice } from "../dom.js";
import { fullTime } from "../format.js";
import { t, wordFor } from "../words.js";
import { offerColleagues } from "./mentions.js";
import { ticketProblem } from "./problems.js";
import { dayClock } from "./times.js";

const ICONS = { catatan: "lock", jawaban: "send", tanggapan: "message-square" };

/** @returns {{draw: (ticket) => void}} */
export function messageSection(place, { sender, current }) {
  const list = el("ol", { class: "t-messages" });
  const form = noteForm({ sender, current });
  fill(place, el("h2", {}, t("note.title")), list, form);
  return {
    draw({ messages }) {
      fill(
        list,
        messages.length ? messages.map(messageItem) : el("li", { class: "quiet" }, t("note.none")),
      );
    },
  };
}

function messageItem({ at, kind, by, agency, text, mentions = [] }) {
  const who = kind === "tanggapan" ? t("note.reporter") : by;
  return el(
    "li",
    { class: kind },
    el(
      "p",
      { class: "small" },
      icon(ICONS[kind] ?? "message-square"),
      el("b", {}, who),
      agency ? ` · ${agency.short ?? agency}` : null,
      el("span", { class: "quiet" }, ` · ${wordFor("note_kind", kind)} · `),
      el("time", { class: "quiet", datetime: at, title: fullTime(at) }, dayClock(at)),
    ),
    el("div", { class: "words" }, withNames(text, mentions)),
  );
}

/** The text, its mentioned names set off. */
function withNames(text, mentions) {
  const names = mentions.map(({ name }) => name).filter(Boolean);
  if (!names.length) return text;
  const safe = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text
    .split(new RegExp(`(@(?:${safe.join("|")}))`))
    .map((part, index) => (index % 2 ? el("b", { class: "t-name" }, part) : part));
}

function noteForm({ sender, current }) {
  const words = el("textarea", { rows: 3, maxlength: 5000, id: "note-text" });
  const kind = (value, checked) =>
    el(
      "label",
      { class: "tick" },
      el("input", { type: "radio", name: "note-kind", value, checked }),
      t(`note.as_${value}`),
    );
  const said = el("div", { role: "alert" });
  const { list, mentioned } = offerColleagues(words, () => current().id);

  async function send(event) {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return words.focus();
    const chosen = form.elements.namedItem("note-kind").value;
    try {
      const body = { kind: chosen, text, mentions: await mentioned() };
      await sender.step("messages", body, { versioned: false });
      words.value = "";
      return fill(said);
    } catch (reason) {
      return fill(said, notice("bad", ticketProblem(reason)));
    }
  }
  const form = el(
    "form",
    { class: "t-form", novalidate: true, onsubmit: send },
    el(
      "div",
      { class: "field" },
      el("label", { for: "note-text" }, t("note.write")),
      el("div", { class: "t-anchor" }, words, list),
    ),
    el(
      "div",
      { class: "t-note-feet" },
      el(
        "fieldset",
        {},
        el("legend", { class: "only-heard" }, t("note.who_reads")),
        kind("catatan", true),
        kind("jawaban", false),
      ),
      el("button", {}, icon("send"), t("note.send")),
    ),
    said,
  );
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  });
  return form;
}
