/** Proof of the work: photos and links with what the check found, and the place to bring more. */

import { post } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { distance, fullTime } from "../format.js";
import { t, wordFor } from "../words.js";
import { ticketProblem } from "./problems.js";
import { dayClock } from "./times.js";
import { uploadProof, whyNot } from "./upload.js";
import { isOver } from "./words.js";

/**
 * The section. onChanged() when proof was added or looked at.
 * @returns {{draw: (ticket) => void, focus: () => void}}
 */
export function proofSection(place, { current, me, onChanged }) {
  const list = el("ul", { class: "t-proofs" });
  const adder = proofAdder({ current, onChanged });
  const title = el("h2", {}, t("proof.title"));
  const none = el("p", { class: "quiet" });
  fill(place, title, none, list, adder.element);
  const may = ["work_ticket", "verify"].some((right) => me.rights.includes(right));

  return {
    draw(ticket) {
      const looks = me.rights.includes("verify");
      fill(
        list,
        ticket.proofs.map((proof) => proofItem(proof, { looks, onChanged })),
      );
      none.hidden = ticket.proofs.length > 0;
      none.textContent = t(ticket.proof_needed ? "proof.none_needed" : "proof.none");
      adder.element.hidden = !may || isOver(ticket);
      place.hidden = adder.element.hidden && !ticket.proofs.length;
    },
    focus() {
      place.scrollIntoView({ block: "center" });
      $("input, button", adder.element)?.focus();
    },
  };
}

function proofItem(proof, context) {
  return el(
    "li",
    { class: proof.accepted === false ? "refused" : "" },
    proof.kind === "foto" ? photo(proof) : link(proof),
    el(
      "div",
      {},
      el(
        "p",
        { class: "small" },
        el("b", {}, bringer(proof)),
        el("span", { class: "quiet", title: fullTime(proof.at) }, ` · ${dayClock(proof.at)}`),
      ),
      proof.note ? el("p", {}, proof.note) : null,
      foundWords(proof),
      lookTool(proof, context),
    ),
  );
}

const bringer = ({ by, company }) => company || by || t("proof.contractor");

function photo(proof) {
  const alt = t("proof.photo", { by: bringer(proof) });
  return el(
    "button",
    {
      type: "button",
      class: "t-thumb",
      onclick: () => enlarge(proof, alt),
      title: t("proof.open"),
    },
    el("img", { src: `/api/proofs/${proof.id}`, alt, loading: "lazy" }),
  );
}

function link({ url }) {
  const safe = /^https?:\/\//.test(url) ? url : null;
  return el(
    "a",
    { class: "t-thumb t-link", href: safe, target: "_blank", rel: "noopener noreferrer" },
    icon("link"),
    el("span", {}, safe ? new URL(safe).hostname : url),
  );
}

/** What the check of place, time and picture found; nothing found is said, too. */
function foundWords({ kind, found, far_m: far, same_as: same, accepted }) {
  if (kind !== "foto") return null;
  const marks = found.map((code) =>
    el(
      "li",
      { class: code.startsWith("tanpa_") ? "quiet" : "warn" },
      icon(code.startsWith("tanpa_") ? "info" : "triangle-alert"),
      el("span", {}, foundSentence(code, far, same)),
    ),
  );
  const fine = !found.length && accepted !== false;
  return el(
    "ul",
    { class: "t-found" },
    marks,
    fine ? el("li", { class: "good" }, icon("check"), t("proof.fine")) : null,
  );
}

function foundSentence(code, far, same = []) {
  if (code === "jauh" && far !== null) return t("proof.far", { distance: distance(far) });
  if (code === "sama" && same.length)
    return t("proof.same", { tickets: same.map((id) => `#${id}`).join(", ") });
  return wordFor("proof_found", code);
}

function lookTool({ id, accepted }, { looks, onChanged }) {
  const words = { true: t("proof.accepted"), false: t("proof.refused") }[accepted];
  const said = el("span", { role: "status", class: "small" }, words ?? "");
  if (!looks) return words ? said : null;
  const why = el("input", { maxlength: 500, "aria-label": t("proof.refuse_why"), hidden: true });
  why.placeholder = t("proof.refuse_why");
  const look = (value) => async () => {
    const reason = why.value.trim();
    if (!value && !reason) {
      why.hidden = false;
      return why.focus();
    }
    try {
      await post(
        `/api/proofs/${id}/look`,
        value ? { accepted: true } : { accepted: false, reason },
      );
      return await onChanged();
    } catch (problem) {
      return fill(said, ticketProblem(problem));
    }
  };
  const choice = (value, words_) =>
    el(
      "button",
      { type: "button", "aria-pressed": String(accepted === value), onclick: look(value) },
      words_,
    );
  return el(
    "div",
    { class: "t-look" },
    el(
      "span",
      { class: "choices", role: "group", "aria-label": t("proof.look") },
      choice(true, t("proof.accept")),
      choice(false, t("proof.refuse")),
    ),
    why,
    said,
  );
}

