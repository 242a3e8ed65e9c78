/** What is not sent yet and what was refused, in words: the crew must never have to guess. */

import { el, fill, icon, notice } from "../dom.js";
import { clock } from "../format.js";
import { categoryName } from "../incident_words.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

/** That there is no line, and since when: what the page shows of an order may be old. */
export function showDeadSpot(place, state, since) {
  const words =
    state === "live"
      ? ""
      : t(state === "cut" ? "field.cut" : `cut.${state}`, { time: clock(since) });
  if (place.dataset.words === words) return;
  place.dataset.words = words;
  place.hidden = !words;
  const away = state === "logged_out";
  fill(place, icon("wifi-off"), el("span", {}, words), away ? logIn() : null);
}

const logIn = () => el("a", { class: "button", href: "/masuk", target: "_blank" }, t("cut.log_in"));

/** "Belum terkirim: Berangkat 10.31, Tiba 10.40." */
export function showQueue(place, { items, trouble }, lasting, onRetry) {
  const waiting = trouble || !navigator.onLine ? items : [];
  place.hidden = waiting.length === 0;
  const key = waiting.map((item) => item.key).join() + trouble;
  if (place.hidden || place.dataset.key === key) return;
  place.dataset.key = key;
  const why = trouble === "logged_out" ? "field.queue.logged_out" : "field.queue.kept";
  fill(
    place,
    icon("wifi-off"),
    el(
      "div",
      {},
      el("b", {}, t("field.queue.unsent", { n: items.length })),
      el("ol", {}, items.map(itemLine)),
      el("p", { class: "small" }, t(lasting ? why : "field.queue.not_lasting")),
      trouble === "logged_out"
        ? logIn()
        : el("button", { type: "button", onclick: onRetry }, icon("refresh-cw"), t("outbox.again")),
    ),
  );
}

const itemLine = ({ state, kind, at }) =>
  el("li", {}, `${stepName(kind, state)} `, el("time", { datetime: at }, clock(at)));

const stepName = (kind, state) => t(kind === "help" ? `help.${state}` : `step.${state}`);

/** A step that the server did not take: which, when it was tapped, and what the server says. */
export function tellRefusal(place, { kind, state, at }, reason) {
  const line = notice(
    "bad",
    el("b", {}, t("field.refused", { step: stepName(kind, state), time: clock(at) })),
    el("p", {}, problemWords(reason)),
    reason.message
      ? el("p", { class: "small" }, t("field.server_says", { words: reason.message }))
      : null,
    el("button", { type: "button", onclick: () => line.remove() }, t("field.understood")),
  );
  place.append(line);
}

/** An order was taken back: over the whole screen, with the reason, until it was read. */
export function tellRecall(dialog, words, incident, onRead) {
  const read = () => {
    dialog.close();
    fill(dialog);
    onRead();
  };
  fill(
    dialog,
    el("p", { class: "alarm-head" }, icon("triangle-alert"), t("field.recall.title")),
    el("h2", {}, words),
    incident ? el("p", { class: "alarm-place" }, orderLine(incident)) : null,
    el("p", {}, t("field.recall.how")),
    el(
      "div",
      { class: "answers" },
      el(
        "button",
        { type: "button", class: "main big", onclick: read },
        icon("check"),
        t("field.understood"),
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
}

const orderLine = ({ properties }) =>
  [categoryName(properties), properties.place].filter(Boolean).join(" · ");

/** "Dialihkan: ada yang lebih gawat", as far as the server tells why. */
export function recallWords(task) {
  if (!task) return t("field.recall.unknown");
  const values = { reason: task.reason ? t(`reason.${task.reason}`) : t("field.recall.no_reason") };
  return t(`field.recall.${task.state}`, values);
}
