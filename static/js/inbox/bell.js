/** The bell: what the house has told this user, with the number of what is unseen. */

import { get, post } from "../api.js";
import { $, el, fill } from "../dom.js";
import { fullTime } from "../format.js";
import { problemWords } from "../problems.js";
import { dayClock } from "../ticket/times.js";
import { t, wordFor } from "../words.js";

const EVERY_MS = 60_000;

/** Reads now and each minute while the page is seen. @returns {{read: () => Promise<void>}} */
export function openBell(place) {
  const list = $("#bell-list", place);
  let unseen = 0;

  async function read() {
    try {
      const answer = await get("/api/notices");
      draw(answer);
    } catch (reason) {
      fill(list, el("li", { class: "quiet" }, problemWords(reason)));
    }
  }

  function draw(answer) {
    unseen = answer.unseen;
    $("#bell-count", place).hidden = unseen === 0;
    $("#bell-count", place).textContent = String(unseen);
    $("#bell-words", place).textContent = t("bell.unseen", { n: unseen });
    const { notices } = answer;
    fill(list, notices.length ? notices.map(item) : el("li", { class: "quiet" }, t("bell.none")));
    place.dataset.upto = notices[0]?.id ?? "";
  }

  place.addEventListener("toggle", async () => {
    if (!place.open) return;
    await read();
    if (!unseen || !place.dataset.upto) return;
    // Seen is what was shown, not what came since.
    await post("/api/notices/seen", { upto: Number(place.dataset.upto) }).catch(() => {});
    $("#bell-count", place).hidden = true;
  });
  setInterval(() => document.visibilityState === "visible" && !place.open && read(), EVERY_MS);
  read();
  return { read };
}

// What is about no ticket is looked after elsewhere.
const PAGES = { surat_mati: "/pemberitahuan" };

function item({ kind, ticket, at, by, seen_at: seen }) {
  const id = ticket?.id ?? ticket;
  const page = id ? `/tiket/${id}` : PAGES[kind];
  const words = el("span", {}, wordFor("notice", kind), id ? ` #${id}` : "");
  return el(
    "li",
    { class: seen ? "" : "t-unseen" },
    page ? el("a", { href: page }, words) : words,
    el(
      "p",
      { class: "quiet small" },
      [by, ""].filter(Boolean).join(" "),
      el("time", { datetime: at, title: fullTime(at) }, ` · ${dayClock(at)}`),
    ),
  );
}
