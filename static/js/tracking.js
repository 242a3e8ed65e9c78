/** The code of a report: said to the caller after saving, and again whenever somebody asks. */

import { get } from "./api.js";
import { el, fill, icon } from "./dom.js";
import { problemWords } from "./problems.js";
import { t } from "./words.js";

/** "4512-K7QF-93MD" as it is read out: in groups, large. */
function codeWords(code) {
  return el("strong", { class: "tracking-code" }, code.replaceAll("-", " "));
}

const receipt = (call) =>
  el(
    "a",
    { href: `/laporan/tanda-terima/${call}`, target: "_blank", rel: "noopener" },
    t("tracking.receipt"),
  );

/** What to say to the caller about a call that was saved. */
export const codeLine = ({ call, code }) =>
  el("p", {}, `${t("tracking.say")} `, codeWords(code), " · ", receipt(call));

/** A button that shows the code of a call; that somebody looked is logged. */
export function codeButton(call) {
  const place = el("p", { class: "small", role: "status" });
  const button = el("button", { type: "button", onclick: look }, icon("link"), t("tracking.show"));
  async function look() {
    try {
      const { code } = await get(`/api/calls/${call.id}/code`);
      fill(place, codeWords(code), " · ", receipt(call.id));
    } catch (reason) {
      fill(place, problemWords(reason));
    }
  }
  fill(place, button);
  return place;
}
