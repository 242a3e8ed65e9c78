/** The top bar of every page: day or night, menus, ages kept true. */

import { $, $$ } from "./dom.js";
import { guardLogOut } from "./field/leave.js";
import { refreshAges } from "./format.js";

function themeChoices() {
  const choices = $$("[data-theme-choices] button");
  const show = () => {
    const now = document.documentElement.dataset.theme ?? "";
    for (const button of choices) button.setAttribute("aria-pressed", String(button.value === now));
  };
  for (const button of choices)
    button.addEventListener("click", () => {
      if (button.value) {
        document.documentElement.dataset.theme = button.value;
        localStorage.setItem("theme", button.value);
      } else {
        delete document.documentElement.dataset.theme;
        localStorage.removeItem("theme");
      }
      show();
      dispatchEvent(new Event("themechange"));
    });
  show();
}

function closeMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of $$("details.menu[open]")) {
      menu.open = false;
      $("summary", menu).focus();
    }
  });
}

themeChoices();
closeMenus();
guardLogOut();
setInterval(refreshAges, 15_000);
