/** What is not sent yet, and drafts put aside: always in sight, in words. */

import { el, fill, icon } from "./dom.js";
import { clock } from "./format.js";
import { t } from "./words.js";

/** Show calls on their way and drafts; each can be taken up. */
export function showOutbox(place, { items, drafts }, { onOpen, onDraft, onRetry }) {
  const waiting = items.filter((item) => item.state !== "sending");
  fill(
    place,
    waiting.map((item) => itemLine(item, onOpen, onRetry)),
    drafts.map((draft) => draftLine(draft, onDraft)),
  );
}

function itemLine(item, onOpen, onRetry) {
  const sent = item.state === "sent";
  const words = t(`outbox.${item.state}`, {
    label: item.label,
    time: clock(item.at),
    id: String(item.answer?.incident?.id ?? item.answer?.joined ?? ""),
  });
  const button = sent
    ? el("button", { type: "button", onclick: () => onOpen(item) }, t("outbox.open"))
    : el("button", { type: "button", onclick: onRetry }, icon("refresh-cw"), t("outbox.again"));
  return el(
    "p",
    { class: `notice ${sent ? "good" : "warn"}` },
    icon(sent ? "check" : "wifi-off"),
    el("span", {}, words),
    button,
  );
}

function draftLine(draft, onDraft) {
  return el(
    "p",
    { class: "notice" },
    icon("pencil"),
    el("span", {}, t("draft.kept", { label: draft.label, time: clock(draft.at) })),
    el("button", { type: "button", onclick: () => onDraft(draft) }, t("draft.open")),
  );
}
