/** The call that is being taken: its fields, its clock, what of it will be sent. */

import { post } from "./api.js";
import { openOwner } from "./call_owner.js";
import { NOTHING, placeReport } from "./call_place.js";
import { $, $$, el, fill, icon } from "./dom.js";
import { ago, serverNow, stopwatch } from "./format.js";
import { t, wordFor } from "./words.js";

const CLASS_ICONS = {
  normal: "phone",
  ghost: "volume-x",
  prank: "bell-off",
  informasi: "info",
};

/** Build the form from the catalogue. onChange(what) when place, category or class has changed. */
export function openCallForm(form, catalogue, onChange) {
  const fields = {
    where: $("#where", form),
    what: $("#what", form),
    phone: $("#phone", form),
    caller: $("#caller", form),
    channel: $("#channel", form),
    risk: $("#risk", form),
  };
  const owner = openOwner($("#owner-field", form), catalogue.categories);
  let draft = emptyDraft();

  fill($("#classes", form), catalogue.classes.map(classChoice));
  fill($("#kinds", form), kindHeads());
  fill($("#categories", form), categoryGroups(catalogue.categories));
  fill(
    fields.channel,
    catalogue.channels.map(({ code, name }) =>
      el("option", { value: code }, wordFor("channel", code) || name),
    ),
  );
  form.addEventListener("input", begin);
  form.addEventListener("change", (event) => {
    if (event.target.name === "category") owner.show(event.target.value);
    if (["class", "category"].includes(event.target.name)) onChange(event.target.name);
  });
  fields.phone.addEventListener("change", () =>
    showHistory($("#history", form), fields.phone.value),
  );
  setInterval(tick, 500);
  reset();

  function begin() {
    draft.startedAt ??= serverNow();
  }

  function tick() {
    const now = draft.startedAt ? (draft.endedAt ?? serverNow()) - draft.startedAt : 0;
    $("#call-clock", form).textContent = stopwatch(now / 1000);
  }

  const radio = (name) => $(`input[name="${name}"]:checked`, form)?.value ?? null;

  function check(name, value) {
    for (const input of $$(`input[name="${name}"]`, form)) input.checked = input.value === value;
  }

  function reset() {
    form.reset();
    draft = emptyDraft();
    check("class", catalogue.classes[0].code);
    check("category", null);
    owner.show(null);
    showKind("darurat");
    fill($("#history", form));
    tick();
  }

  return {
    fields,
    owner,
    online: catalogue.online,
    draft: () => draft,
    begin,
    reset,
    pick(name, value) {
      begin();
      check(name, value);
      showKindOf(form);
      owner.show(radio("category"));
      $(`input[name="${name}"][value="${CSS.escape(value)}"]`, form)?.focus();
      onChange(name);
    },
    category: () => radio("category"),
    callClass: () => radio("class"),
    stop: () => (draft.endedAt = serverNow()),
    lock: (locked) =>
      $$("input, textarea, select, #save", form).forEach((field) => (field.disabled = locked)),
    /** Whether anything would be lost. */
    touched: () =>
      Boolean(fields.where.value || fields.what.value || fields.phone.value || draft.pin),
    /** The body of POST /api/calls. */
    report: () => ({
      channel: fields.channel.value,
      class: radio("class"),
      phone: fields.phone.value.trim() || null,
      caller: fields.caller.value.trim() || null,
      where: fields.where.value.trim() || draft.place?.label || "",
      what: fields.what.value.trim(),
      category: radio("category"),
      life_at_risk: fields.risk.checked,
      ...placeReport(draft, fields.where.value.trim()),
      joins: draft.joins,
      owner: owner.value(),
      said_at: (draft.startedAt ?? serverNow()).toISOString(),
    }),
    /** Everything in the form, to be put aside in memory and taken up again. */
    take() {
      const kept = {
        draft,
        class: radio("class"),
        category: radio("category"),
        owner: owner.value(),
        risk: fields.risk.checked,
      };
      for (const name of ["where", "what", "phone", "caller", "channel"])
        kept[name] = fields[name].value;
      return kept;
    },
    put(kept) {
      reset();
      draft = kept.draft;
      check("class", kept.class);
      check("category", kept.category);
      owner.put(kept.category, kept.owner);
      showKindOf(form);
      fields.risk.checked = kept.risk;
      for (const name of ["where", "what", "phone", "caller", "channel"])
        fields[name].value = kept[name];
    },
  };
}

function showKindOf(form) {
  const chosen = $('input[name="category"]:checked', form)?.closest(".chips");
  if (chosen) showKind(chosen.dataset.kind);
}

const emptyDraft = () => ({
  ...NOTHING,
  joins: null,
  startedAt: null,
  endedAt: null,
});

function classChoice({ code, key, name }) {
  return el(
    "label",
    { class: "chip" },
    el("input", { type: "radio", name: "class", value: code }),
    icon(CLASS_ICONS[code] ?? "phone"),
    el("span", {}, wordFor("class", name)),
    el("kbd", { "aria-hidden": "true" }, key),
  );
}

const KINDS = ["darurat", "aduan"];
/** Suggestions and requests for information are chosen among the complaints. */
export const groupOf = ({ kind }) => (kind === "darurat" ? "darurat" : "aduan");

/** Emergencies or complaints: one group in sight at a time, the heads switch. */
function kindHeads() {
  return KINDS.map((kind) =>
    el(
      "button",
      { type: "button", value: kind, onclick: () => showKind(kind) },
      t(`kind.${kind}`),
      kind === "aduan" ? el("kbd", { "aria-hidden": "true" }, "A") : null,
    ),
  );
}

function categoryGroups(categories) {
  return KINDS.map((kind) =>
    el(
      "div",
      { class: "chips", role: "radiogroup", "aria-label": t(`kind.${kind}`), "data-kind": kind },
      categories
        .filter((category) => groupOf(category) === kind)
        .map((category, index) => categoryChoice(category, index, kind)),
    ),
  );
}

/** Show emergencies or complaints; without a kind the other one. */
export function showKind(kind = null) {
  const groups = $$(".chips[data-kind]");
  const shown = kind ?? groups.find((group) => group.hidden).dataset.kind;
  for (const group of groups) group.hidden = group.dataset.kind !== shown;
  for (const head of $$(".kinds button"))
    head.setAttribute("aria-pressed", String(head.value === shown));
  return groups.find((group) => !group.hidden);
}

function categoryChoice({ code, name, restricted }, index, kind) {
  const cap = index < 10 ? `${kind === "aduan" ? "⇧" : ""}${(index + 1) % 10}` : null;
  return el(
    "label",
    { class: "chip", title: restricted ? `${name}. ${t("category.restricted")}` : name },
    el("input", { type: "radio", name: "category", value: code }),
    cap && el("kbd", { "aria-hidden": "true" }, cap),
    el("span", {}, name),
  );
}

async function showHistory(place, phone) {
  fill(place);
  if (phone.replace(/\D/g, "").length < 6) return;
  try {
    const { calls, pranks, last_at } = await post("/api/callers", { phone });
    if (!calls) fill(place, t("history.none"));
    else
      fill(
        place,
        t("history.some", { n: calls, last: ago(last_at) }),
        pranks ? el("b", { class: "lack" }, ` · ${t("history.pranks", { n: pranks })}`) : null,
      );
  } catch {
    // The history is a comfort: the call goes on without it.
    fill(place, t("history.unknown"));
  }
}
