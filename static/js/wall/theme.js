// Day or night of the wall, from before the first paint on: by the regency's clock, night from 18
// to 6, unless it was chosen in the menu or by ?tema=siang|malam. A classic script, as ../theme.js.
(() => {
  const root = document.documentElement;
  const [FROM, TO] = [18, 6];
  const ASKED = { siang: "day", malam: "night" };
  const hour = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    hourCycle: "h23",
    timeZone: root.dataset.timezone,
  });

  function chosen() {
    const asked = ASKED[new URLSearchParams(location.search).get("tema")];
    const kept = localStorage.getItem("theme");
    return asked ?? (kept === "day" || kept === "night" ? kept : "");
  }

  function byClock() {
    const now = Number(hour.format(new Date()));
    return now >= FROM || now < TO ? "night" : "day";
  }

  function apply() {
    const wanted = chosen() || byClock();
    if (root.dataset.theme !== wanted) {
      root.dataset.theme = wanted;
      dispatchEvent(new Event("themechange"));
    }
    for (const button of document.querySelectorAll("[data-theme-choices] button"))
      button.setAttribute("aria-pressed", String(button.value === chosen()));
  }

  apply();
  addEventListener("themechange", apply);
  addEventListener("DOMContentLoaded", apply); // the menu is there, and says what was chosen
  setInterval(apply, 30_000);
})();
