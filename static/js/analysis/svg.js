/** Small drawings made by hand: elements of SVG, a frame with its scale. */

const SVG = "http://www.w3.org/2000/svg";

export function make(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function words(x, y, said, anchor = "start") {
  return make("text", { x, y, "text-anchor": anchor }, said);
}

export const titled = (said) => make("title", {}, said);

/** The next round number at or over the most, for a scale: 1, 2, 5, 10, 20 ... */
export function roundMost(most) {
  if (most <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((times) => times * unit).find((round) => round >= most);
}
