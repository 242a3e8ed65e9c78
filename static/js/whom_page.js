/** Whom to call: asks the server who answers, and lists the posts, the first to call first. */

import { get, withQuery } from "./api.js";
import { $, el, fill, icon, notice } from "./dom.js";
import { clock, fullTime } from "./format.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

const PAUSE_MS = 250;
const form = $("#ask");
let asked = 0;
let due = null;

const plain = (words) =>
  words
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N} ]/gu, "")
    .toLowerCase();

async function ask() {
  const number = ++asked;
  const query = Object.fromEntries(new FormData(form));
  try {
    // Without a category the words only choose among the names that are shown.
    const found = await get(withQuery("/api/whom", query.category ? query : { ...query, q: "" }));
    if (number === asked) draw(found, query);
  } catch (reason) {
    if (number !== asked) return;
    fill($("#answer"), notice("bad", problemWords(reason)));
    fill($("#contacts"));
    $("#empty").hidden = true;
  }
}

function draw(found, query) {
  const words = query.category ? "" : plain(query.q ?? "");
  const shown = found.contacts.filter((one) => !words || namesOf(one).includes(words));
  fill($("#answer"), query.category ? answerFor(found) : countOf(shown));
  fill(
    $("#contacts"),
    shown.map((one, at) => row(one, query.category && at === 0 && one.open)),
  );
  $("#empty").hidden = shown.length > 0;
  $("#empty").textContent = t("whom.none");
}

const namesOf = ({ post, agency, note }) =>
  plain([post, agency.name, agency.short, note ?? ""].join(" "));

function countOf(shown) {
  const open = shown.filter((one) => one.open).length;
  return el("p", { class: "quiet" }, t("whom.all", { n: shown.length, open }));
}

/** Who answers by rule, why, whose it is, and what came back before. */
function answerFor({ responsible, owner, warning }) {
  const agencies = responsible.map(({ agency }) => agency.short).join(", ");
  const said = owner.assumed ? "whom.owner_assumed" : "whom.owner";
  return [
    el("p", {}, el("b", {}, agencies ? t("whom.for", { agency: agencies }) : t("whom.nobody"))),
    responsible.length ? el("p", { class: "quiet small" }, responsible[0].why) : null,
    owner.owner ? el("p", { class: "quiet small" }, t(said, { name: owner.name })) : null,
    warning ? notice("warn", warning) : null,
  ];
}

function row(one, first) {
  const stands = one.stands_in_now ? "whom.stands_in_now" : "whom.stands_in";
  return el(
    "li",
    { class: one.open ? "open" : "closed" },
    el(
      "div",
      {},
      first ? el("p", { class: "first small" }, icon("phone-call"), t("whom.first")) : null,
      el("h2", {}, one.post, " ", el("span", { class: "quiet" }, one.agency.short)),
      el(
        "p",
        { class: "small hours" },
        icon(one.open ? "check" : "clock"),
        t(one.open ? "whom.open" : "whom.closed"),
        hoursOf(one),
      ),
      one.stands_in_for
        ? el("p", { class: "small" }, t(stands, { post: one.stands_in_for }))
        : null,
      one.note ? el("p", { class: "quiet small" }, one.note) : null,
    ),
    el(
      "a",
      {
        class: `button${first ? " main" : ""}`,
        href: `tel:${one.phone.replace(/[^\d+]/g, "")}`,
        "aria-label": `${t("whom.call", { post: one.post })}: ${one.phone}`,
      },
      icon("phone"),
      one.phone,
    ),
  );
}

function hoursOf({ open, until }) {
  if (!until) return open ? ` · ${t("whom.always")}` : null;
  const today = Date.parse(until) - Date.now() < 16 * 3600 * 1000;
  const time = today ? clock(until) : fullTime(until).replace(/[.:]\d\d (\w+)$/, " $1");
  return ` · ${t(open ? "whom.until" : "whom.from", { time })}`;
}

form.addEventListener("input", () => {
  clearTimeout(due);
  due = setTimeout(ask, PAUSE_MS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
ask();
