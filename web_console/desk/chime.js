// Two or three soft notes, made here: no file to load. One tab of several sounds, and only once the agent has touched
// the page, as browsers have it.

import { keepSetting, loadSetting } from "../drafts.js";

/** Hertz, one after the other. */
const TUNES = { queue: [523, 659], given: [523, 659, 784], due: [659, 523], heard: [587] };
const NOTE_S = 0.16;
const LOUDNESS = 0.12;

/** @type {AudioContext | null} */
let audio = null;
/** Another tab of this browser sounds already. */
let isOurs = !("locks" in navigator);

if ("locks" in navigator) {
  // Held for as long as the page lives; the next tab gets it then.
  void navigator.locks.request("warmline.sound", () => {
    isOurs = true;
    return new Promise(() => {});
  });
}

/** Made while nothing else is to be done: a browser takes a tenth of a second to open the sound, and the first message
 * would wait for it. */
function prepare() {
  const soon = globalThis.requestIdleCallback ?? ((/** @type {() => void} */ run) => setTimeout(run, 1_000));
  soon(() => { if (isSounding() && isOurs) audio ??= new AudioContext(); });
}
for (const touch of ["keyup", "pointerup"]) addEventListener(touch, prepare, { once: true });

export const isSounding = () => loadSetting("sound", "on") === "on";

/** @returns {boolean} whether it sounds from now on */
export function switchSound() {
  keepSetting("sound", isSounding() ? "off" : "on");
  if (isSounding()) chime("queue");
  return isSounding();
}

/** @param {keyof typeof TUNES} tune */
export function chime(tune) {
  if (!isSounding() || !isOurs || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
  TUNES[tune].forEach((hertz, at) => note(/** @type {AudioContext} */ (audio), hertz, at * NOTE_S));
}

/** @param {AudioContext} context @param {number} hertz @param {number} after seconds */
function note(context, hertz, after) {
  const start = context.currentTime + after;
  const tone = new OscillatorNode(context, { type: "sine", frequency: hertz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_S * 2);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + NOTE_S * 2);
}
