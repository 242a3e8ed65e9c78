/** The words that scripts say, in the language of the page. */

const block = document.querySelector("#words");
const table = block ? JSON.parse(block.textContent) : {};
const numbers = new Intl.NumberFormat(document.documentElement.lang);

/** The words under a key; `{name}` is filled from values; "key.one" is taken when n is 1. */
export function t(key, values = {}) {
  const words = (values.n === 1 && table[`${key}.one`]) || table[key] || key;
  return words.replace(/\{(\w+)\}/g, (_whole, name) => said(values[name]));
}

/** The words under a key, or the fallback where the key has none: for codes that grow. */
export function wordFor(group, code) {
  return table[`${group}.${code}`] ?? String(code ?? "").replaceAll("_", " ");
}

function said(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "number" ? numbers.format(value) : String(value);
}
