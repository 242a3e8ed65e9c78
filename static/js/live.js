/** The live wire: the only file that opens the event stream. */

const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];
const KINDS = ["incident", "unit", "gone", "load", "total", "edition", "resync"];
// Where the server sends ticks, a silence this long means that the line is dead.
const SILENCE_MS = 45_000;

/**
 * Follow the board from a cursor. onEvent(kind, facts, cursor) for each change, onState("live") or
 * onState("cut", since). The cursor is kept, so that nothing is missed across a cut.
 * @returns {{restart: (cursor: string) => void, close: () => void}}
 */
export function follow(cursor, onEvent, onState) {
  let stream = null;
  let timer = null;
  let tries = 0;
  let cutSince = null;
  let heardAt = null;

  function open() {
    clearTimeout(timer);
    stream?.close();
    stream = new EventSource(`/api/events?after=${encodeURIComponent(cursor)}`);
    stream.onopen = alive;
    stream.onerror = lost;
    for (const kind of KINDS) stream.addEventListener(kind, (message) => hear(kind, message));
    stream.addEventListener("tick", () => {
      heardAt = Date.now();
      alive();
    });
  }

  function hear(kind, message) {
    if (message.lastEventId) cursor = message.lastEventId;
    alive();
    onEvent(kind, message.data ? JSON.parse(message.data) : {}, cursor);
  }

  function alive() {
    tries = 0;
    cutSince = null;
    onState("live");
  }

  // We open again ourselves: after an HTTP error the browser would give up for good.
  function lost() {
    stream?.close();
    cutSince ??= new Date();
    onState("cut", cutSince);
    clearTimeout(timer);
    timer = setTimeout(open, PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
  }

  const watch = setInterval(() => {
    if (heardAt && Date.now() - heardAt > SILENCE_MS) {
      heardAt = null;
      lost();
    }
  }, 5000);
  addEventListener("offline", lost);
  addEventListener("online", open);
  addEventListener("pagehide", () => stream?.close());
  open();

  return {
    restart(next) {
      cursor = next;
      open();
    },
    close() {
      clearInterval(watch);
      clearTimeout(timer);
      stream?.close();
    },
  };
}
