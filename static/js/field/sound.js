/** The alarm of a new order: two tones and a shaking phone, until somebody answers. */

const TONES_HZ = [880, 660];
const BEAT_S = 0.35;
const REST_S = 0.5;
const SHAKE_MS = [400, 150, 400, 150, 400];

let context = null;
let beating = null;

/** Whether a sound would be heard: browsers stay silent until the page was touched once. */
export const canSound = () => context?.state === "running";

/** Let the first touch of the page open the loudspeaker. onChange when it is open. */
export function listenForTouch(onChange) {
  const open = async () => {
    context ??= makeContext();
    await context?.resume().catch(() => {});
    if (!canSound()) return;
    for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, open, true);
    onChange();
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, open, true);
  if (navigator.userActivation?.hasBeenActive) open();
}

function makeContext() {
  try {
    return new AudioContext();
  } catch {
    return null; // no sound card: the screen and the shaking must do
  }
}

/** Sound and shake until quiet() is called. */
export function alarm() {
  if (beating) return;
  const beat = () => {
    chord(TONES_HZ, 0.5);
    navigator.vibrate?.(SHAKE_MS);
  };
  beat();
  beating = setInterval(beat, (TONES_HZ.length * BEAT_S + REST_S) * 1000);
}

export function quiet() {
  clearInterval(beating);
  beating = null;
  navigator.vibrate?.(0);
}

/** Once, falling: an order was taken back. */
export function knell() {
  chord([660, 520, 390], 0.4);
  navigator.vibrate?.([600, 200, 600]);
}

function chord(tones, loudness) {
  if (!canSound()) return;
  tones.forEach((hertz, index) => {
    const from = context.currentTime + index * BEAT_S;
    const tone = new OscillatorNode(context, { type: "square", frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(loudness, from);
    gain.gain.linearRampToValueAtTime(0, from + BEAT_S);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + BEAT_S);
  });
}
