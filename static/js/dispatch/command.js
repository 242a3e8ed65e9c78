/** Reads the command line: "12 > amb12". Knows neither page nor server. */

import { idsFor } from "./numbers.js";

/**
 * What is typed, apart.
 * @returns {{number: string, sends: boolean, unit: string, nth: number | null}} `sends` once the
 *   ">" stands there; `nth` where a single digit picks from the list
 */
export function parse(text) {
  const found = /^\s*#?\s*(\d*)\s*(>?)\s*(.*?)\s*$/.exec(text);
  const [, number, arrow, rest] = found;
  const nth = arrow && /^[1-9]$/.test(rest) ? Number(rest) : null;
  return { number, sends: Boolean(arrow), unit: arrow ? rest : "", nth };
}

/** The open incidents that the digits may mean. */
export const incidentsFor = (number, incidents) =>
  number ? idsFor(number, incidents.keys()).map((id) => incidents.get(id)) : [];

/** Whether a call sign is meant by what was typed: "amb12", "a 12", "31", "AMB-12". */
export function meansUnit(typed, call_sign) {
  const wanted = apart(typed);
  const own = apart(call_sign);
  if (!wanted.letters && !wanted.digits) return true;
  if (!own.letters.startsWith(wanted.letters)) return false;
  if (!wanted.digits) return true;
  // A number that is still being typed: "1" may become "12", "03" is 3.
  return Number(own.digits) === Number(wanted.digits) || own.digits.startsWith(wanted.digits);
}

/** The likeliest first: the very call sign, then the order given. */
export function unitsFor(typed, units) {
  const meant = units.filter(({ call_sign }) => meansUnit(typed, call_sign));
  const wanted = apart(typed);
  const exact = ({ call_sign }) => {
    const own = apart(call_sign);
    return own.letters.startsWith(wanted.letters) && Number(own.digits) === Number(wanted.digits);
  };
  if (!wanted.digits) return meant;
  return [...meant.filter(exact), ...meant.filter((unit) => !exact(unit))];
}

function apart(words) {
  const plain = words.toLowerCase();
  return { letters: plain.replace(/[^a-z]/g, ""), digits: plain.replace(/\D/g, "") };
}
