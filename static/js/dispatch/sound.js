/** Short sounds that no telephone makes; silent until the first key or click, as browsers want it. */

const KEPT = "tanggap.papan.suara";
const EACH_MS = { danger: 2500, help: 5000, unanswered: 6000 };
// Frequencies in hertz, each for 110 ms: rising for help, falling for an order without an answer.
const TUNES = {
  danger: [660, 990, 660, 990, 660, 990],
  help: [520, 780, 1040],
  unanswered: [740, 550],
};
const NOTE_S = 0.11;
const LOUD = 0.18;

/** @returns {{ring, toggle, isOn, isWaiting, rung: () => number}} onChange when it is switched or unlocked */
export function openSound({ onChange }) {
  let on = localStorage.getItem(KEPT) !== "tidak";
  let context = null;
  let now = null;
  let timer = null;
  let rung = 0;

  function unlock() {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().then(onChange, () => {});
    onChange();
  }
  for (const name of ["pointerdown", "keydown"])
    addEventListener(name, unlock, { once: true, capture: true });

  /** Repeat the sound of an alarm until ring(null), or another one takes its place. */
  function ring(kind) {
    if (kind === now) return;
    now = kind;
    clearInterval(timer);
    if (!kind) return;
    play();
    timer = setInterval(play, EACH_MS[kind]);
  }

  function play() {
    if (!on || !now) return;
    rung += 1;
    if (context?.state !== "running") return;
    TUNES[now].forEach((hertz, at) => note(hertz, context.currentTime + at * NOTE_S));
  }

  function note(hertz, at) {
    const voice = context.createOscillator();
    const volume = context.createGain();
    voice.type = "triangle";
    voice.frequency.value = hertz;
    // Swells and fades: a hard edge would click.
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUD, at + 0.015);
    volume.gain.linearRampToValueAtTime(0, at + NOTE_S);
    voice.connect(volume).connect(context.destination);
    voice.start(at);
    voice.stop(at + NOTE_S);
  }

  return {
    ring,
    toggle() {
      on = !on;
      localStorage.setItem(KEPT, on ? "ya" : "tidak");
      if (on) play();
      onChange();
    },
    isOn: () => on,
    isWaiting: () => on && context?.state !== "running",
    rung: () => rung,
  };
}
