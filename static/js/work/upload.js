/** One photo to the server, with how far it is: fetch() tells nothing of that. */

const PATIENCE_MS = 120_000;

/** The server's no, in a sentence: to send the same again is of no use. */
export class Refused extends Error {
  constructor(sentence, shut) {
    super(sentence);
    this.shut = shut; // the link opens nothing any more
  }
}

/** Nothing is known of what became of it: the same key may be sent again. */
export class Lost extends Error {
  constructor(wait_s = 0) {
    super("lost");
    this.wait_s = wait_s; // as the server asked
  }
}

/**
 * @param {FormData} form
 * @param {(share: number) => void} onProgress 0 to 1
 * @returns {Promise<object>} the server's answer; throws Refused or Lost
 */
export function send(path, form, onProgress = () => {}) {
  const wire = new XMLHttpRequest();
  wire.open("POST", path);
  wire.timeout = PATIENCE_MS;
  wire.responseType = "json";
  wire.setRequestHeader("Accept", "application/json");
  wire.upload.onprogress = ({ loaded, total }) => total && onProgress(loaded / total);
  return new Promise((resolve, reject) => {
    wire.onerror = wire.ontimeout = wire.onabort = () => reject(new Lost());
    wire.onload = () => settle(wire, resolve, reject);
    wire.send(form);
  });
}

function settle(wire, resolve, reject) {
  const { status, response } = wire;
  if (status === 429) reject(new Lost(60));
  else if (status >= 500 || (status < 400 && !response)) reject(new Lost());
  else if (status >= 400) reject(new Refused(response?.detail ?? "", response?.shut === true));
  else resolve(response);
}
