// One series of acts on one or several conversations: sent once, sent again under the same name when the answer was
// lost, and told as what was done and what was not.

import { newCid } from "/common/socket.js";
import { ApiError, api } from "../api.js";

/** @typedef {import("../types.d.ts").Act} Act */
/** @typedef {import("../types.d.ts").RunTarget} RunTarget */
/** @typedef {import("../types.d.ts").RunOutcome} RunOutcome */
/** @typedef {import("../types.d.ts").DeskRow} DeskRow */

/** The server knows a run by its name, so that asking again is safe. */
const TRIES = 3;

/**
 * @param {RunTarget[]} targets
 * @param {(targets: {run: string, targets: RunTarget[]}) => Promise<RunOutcome[]>} [send]
 * @returns {Promise<RunOutcome[]>} in the order of the targets
 */
export async function runOn(targets, send = api.run) {
  const run = newCid();
  for (let tried = 1; ; tried += 1) {
    try {
      return await send({ run, targets });
    } catch (error) {
      // Whether it was heard is not known: the same once more tells.
      const isLost = error instanceof ApiError && (error.code === "offline" || error.status >= 500);
      if (!isLost || tried === TRIES) throw error;
    }
  }
}

/**
 * The same acts for all of them, each under the assignment that is seen.
 * @param {DeskRow[]} rows
 * @param {Act[]} acts
 * @returns {RunTarget[]}
 */
export const sameFor = (rows, acts) => rows.map((row) => ({ conv: row.conv, epoch: row.epoch, acts }));

/** @param {RunTarget[]} targets @param {RunOutcome[]} outcomes */
export function notDone(targets, outcomes) {
  return outcomes.flatMap((outcome, at) => (outcome.refused ? [{ ...outcome, refused: outcome.refused, act: targets[at].acts[outcome.done] }] : []));
}

/**
 * What is left of a series where it stopped, under the assignment as it is seen now.
 * @param {RunTarget[]} targets
 * @param {RunOutcome[]} outcomes
 * @param {(conv: string) => number} epochOf
 * @returns {RunTarget[]}
 */
export function restOf(targets, outcomes, epochOf) {
  return outcomes.flatMap(({ conv, done, refused }, at) => (refused ? [{ conv, epoch: epochOf(conv), acts: targets[at].acts.slice(done) }] : []));
}
