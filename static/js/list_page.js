/** The list: the board as a table, for those who need no map. */

import { get } from "./api.js";
import { openBoard } from "./board.js";
import { $, $$, el, fill, sign } from "./dom.js";
import { timeElement } from "./format.js";
import { byUrgency, count, sentence } from "./figures.js";
import { readFilters } from "./filters.js";
import { showIncident } from "./incident_panel.js";
import { categoryName, priorityName, shortPlace, stateWords } from "./incident_words.js";
import { showCut, showLink } from "./link_state.js";
import { problemWords } from "./problems.js";
import { rightsOf } from "./rights.js";
import { t } from "./words.js";

const MOST = 300;
const KEYS = {
  priority: ({ properties }) => properties.priority,
  category: ({ properties }) => categoryName(properties),
  village: (feature) => shortPlace(feature),
  state: ({ properties }) => properties.state,
  agency: ({ properties }) => (properties.agencies ?? []).join(),
  age: ({ properties }) => properties.opened_at,
};

const me = get("/api/me");
const dialog = $("#detail-dialog");
const filters = readFilters($("#filters"), () => draw());
let order = { by: null, down: false };
let chosenId = null;

const board = openBoard({
  onChange(_board, changes) {
    draw();
    if (chosenId && changes.incidents.has(chosenId)) showChosen();
  },
  onState(word, since) {
    if (word === "refused") {
      $("#sentence").textContent = t("problem.no_board");
      $("#empty").hidden = false;
      $("#empty").textContent = problemWords(since);
      return;
    }
    showCut(word, since);
    showLink(word, word === "live" ? board.readAt : since);
  },
});

function draw() {
  if (!board.readAt) return;
  const features = [...board.incidents.values()];
  filters.offer(features);
  const shown = sorted(features.filter(filters.passes));
  $("#sentence").textContent = sentence(count(shown));
  const focused = document.activeElement?.closest?.("tr")?.dataset.id;
  fill($("#rows"), shown.slice(0, MOST).map(row));
  if (focused) $(`tr[data-id="${focused}"] button`)?.focus({ preventScroll: true });
  sayEmpty(features.length, shown.length);
  if (board.state === "live") showLink("live", board.readAt);
}

function sayEmpty(all, shown) {
  const empty = $("#empty");
  empty.hidden = shown > 0 && shown <= MOST;
  if (shown > MOST) empty.textContent = t("rows.too_many", { shown: MOST, all: shown });
  else empty.textContent = all ? t("rows.none_filtered") : t("rows.none");
}

function sorted(features) {
  if (!order.by) return features.sort(byUrgency);
  const key = KEYS[order.by];
  const compare = (one, other) => {
    const [a, b] = [key(one), key(other)];
    return typeof a === "number" ? a - b : a.localeCompare(b);
  };
  return features.sort((one, other) => compare(one, other) * (order.down ? -1 : 1));
}

function row(feature) {
  const facts = feature.properties;
  const cell = (name, ...content) => el("td", { "data-label": t(`column.${name}`) }, ...content);
  return el(
    "tr",
    { "data-id": feature.id },
    cell("priority", sign(facts.priority), ` ${priorityName(facts.priority)}`),
    cell(
      "category",
      el(
        "button",
        { type: "button", class: "linkish", onclick: () => choose(feature.id) },
        categoryName(facts),
        el("span", { class: "quiet" }, ` #${feature.id}`),
      ),
    ),
    cell(
      "village",
      shortPlace(feature),
      facts.place ? el("span", { class: "quiet second" }, facts.place) : null,
    ),
    cell("state", stateWords(facts)),
    cell("agency", (facts.agencies ?? []).join(", ")),
    cell("age", timeElement(facts.opened_at)),
  );
}

function choose(id) {
  chosenId = id;
  dialog.showModal();
  showChosen();
}

async function showChosen() {
  const feature = board.incidents.get(chosenId);
  if (!feature) return;
  await showIncident($("#detail"), feature, {
    may: rightsOf(await me.catch(() => null)),
    onClose: () => dialog.close(),
    onChanged: (answer) => board.take(answer.incident),
  });
}

dialog.addEventListener("close", () => {
  $(`tr[data-id="${chosenId}"] button`)?.focus();
  chosenId = null;
});

for (const head of $$("th[data-sort]"))
  $("button", head).addEventListener("click", () => {
    const by = head.dataset.sort;
    order = { by, down: order.by === by && !order.down };
    for (const other of $$("th[data-sort]")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    draw();
  });
