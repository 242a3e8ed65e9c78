/** How a travel time was found, in the language of the page: "garis lurus × 1,4", "jalan + feri". */

import { wordFor } from "./words.js";

/** @param {string} basis as the router says it of its legs */
export function basisWords(basis) {
  const named = basis.replace(/garis lurus|jalan|laut|feri/g, (one) => wordFor("basis", one));
  return document.documentElement.lang === "en" ? named.replace(/(\d),(\d)/g, "$1.$2") : named;
}
