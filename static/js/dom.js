/** Building elements: text only as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/**
 * An element. Attributes that are functions become listeners ("onclick"), true an empty
 * attribute, false or null none. Children are nodes or text; null is left out.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
  );
  return element;
}

/** Put these children in place of what is there. */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
  );
}

/** A picture of the icon set, for the eye only. */
export function icon(name) {
  return use("icon", `${meta("icons")}#${name}`);
}

/** The sign of a priority, 1 gawat to 4 rendah. */
export function sign(priority) {
  return use(`sign p${priority}`, `${meta("signs")}#p${priority}`);
}

function use(className, href) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const inside = document.createElementNS(SVG, "use");
  inside.setAttribute("href", href);
  svg.append(inside);
  return svg;
}

/** A boxed sentence: kind is warn, bad or good. */
export function notice(kind, ...words) {
  const picture = { warn: "triangle-alert", bad: "triangle-alert", good: "check" }[kind];
  return el("div", { class: `notice ${kind}` }, icon(picture), el("div", {}, ...words));
}
