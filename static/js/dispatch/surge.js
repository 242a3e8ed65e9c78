/** Many incidents at once: the whole assignment proposed as a table; people keep and send it. */

import { get, post } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { percent, timeElement } from "../format.js";
import { t } from "../words.js";
import { refusalWords } from "./acts.js";
import { whyOf } from "./choices.js";
import { etaWords } from "./times.js";

const COUNT_MS = 20_000;

/** onSent() when orders went out. */
export function openSurge({ sheet, doing, bar, onSent }) {
  let body = null;
  let made = null; // the answer of the last reckoning
  let kept = [];
  const left = new Set(); // rows that were unticked

  // Proposals of others: how many wait stands on the button, whoever made them.
  async function count() {
    const waiting = await get("/api/proposals").catch(() => null);
    if (!waiting) return;
    kept = waiting.proposals;
    sayCount();
  }

  function sayCount() {
    const badge = $("#surge-count");
    badge.hidden = kept.length === 0;
    badge.textContent = String(kept.length);
    badge.title = t("surge.waiting", { n: kept.length });
  }

  setInterval(() => document.visibilityState === "visible" && count(), COUNT_MS);
  count();

  function toggle() {
    body = sheet.open("surge", t("surge.title"), { onClose: () => (body = null) });
    if (!body) return;
    made = null;
    left.clear();
    fill(body, el("p", { class: "empty" }, t("surge.working")));
    read();
  }

  async function read() {
    const [fresh, proposals] = await Promise.allSettled([
      post("/api/surge"),
      get("/api/proposals"),
    ]);
    if (!body) return;
    kept = proposals.value?.proposals ?? [];
    if (fresh.status === "rejected")
      return fill(body, notice("warn", await refusalWords(fresh.reason)), keptBlock());
    made = fresh.value;
    draw();
  }

  async function readKept() {
    kept = (await get("/api/proposals").catch(() => ({ proposals: kept }))).proposals;
    if (body) draw();
    else sayCount();
  }

  function draw() {
    sayCount();
    fill(body, made ? freshBlock() : null, keptBlock());
  }

  const keyOf = ({ incident, unit }) => `${incident}-${unit}`;

  function freshBlock() {
    const { proposals, unmet } = made;
    if (!proposals.length && !unmet.length) return el("p", { class: "empty" }, t("surge.nothing"));
    return el(
      "section",
      {},
      el(
        "p",
        { class: "quiet small" },
        t("surge.made", { n: proposals.length, m: unmet.length }),
        " ",
        timeElement(made.as_of),
      ),
      el(
        "div",
        { class: "buttons" },
        action("send", t("surge.send"), async () => ask(wanted().length, sendFresh), "main"),
        action("save", t("surge.keep"), keepFresh),
        action("refresh-cw", t("surge.again"), read),
      ),
      unmetList(unmet),
      table(proposals, { ticks: left, keyOf, cells: freshCells }),
    );
  }

  const freshCells = (one) => [
    doing.nameOf(one.incident),
    el("b", {}, one.call_sign),
    [
      etaWords({ expected_s: one.expected_s }),
      (one.p_target ?? null) === null
        ? null
        : el(
            "span",
            { class: "quiet" },
            ` ${percent(Math.min(0.99, Math.max(0.01, one.p_target)))}`,
          ),
    ],
    whyOf(one),
  ];

  function unmetList(unmet) {
    if (!unmet.length) return null;
    return el(
      "div",
      { class: "notice warn" },
      icon("triangle-alert"),
      el(
        "ul",
        {},
        unmet.map((one) =>
          el(
            "li",
            {},
            el("b", {}, doing.nameOf(one.incident)),
            ` ${t("surge.unmet", { part: one.part ?? "", why: whyOf(one) })}`,
          ),
        ),
      ),
    );
  }

  function keptBlock() {
    if (!kept.length) return el("p", { class: "quiet small" }, t("surge.none_kept"));
    return el(
      "section",
      { id: "kept" },
      el("h3", {}, t("surge.kept")),
      table(kept, { ticks: left, keyOf: ({ id }) => `k${id}`, cells: keptCells }),
      el(
        "div",
        { class: "buttons" },
        action("send", t("surge.send_kept"), async () => {
          const ids = chosenOf(kept, (one) => `k${one.id}`).map(({ id }) => id);
          ask(ids.length, () => sendKept(ids));
        }),
        action("trash-2", t("surge.drop"), dropKept),
      ),
    );
  }

  const keptCells = (one) => [
    doing.nameOf(one.incident),
    el("b", {}, one.call_sign),
    one.eta ? etaWords(one.eta) : "",
    [t("surge.by", { name: one.by }), " ", timeElement(one.proposed_at)],
  ];

  const chosenOf = (rows, key) => rows.filter((one) => !left.has(key(one)));

  function table(rows, { ticks, keyOf: key, cells }) {
    return el(
      "div",
      { class: "wide" },
      el(
        "table",
        { class: "surge" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["surge.pick", "column.incident", "fact.unit", "surge.time", "surge.why"].map((words) =>
              el("th", { scope: "col" }, t(words)),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          rows.map((one) => tableRow(one, key(one), ticks, cells(one))),
        ),
      ),
    );
  }

  function tableRow(one, key, ticks, cells) {
    const tick = el("input", {
      type: "checkbox",
      "aria-label": `${one.call_sign} ${doing.nameOf(one.incident)}`,
      onchange: (event) => (event.target.checked ? ticks.delete(key) : ticks.add(key)),
    });
    tick.checked = !ticks.has(key);
    return el(
      "tr",
      {},
      el("td", {}, tick),
      cells.map((cell) => el("td", {}, cell)),
    );
  }

  const action = (picture, words, run, look = null) =>
    el(
      "button",
      {
        type: "button",
        class: look,
        async onclick({ currentTarget }) {
          currentTarget.disabled = true;
          await run().catch(async (reason) => bar.say("warn", await refusalWords(reason)));
          currentTarget.disabled = false;
        },
      },
      icon(picture),
      words,
    );

  const wanted = () =>
    chosenOf(made.proposals, keyOf).map(({ incident, unit, part }) => ({ incident, unit, part }));

  /** So many orders at once are not given by a slip of the hand. */
  function ask(n, run) {
    if (!n) return bar.say("warn", t("surge.none_picked"));
    bar.propose({
      words: t("surge.ask", { n }),
      run: () => run().catch(async (reason) => bar.say("warn", await refusalWords(reason))),
    });
  }

  async function keepFresh() {
    const answer = await post("/api/proposals", { proposals: wanted() });
    bar.say("good", t("surge.kept_now", { n: answer.proposals.length }), { take: false });
    made = null;
    await readKept();
    return answer;
  }

  // The answer holds what others keep, too: only what was ticked here goes out.
  async function sendFresh() {
    const asked = wanted();
    const mine = new Set(asked.map(keyOf));
    const { proposals } = await post("/api/proposals", { proposals: asked });
    await sendKept(proposals.filter((one) => mine.has(keyOf(one))).map(({ id }) => id));
    made = null;
    await readKept();
  }

  async function sendKept(ids) {
    bar.say("ask", t("surge.sending", { n: ids.length }));
    const { sent, refused } = await post("/api/proposals/send", { ids });
    const words = t("surge.sent", { n: sent.length });
    const why = refused.map((one) => one.why).join("; ");
    bar.say(
      refused.length ? "warn" : "good",
      refused.length ? `${words} ${t("surge.refused", { n: refused.length, why })}` : words,
      { take: false },
    );
    onSent();
    await readKept();
  }

  async function dropKept() {
    await post("/api/proposals/drop", {
      ids: chosenOf(kept, (one) => `k${one.id}`).map(({ id }) => id),
    });
    await readKept();
  }

  return { toggle };
}
