/** Steps on their way: each try under one key until it is answered, so that none counts twice. */

import { get, post, Problem } from "../api.js";

/**
 * @param {() => object} current the whole ticket as it stands on the screen
 * @param {(whole: object) => void} take what the server answered
 */
export function makeSender(current, take) {
  let last = { words: null, key: null };

  // The same words again keep their key: an answer that was lost on the way is only asked for again.
  function keyOf(body) {
    const words = JSON.stringify(body);
    if (last.words !== words) last = { words, key: crypto.randomUUID() };
    return last.key;
  }

  async function send(path, body, { versioned = true, keyed = true } = {}) {
    const { id, version } = current();
    const full = versioned ? { ...body, version } : body;
    const key = keyed ? { key: keyOf({ path, ...full }) } : {};
    const answer = await post(`/api/tickets/${id}/${path}`, { ...full, ...key });
    last = { words: null, key: null };
    return answer;
  }

  const reread = async () => {
    const fresh = await get(`/api/tickets/${current().id}`);
    take(fresh);
    return fresh;
  };

  return {
    send,
    reread,
    /** As send(); the answer is taken over. Where somebody was faster, the ticket is read anew. */
    async step(path, body, how) {
      try {
        const whole = await send(path, body, how);
        if (whole?.steps) take(whole);
        else await reread();
        return whole;
      } catch (reason) {
        if (reason instanceof Problem && reason.status === 409) await reread().catch(() => {});
        throw reason;
      }
    },
  };
}
