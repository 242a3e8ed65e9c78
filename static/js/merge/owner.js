/** Whose the thing is: asked where that decides who answers; the operator's word counts. */

import { get, post, withQuery } from "../api.js";
import { el, fill, icon, notice } from "../dom.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

/** A button that opens the question, and the question; onSaid(answer) when it is answered. */
export function ownerTool(feature, onSaid) {
  const said = el("div", { role: "status" });
  const select = el("select", { "aria-label": t("owner.which") });
  const save = el("button", { type: "button", class: "main", onclick: say }, t("owner.save"));
  const question = el(
    "div",
    { class: "closing", hidden: true },
    el("b", {}, t("owner.which")),
    select,
    save,
    said,
  );
  const opener = el(
    "button",
    { type: "button", "aria-expanded": "false", onclick: open },
    icon("building-2"),
    t("owner.open"),
  );

  async function open() {
    question.hidden = !question.hidden;
    opener.setAttribute("aria-expanded", String(!question.hidden));
    if (question.hidden) return;
    const { category, village } = feature.properties;
    try {
      const query = { category, village: village?.code ?? "" };
      const { owners, owner } = await get(withQuery("/api/whom", query));
      fill(
        select,
        el("option", { value: "" }, t("owner.unknown")),
        owners.map(({ code, name }) =>
          el("option", { value: code, selected: code === owner.owner }, name),
        ),
      );
      save.disabled = owners.length === 0;
      fill(said, owners.length === 0 ? notice("warn", t("owner.no_matter")) : null);
      select.focus();
    } catch (reason) {
      fill(said, notice("bad", problemWords(reason)));
    }
  }

  async function say() {
    save.disabled = true;
    try {
      const body = { owner: select.value || null, version: feature.properties.version };
      const answer = await post(`/api/incidents/${feature.id}/owner`, body);
      const agencies = answer.responsible.map(({ agency }) => agency.short).join(", ");
      onSaid(answer.incident, t("owner.said", { agencies }));
    } catch (reason) {
      save.disabled = false;
      fill(said, notice("bad", problemWords(reason)));
    }
  }
  return [opener, question];
}
