/** Accounts: who may log in, added, switched off, given a new password. */

import { get, patch, post, Problem } from "./api.js";
import { $, $$, el, fill, icon, notice } from "./dom.js";
import { problemWords } from "./problems.js";
import { t, wordFor } from "./words.js";

const rows = $("#rows");
const userDialog = $("#user-dialog");
const passwordDialog = $("#password-dialog");
let known = { users: [], agencies: [], units: [], roles: [] };
let passwordOf = null;

await read();
$("#find").addEventListener("input", draw);
$("#filters").addEventListener("submit", (event) => event.preventDefault());
$("#add").addEventListener("click", openNew);
$("#u-role").addEventListener("change", showScope);
$("#user-form").addEventListener("submit", (event) => {
  event.preventDefault();
  add();
});
$("#password-form").addEventListener("submit", (event) => {
  event.preventDefault();
  setPassword();
});

async function read() {
  try {
    known = { ...known, ...(await get("/api/users")) };
    draw();
  } catch (reason) {
    $("#sentence").textContent = t("users.title");
    fill($("#said"), notice("bad", problemWords(reason)));
  }
}

function draw() {
  const words = $("#find").value.trim().toLowerCase();
  const shown = known.users.filter((user) =>
    [user.name, user.login, wordFor("role", user.role)].join(" ").toLowerCase().includes(words),
  );
  const off = known.users.filter((user) => !user.active).length;
  $("#sentence").textContent = t("users.sentence", { n: known.users.length, off });
  fill(rows, shown.map(row));
  $("#empty").hidden = shown.length > 0;
  $("#empty").textContent = t("users.none");
}

function row(user) {
  const cell = (name, ...content) => el("td", { "data-label": t(`column.${name}`) }, ...content);
  return el(
    "tr",
    { "data-id": user.id, class: user.active ? null : "off" },
    cell("name", user.name, user.demo ? el("span", { class: "mark demo" }, "DEMO") : null),
    cell("login", user.login),
    cell("role", wordFor("role", user.role)),
    cell("part", partOf(user)),
    cell("active", t(user.active ? "users.active" : "users.off")),
    cell(
      "actions",
      el(
        "span",
        { class: "buttons" },
        el(
          "button",
          { type: "button", onclick: () => openPassword(user) },
          icon("lock"),
          t("users.password"),
        ),
        el(
          "button",
          { type: "button", onclick: (event) => toggle(user, event.currentTarget) },
          icon(user.active ? "pause" : "play"),
          t(user.active ? "users.disable" : "users.enable"),
        ),
      ),
    ),
  );
}

function partOf(user) {
  const agency = known.agencies.find(({ id }) => id === user.agency_id);
  const unit = known.units.find(({ id }) => id === user.unit_id);
  return (
    agency?.short ??
    unit?.call_sign ??
    user.village_code ??
    (user.unit_id ? `${t("fact.unit")} ${user.unit_id}` : "–")
  );
}

async function toggle(user, button) {
  button.disabled = true;
  try {
    await patch(`/api/users/${user.id}`, { active: !user.active });
    say("good", t(user.active ? "users.disabled_now" : "users.enabled_now", { name: user.name }));
  } catch (reason) {
    say("bad", problemWords(reason));
  }
  await read();
  $(`tr[data-id="${user.id}"] button:last-of-type`)?.focus();
}

function openNew() {
  $("#user-form").reset();
  $("#user-problem").hidden = true;
  fill(
    $("#u-role"),
    known.roles.map((role) => el("option", { value: role }, wordFor("role", role))),
  );
  fill(
    $("#u-agency"),
    known.agencies.map(({ id, short, name }) => el("option", { value: id }, `${short} · ${name}`)),
  );
  fill(
    $("#unit-list"),
    known.units.map(({ id, call_sign }) => el("option", { value: id }, call_sign)),
  );
  showScope();
  userDialog.showModal();
  $("#u-name").focus();
}

function showScope() {
  for (const field of $$("[data-for]", userDialog))
    field.hidden = field.dataset.for !== $("#u-role").value;
}

async function add() {
  const given = Object.fromEntries(new FormData($("#user-form")));
  const body = { login: given.login, name: given.name, role: given.role, password: given.password };
  const scope = {
    agency_officer: "agency_id",
    field_unit: "unit_id",
    village_head: "village_code",
  }[given.role];
  if (scope)
    body[scope] = scope === "village_code" ? given[scope].trim() : Number(given[scope]) || null;
  try {
    await post("/api/users", body);
    userDialog.close();
    say("good", t("users.added", { name: given.name }));
    await read();
  } catch (reason) {
    fail($("#user-form"), $("#user-problem"), reason);
  }
}

function openPassword(user) {
  passwordOf = user;
  $("#password-form").reset();
  $("#password-problem").hidden = true;
  $("#password-whose").textContent = t("users.password_of", { name: user.name });
  passwordDialog.showModal();
  $("#p-password").focus();
}

async function setPassword() {
  try {
    await patch(`/api/users/${passwordOf.id}`, { password: $("#p-password").value });
    passwordDialog.close();
    say("good", t("users.password_changed", { name: passwordOf.name }));
  } catch (reason) {
    fail($("#password-form"), $("#password-problem"), reason);
  }
}

function fail(form, place, reason) {
  const field = reason instanceof Problem ? reason.facts.field : null;
  for (const input of $$("input, select", form))
    input.setAttribute("aria-invalid", String(input.name === field));
  place.hidden = false;
  const label = field && $(`label[for="${$(`[name="${CSS.escape(field)}"]`, form)?.id}"]`, form);
  place.textContent = label ? t("users.field", { field: label.textContent }) : problemWords(reason);
  if (field) $(`[name="${CSS.escape(field)}"]`, form)?.focus();
}

const say = (kind, words) => fill($("#said"), notice(kind, words));
