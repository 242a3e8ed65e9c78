/** The chosen incident: facts, plan, who is out, who can go. What changes is drawn in its place. */

import { get } from "../api.js";
import { chancesLine } from "../belief.js";
import { closeTool, endsByItself } from "../closing.js";
import { $, el, fill, icon, notice, sign } from "../dom.js";
import { serverNow } from "../format.js";
import {
  UNSURE,
  categoryName,
  chancesOf,
  placeLine,
  priorityName,
  villageName,
} from "../incident_words.js";
import { showSame } from "../merging.js";
import { problemWords } from "../problems.js";
import { marksOf } from "../village/marks.js";
import { t } from "../words.js";
import * as acts from "./acts.js";
import { choiceLists } from "./choices.js";
import { settle, unsettle, walk } from "./list.js";
import { missingWords, partName, planOf } from "./needs.js";
import { planView, tellView } from "./plan_view.js";
import { isUnanswered, sentItem, unitsOutFor } from "./sent.js";
import { timer } from "./timers.js";

const PAUSE_MS = 700; // several changes that come together are asked about once

/** onPoint(unitId) when a suggestion is looked at; onFound(found); onChoose(id): show that one. */
export function openCase({ board, number, doing, drag, bar, onPoint, onFound, onChoose, onClose }) {
  const place = $("#case");
  const parts = Object.fromEntries(
    ["head", "plan", "sent", "tell", "same", "more", "choices"].map((name) => [
      name,
      $(`#case-${name}`),
    ]),
  );
  let id = null;
  let full = null;
  let found = null;
  let later = null; // suggestions that came while somebody had a hand in the list
  let asked = 0;
  let due = null;
  let choicesMark = 0;
  walk(parts.choices, "button.send-unit");
  for (const name of ["mouseleave", "focusout"])
    parts.choices.addEventListener(name, () => setTimeout(takeLater, 50));

  function show(incidentId) {
    if (incidentId !== id) {
      [id, full, found, later] = [incidentId, null, null, null];
      mergeTold?.remove();
      for (const part of Object.values(parts)) {
        fill(part);
        unsettle(part);
        part.scrollTop = 0;
      }
      $(".case-left").scrollTop = 0;
      fill(parts.choices, el("p", { class: "empty" }, t("units.looking")));
    }
    place.hidden = false;
    draw();
    lookSame();
    return read();
  }

  const feature = () => board().incidents.get(id) ?? null;
  const live = (found_plan) => planOf(feature()) ?? found_plan ?? null;

  async function read() {
    const number_asked = ++asked;
    const incident = feature();
    const [whole, choice] = await Promise.allSettled([
      get(`/api/incidents/${id}`),
      incident?.geometry ? acts.suggestionsFor(id) : Promise.resolve(null),
    ]);
    if (number_asked !== asked) return;
    if (whole.status === "fulfilled") full = whole.value;
    if (choice.status === "rejected") {
      found = null;
      fill(parts.choices, notice("warn", problemWords(choice.reason)));
      unsettle(parts.choices);
    } else if (!choice.value) {
      fill(parts.choices, el("p", { class: "empty" }, t("units.no_pin")));
      unsettle(parts.choices);
    } else offer(choice.value);
    draw();
  }

  // A list never changes under somebody's finger: it waits until the hand is gone.
  function offer(fresh) {
    const held =
      found && (parts.choices.matches(":hover") || parts.choices.contains(document.activeElement));
    if (held) later = fresh;
    else {
      [found, later] = [fresh, null];
      choicesMark++;
      onFound(found);
    }
  }

  function takeLater() {
    if (!later || parts.choices.matches(":hover") || parts.choices.contains(document.activeElement))
      return;
    [found, later] = [later, null];
    choicesMark++;
    draw();
  }

  function draw() {
    const incident = feature();
    if (!incident) {
      if (id !== null) {
        settle(parts.head, "gone", () => [notice("warn", t("detail.gone")), closeButton()]);
        for (const name of ["plan", "sent", "tell", "same", "more", "choices"]) {
          fill(parts[name]);
          unsettle(parts[name]);
        }
      }
      return;
    }
    const plan = live(found?.plan);
    const out = unitsOutFor(board().units.values(), id);
    const now = serverNow();
    const told = full?.told ?? [];
    const calls = full?.calls ?? [];
    const marks = full?.marks ?? [];
    const headMark = [incident.properties, calls.length, marks, number(id), plan];
    settle(parts.head, JSON.stringify(headMark), () => [
      ...head(incident, calls, plan),
      marksOf(marks, incident, { may: { dispatch: true }, onPinned: moved }),
    ]);
    settle(parts.plan, JSON.stringify([plan]), () =>
      planView(plan, { onRaise: (level) => doing.askRaise(incident, level) }),
    );
    settle(parts.sent, sentMark(out, now, bestInsteadOf), () => sentList(out, now));
    settle(parts.tell, JSON.stringify([plan?.tell, told]), () =>
      tellView(plan, told, { onTold: tell }),
    );
    const ends = endsByItself(full);
    settle(parts.more, `${incident.properties.version}-${Boolean(ends)}`, () => [
      ends,
      ...closeTool(incident, closed),
    ]);
    if (found) settle(parts.choices, `${id}-${choicesMark}`, () => choicesView());
    markTaken();
  }

  function head(incident, calls, plan) {
    const facts = incident.properties;
    const words = calls.map(({ what }) => what).filter(Boolean);
    const village = facts.village ? villageName(facts.village) : null;
    const doubt = facts.doubt > UNSURE ? chancesLine(chancesOf(facts)) || t("doubt.nothing") : null;
    return [
      el(
        "div",
        { class: "case-title" },
        el(
          "h2",
          { tabindex: "-1", id: "case-title" },
          sign(facts.priority),
          ` ${number(id)} ${categoryName(facts)}`,
          el(
            "span",
            { class: "quiet" },
            ` ${number(id) === String(id) ? "" : `#${id} · `}${priorityName(facts.priority)}`,
          ),
          facts.demo ? el("span", { class: "mark demo" }, "DEMO") : null,
        ),
        timer(facts.opened_at, {
          given_s: facts.state === "di_lokasi" ? null : (plan?.target_s ?? null),
          title: t("fact.opened"),
        }),
        closeButton(),
      ),
      el(
        "p",
        {},
        icon("map-pin"),
        ` ${placeLine(incident)}`,
        village ? el("span", { class: "quiet" }, ` · ${village}`) : null,
      ),
      doubt
        ? el(
            "p",
            { class: "lack" },
            icon("circle-help"),
            ` ${t("case.doubt", { villages: doubt })}`,
          )
        : null,
      words.length
        ? el(
            "blockquote",
            {},
            words.at(-1),
            words.length > 1
              ? el("span", { class: "quiet" }, ` ${t("case.calls", { n: calls.length })}`)
              : null,
          )
        : null,
      el("p", { class: "missing" }, missingWords({ properties: { ...facts, plan } })),
    ];
  }

  const closeButton = () =>
    el(
      "button",
      { type: "button", class: "plain", "aria-label": t("close.panel"), onclick: close },
      icon("x"),
    );

  function sentList(out, now) {
    if (!out.length) return [];
    return [
      el("h3", {}, t("sent.title")),
      el(
        "ul",
        {},
        out.map((unit) =>
          sentItem(unit, {
            unanswered: isUnanswered(unit.properties.assignment, now),
            best: bestInsteadOf(unit),
            partNamed,
            onStep: (held, state) => doing.step(held, state),
            onCancel: (held, reason) => doing.step(held, "dibatalkan", { reason }),
            onTakeOver: doing.askTakeOver,
            onHelpSeen: doing.seen,
          }),
        ),
      ),
    ];
  }

  function partNamed(code) {
    const part = live(found?.plan)?.parts?.find((one) => one.code === code);
    return part ? partName(part) : code;
  }

  /** Who could take an order over: for the same part of the plan, else of the same kind. */
  function bestInsteadOf({ properties }) {
    const free = ((later ?? found)?.units ?? []).filter(({ unit }) => isFree(unit));
    const { part } = properties.assignment;
    return (
      (part && free.find((one) => one.part === part)) ||
      free.find((one) => one.unit_kind === properties.unit_kind) ||
      null
    );
  }

  const isFree = (unit) => ["siap", "kembali"].includes(board().units.get(unit)?.properties.state);

  const choicesView = () =>
    choiceLists(found, {
      onSend: (one) => doing.send(id, one),
      onDivert: (one) => doing.askDivert(id, one),
      onPoint,
      drag,
    });

  // Between two readings: who was sent elsewhere can no longer be pressed.
  function markTaken() {
    for (const button of parts.choices.querySelectorAll("li[data-unit] > button.send-unit")) {
      const taken = !isFree(Number(button.parentElement.dataset.unit));
      if (button.disabled !== taken) button.disabled = taken;
    }
  }

  async function tell(agency, button) {
    button.disabled = true;
    try {
      full = { ...full, ...(await acts.tellAgency(id, agency)) };
      draw();
    } catch (reason) {
      button.disabled = false;
      bar.say("warn", await acts.refusalWords(reason));
    }
  }

  let mergeTold = null; // what was merged just now, until another case is shown

  /** The same event as another one: proposals, and what was merged into this one. */
  function lookSame() {
    const incident = feature();
    if (!incident) return;
    const acts_on = { onMerged: goOnIn, onParted: goBackTo, quiet: true, title: t("same.title") };
    showSame(parts.same, incident, acts_on);
  }

  function goOnIn({ from, into }, notices) {
    board().take(from);
    board().take(into);
    onChoose(into.id);
    sayTold(notices);
  }

  function goBackTo({ from, into }, notices) {
    board().take(into);
    board().take(from);
    onChoose(from.id);
    sayTold(notices);
  }

  /** It stands above the case until another one is chosen. */
  function sayTold(notices) {
    mergeTold?.remove();
    mergeTold = el("div", { class: "told" }, notices);
    $(".case-left").prepend(mergeTold);
    ($("[data-undo-merge]", mergeTold) ?? $("#case-title"))?.focus();
  }

  /** The pin went to where the head of the village showed. */
  function moved({ incident }) {
    board().take(incident);
    read();
  }

  function closed(answer) {
    board().take(answer);
    close();
  }

  function close() {
    if (id === null) return false;
    id = full = found = later = null;
    asked++;
    place.hidden = true;
    onClose();
    return true;
  }

  /** What the wire brings: drawn at once; asked about again when it may change who can go. */
  function changed({ all, incidents, units }) {
    if (id === null) return;
    draw();
    if (!all && !incidents.has(id) && !units.size) return;
    clearTimeout(due);
    due = setTimeout(() => id !== null && feature() && read(), PAUSE_MS);
  }

  return {
    show,
    close,
    changed,
    tick: () => id !== null && draw(),
    read: () => id !== null && read(),
    id: () => id,
    full: () => full,
    focus: () => ($("button.send-unit", parts.choices) ?? $("#case-title"))?.focus(),
    focusSame: () => $("[data-merge], [data-undo-merge]", parts.same)?.focus(),
    focusHead: () => $("#case-title")?.focus(),
    focusTakeOver: (unitId) => $(`[data-focus="take-${unitId}"]`, parts.sent)?.focus(),
  };
}

const sentMark = (out, now, bestInsteadOf) =>
  JSON.stringify([
    out.map(({ id, properties }) => [
      id,
      properties.assignment,
      isUnanswered(properties.assignment, now),
    ]),
    out.map(bestInsteadOf).map((best) => best && [best.unit, best.low_s, best.high_s]),
  ]);
