/** The rows of both tables of /pemberitahuan. */

import { del, patch, post } from "../api.js";
import { el, icon } from "../dom.js";
import { clock, timeElement } from "../format.js";
import { t, wordFor } from "../words.js";

const cell = (name, ...content) => el("td", { "data-label": t(`column.${name}`) }, ...content);

/** One who is told; `acts` has change(row), said(kind, ...words), failed(reason). */
export function subscriptionRow(row, acts) {
  const to = row.reporters ? t("notices.reporters") : row.to;
  const events = row.events.map((event) => wordFor("event", event)).join(", ");
  return el(
    "tr",
    { "data-id": row.id, class: row.active ? null : "off" },
    cell("agency", row.agency?.short ?? t("notices.room")),
    cell("channel", wordFor("channel_out", row.channel)),
    cell("to", to),
    cell(
      "events",
      row.reporters ? wordFor("event", "dijawab") : events || t("notices.all_events"),
      row.digest ? el("span", { class: "second quiet" }, t("notices.digest")) : null,
    ),
    cell(
      "active",
      t(row.active ? "notices.active" : "notices.stopped"),
      row.from_files ? el("span", { class: "second quiet" }, t("notices.from_files")) : null,
    ),
    cell("actions", el("span", { class: "buttons" }, buttons(row, to, acts))),
  );
}

function buttons(row, to, acts) {
  const path = `/api/subscriptions/${row.id}`;
  const act = (name, picture, run) => button(row.id, name, picture, run, acts.failed);
  return [
    row.reporters || !row.active
      ? null
      : act("try", "send", async () => {
          await post(`${path}/try`, {});
          await acts.said("good", t("notices.tried", { to }));
        }),
    row.from_files ? null : act("change", "pencil", async () => acts.change(row)),
    row.own_secret
      ? act("rotate", "lock", async () => {
          const { secret } = await patch(path, { rotate: true });
          await acts.said("warn", ...secretWords(to, secret));
        })
      : null,
    act(row.active ? "stop" : "start", row.active ? "pause" : "play", async () => {
      await patch(path, { active: !row.active });
      await acts.said("good", t("notices.changed", { to }));
    }),
    row.from_files
      ? null
      : act("remove", "trash-2", async () => {
          if (!confirm(t("notices.sure", { to }))) return;
          await del(path);
          await acts.said("good", t("notices.removed", { to }));
        }),
  ];
}

function button(id, name, picture, run, failed) {
  const onclick = async (event) => {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    try {
      await run();
    } catch (reason) {
      failed(reason);
    }
    pressed.disabled = false;
  };
  const attributes = { type: "button", "data-key": `${name}-${id}`, onclick };
  return el("button", attributes, icon(picture), t(`notices.${name}`));
}

/** The sentence with the secret, which can be marked as a whole. */
export function secretWords(to, secret) {
  const [before, after] = t("notices.secret", { to, secret: "\u0000" }).split("\u0000");
  return [before, el("code", { class: "secret" }, secret), after];
}

/** A message of the outbox. */
export function messageRow(row, again) {
  const to = addressWords(row);
  const fails = row.state === "mati" || (row.state === "batal" && row.trouble !== "digabung");
  return el(
    "tr",
    { "data-id": row.id, class: row.state === "batal" ? "off" : null },
    cell("made", timeElement(row.made_at)),
    cell(
      "message",
      el(
        "span",
        {},
        wordFor("event", row.event),
        row.ticket ? [" ", el("span", { class: "quiet" }, `#${row.ticket}`)] : null,
        row.urgent ? el("span", { class: "mark" }, t("outgoing.urgent")) : null,
      ),
    ),
    cell("channel", wordFor("channel_out", row.channel)),
    cell("to", to),
    cell(
      "outcome",
      el("span", { class: row.state === "mati" ? "dead" : null }, wordFor("out_state", row.state)),
      el("span", { class: "second quiet" }, outcomeWords(row)),
    ),
    fails ? cell("actions", againButton(row, to, again)) : el("td", { class: "nothing" }),
  );
}

function againButton(row, to, again) {
  const onclick = (event) => again(row, to, event.currentTarget);
  const attributes = { type: "button", "data-key": `again-${row.id}`, onclick };
  return el("button", attributes, icon("refresh-cw"), t("outgoing.again"));
}

function addressWords({ to }) {
  if (to.startsWith("push:")) return t("outgoing.browser");
  return to.startsWith("call:") ? t("outgoing.reporter") : to;
}

function outcomeWords(row) {
  const words = row.tries ? [t("outgoing.tries", { n: row.tries })] : [];
  if (row.trouble) words.push(row.trouble);
  if (row.state === "menunggu" && row.tries)
    words.push(t("outgoing.next", { time: clock(row.next_at) }));
  return words.join(", ");
}
