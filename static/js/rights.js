/** What the page offers to whom; the server decides again. */

/** @returns {{see: boolean, dispatch: boolean, contact: boolean, code: boolean}} */
export function rightsOf(me) {
  const has = (right) => Boolean(me?.rights?.includes(right));
  return {
    see: has("see_incident"),
    dispatch: has("dispatch"),
    contact: has("see_contact"),
    code: has("log_calls"),
  };
}
