// When the desk makes itself heard: somebody waits, something is offered to me, a promise is due. Pure.

/**
 * @typedef {object} Desk
 * @property {number} waiting how many are in the queue
 * @property {number} offered how many wait for my yes or no
 * @property {boolean} available whether I take new conversations
 */

/** A queue that nobody answers is heard again after this. */
const QUEUE_MS = 30_000;
/** An offer has a deadline. */
const OFFER_MS = 8_000;

/**
 * When the sound that was last heard at `lastAt` is due again; null when nobody waits for me.
 * @param {Desk} desk
 * @param {number} lastAt
 * @returns {number | null}
 */
export function againAt({ waiting, offered, available }, lastAt) {
  if (offered > 0) return lastAt + OFFER_MS;
  if (waiting > 0 && available) return lastAt + QUEUE_MS;
  return null;
}

/** The server takes back what was missed with its next sweep. */
const JUST_NOW_MS = 15_000;

/** Whether an offer of mine ran out just now, so that I am set away. @param {number} until @param {number} now */
export const isMissed = (until, now) => now >= until - 1_000 && now - until < JUST_NOW_MS;
