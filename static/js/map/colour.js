/** A colour of the page's tokens, as it stands now by day or night. */
export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
