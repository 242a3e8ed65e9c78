// Day or night before the first paint: a classic script, because a module would come too late.
(() => {
  const kept = localStorage.getItem("theme");
  if (kept === "day" || kept === "night") document.documentElement.dataset.theme = kept;
})();
