/** The left side of the console: tabs, the queue, the doubtful places, and the knock. */

import { $, $$ } from "./dom.js";
import { byUrgency, count } from "./figures.js";
import { unsureWords } from "./incident_words.js";
import { fillRows } from "./rows.js";
import { openUnsure } from "./unsure.js";
import { t } from "./words.js";

/** onChoose(feature) when somebody takes one from the queue or from the doubtful ones. */
export function openDesk({ onChoose, onLeave }) {
  const tabs = $$('[role="tab"]');
  const own = new Set(); // incidents of this screen do not knock
  const knocks = new Set();
  let currentId = null;
  let features = [];
  const unsure = openUnsure(draw);

  function show(name) {
    onLeave();
    for (const tab of tabs) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      $(`#${tab.getAttribute("aria-controls")}`).hidden = !chosen;
    }
    if (name === "queue") knocks.clear();
    knock();
  }

  const shown = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true").id.slice(4);

  function knock() {
    const sign = $("#knock");
    sign.hidden = knocks.size === 0;
    sign.textContent = knocks.size ? t("knock", { n: knocks.size }) : "";
    if (knocks.size) sign.dataset.new = "";
    else delete sign.dataset.new;
  }

  for (const tab of tabs) tab.addEventListener("click", () => show(tab.id.slice(4)));
  $('[role="tablist"]').addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    show(next.id.slice(4));
    next.focus();
  });

  function draw() {
    const sorted = [...features].sort(byUrgency);
    const doubtful = unsure.sorted(features);
    $("#count-queue").textContent = String(sorted.length);
    $("#count-unsure").textContent = String(doubtful.length);
    fillRows($("#queue"), sorted, { onChoose, currentId, empty: t("rows.none") });
    fillRows($("#unsure"), doubtful, {
      onChoose,
      currentId,
      empty: t("rows.none_unsure"),
      why: unsureWords,
    });
  }

  return {
    show,
    shown,
    leave: onLeave,
    /** Show a list and go to its first row. */
    focus(name) {
      show(name);
      ($(`#pane-${name} button`) ?? $(`#tab-${name}`)).focus();
    },
    /** New incidents knock; they never take the place of what somebody is reading. */
    update(board, changes) {
      const arrived = changes.all ? [] : changes.arrived;
      features = [...board.incidents.values()];
      if (changes.all || changes.incidents.size) unsure.hurry();
      for (const id of arrived) if (shown() !== "queue" && !own.has(id)) knocks.add(id);
      knock();
      draw();
      sayCounts(count(features));
    },
    /** The wire may bring an own incident before the answer does: then take the knock back. */
    isOwn(id) {
      own.add(id);
      knocks.delete(id);
      knock();
    },
    mark(id) {
      currentId = id;
      draw();
    },
  };
}

function sayCounts({ waiting, open, urgent }) {
  const place = $("#counts");
  place.textContent = "";
  place.append(
    ...[
      ["counts.waiting", waiting, ""],
      ["counts.open", open, ""],
      ["counts.urgent", urgent, urgent ? "p1" : ""],
    ].map(([words, n, kind]) => {
      const figure = document.createElement("span");
      figure.className = kind;
      figure.textContent = t(words, { n });
      return figure;
    }),
  );
}