function enlarge({ id, note }, alt) {
  const dialog = el(
    "dialog",
    { class: "t-large", "aria-label": alt, onclose: () => dialog.remove() },
    el(
      "button",
      { type: "button", "aria-label": t("close"), onclick: () => dialog.close() },
      icon("x"),
    ),
    el("img", { src: `/api/proofs/${id}`, alt }),
    note ? el("p", {}, note) : null,
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}

/** Drop photos, choose or take them, or name a post; each goes by itself, with its progress. */
function proofAdder({ current, onChanged }) {
  const note = el("input", { maxlength: 500, id: "proof-note" });
  const ways = el("ul", { class: "t-uploads", "aria-live": "polite" });
  const chooser = picker({}, t("proof.choose"));
  const camera = picker({ capture: "environment" }, t("proof.camera"));
  const zone = el(
    "div",
    { class: "t-drop" },
    icon("upload"),
    el("p", {}, t("proof.drop")),
    el("div", { class: "buttons" }, camera, chooser),
  );
  for (const name of ["dragover", "dragleave", "drop"])
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files);
    });

  function picker(more, words) {
    const input = el("input", {
      type: "file",
      accept: "image/jpeg,image/png,image/webp",
      class: "only-heard",
      multiple: !more.capture,
      ...more,
      onchange: () => {
        take(input.files);
        input.value = "";
      },
    });
    return el(
      "label",
      { class: "button" },
      icon(more.capture ? "camera" : "paperclip"),
      input,
      words,
    );
  }

  function take(files) {
    for (const file of files) start({ photo: file, note: note.value.trim(), name: file.name });
  }

  function start(item) {
    item.key ??= crypto.randomUUID();
    const line = el("li", {});
    ways.append(line);
    const why = whyNot(item.photo);
    if (why) return refuse(line, item, why, false);
    return send(line, item);
  }

  async function send(line, item) {
    const bar = el("progress", { max: 1, value: 0, "aria-label": t("proof.sending") });
    fill(line, el("span", {}, item.name), bar);
    try {
      await uploadProof(
        `/api/tickets/${current().id}/proofs`,
        item,
        (share) => (bar.value = share),
      );
      line.remove();
      note.value = "";
      await onChanged();
    } catch (reason) {
      refuse(line, item, ticketProblem(reason), !reason.status || reason.status >= 500);
    }
  }

  // The same key again: what did arrive is not kept twice.
  function refuse(line, item, words, again) {
    const retry = el(
      "button",
      { type: "button", onclick: () => send(line, item) },
      t("proof.again"),
    );
    const drop = el("button", { type: "button", onclick: () => line.remove() }, t("proof.drop_it"));
    fill(line, notice("bad", el("b", {}, `${item.name}: `), words, " ", again ? retry : drop));
  }

  const element = el(
    "div",
    { class: "t-adder" },
    zone,
    el("div", { class: "field" }, el("label", { for: "proof-note" }, t("proof.note")), note),
    ways,
    linkTool({ current, note, onChanged }),
  );
  return { element };
}

function linkTool({ current, note, onChanged }) {
  const url = el("input", {
    type: "url",
    maxlength: 500,
    id: "proof-url",
    placeholder: "https://",
  });
  const said = el("span", { role: "status" });
  const key = { words: null, key: null };

  async function send(event) {
    event.preventDefault();
    const words = url.value.trim();
    if (!/^https?:\/\/\S+\.\S+/.test(words)) return fill(said, t("proof.url_wrong"));
    if (key.words !== words) Object.assign(key, { words, key: crypto.randomUUID() });
    try {
      const body = { url: words, note: note.value.trim() || null, key: key.key };
      await post(`/api/tickets/${current().id}/proofs`, body);
      url.value = note.value = "";
      fill(said);
      return await onChanged();
    } catch (reason) {
      return fill(said, notice("bad", ticketProblem(reason)));
    }
  }
  return el(
    "details",
    { class: "t-keep" },
    el("summary", { class: "button" }, icon("link"), t("proof.link")),
    el(
      "form",
      { novalidate: true, onsubmit: send },
      el("label", { for: "proof-url" }, t("proof.url")),
      url,
      el("button", {}, t("proof.add_link")),
      said,
    ),
  );
}
