// The shopper's log: no loss, no doubles, order by seq, whatever the frames do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, emptyLog, hasHole, positions } from "../../../web_common/log.js";

/** @typedef {import("../../../web_common/types.d.ts").ServerFrame} ServerFrame */
/** @typedef {ReturnType<typeof emptyLog>} Log */

const CONV = "c1";
/** @param {number} seq @returns {any} */
const says = (seq, role = "bot", extra = {}) => ({ seq, at: seq * 1000, author: { role }, kind: "message", text: `#${seq}`, ...extra });
/** @param {number} seq @param {string} kind @returns {any} */
const event = (seq, kind, extra = {}) => ({ seq, at: seq * 1000, author: { role: "system" }, kind, ...extra });
/** @param {any[]} items @returns {any} */
const reset = (...items) => ({ type: "reset", conv: CONV, epoch: "e1", head: items.at(-1)?.seq ?? 0, items });
/** @param {number} from @param {number} through @param {any[]} items @returns {any} */
const entries = (from, through, ...items) => ({ type: "entries", conv: CONV, from, through, items });
/** @param {ServerFrame[]} frames */
const fold = (...frames) => frames.reduce(apply, emptyLog());
/** @param {Log} log */
const seqs = (log) => log.items.map((item) => item.seq);

test("a snapshot and what follows it line up", () => {
  const log = fold(reset(says(1), says(2)), entries(3, 4, says(3, "shopper", { cid: "x" }), says(4)));
  assert.deepEqual(seqs(log), [1, 2, 3, 4]);
  assert.deepEqual(positions(log), [{ conv: CONV, epoch: "e1", seq: 4 }]);
  assert.equal(hasHole(log), false);
});

test("a frame that comes twice is shown once", () => {
  const frame = entries(1, 2, says(1), says(2));
  assert.deepEqual(seqs(fold(reset(), frame, frame, entries(2, 2, says(2)))), [1, 2]);
});

test("a private entry moves the position and leaves no hole", () => {
  const log = fold(reset(says(1)), entries(2, 2), entries(3, 3, says(3)));
  assert.equal(log.position, 3);
  assert.equal(hasHole(log), false);
});

test("a hole shows at once, and the resume fills it without doubles", () => {
  const torn = fold(reset(says(1)), entries(3, 3, says(3)));
  assert.equal(hasHole(torn), true);
  assert.equal(positions(torn)[0].seq, 1);
  assert.deepEqual(seqs(torn), [1, 3]);
  const whole = apply(torn, entries(2, 3, says(2), says(3)));
  assert.deepEqual(seqs(whole), [1, 2, 3]);
  assert.equal(hasHole(whole), false);
});

test("a heartbeat tells of a lost last message", () => {
  const log = fold(reset(says(1)), { type: "pong", heads: { [CONV]: 2, other: 9 } });
  assert.equal(hasHole(log), true);
  assert.equal(hasHole(apply(log, entries(2, 2, says(2)))), false);
});

test("an old entry that answers a retry finds its place", () => {
  const log = fold(reset(says(5), says(6)), entries(3, 3, says(3, "shopper", { cid: "x" })));
  assert.deepEqual(seqs(log), [3, 5, 6]);
  assert.equal(log.position, 6);
});

test("a reset replaces everything, another conversation's frames nothing", () => {
  const log = fold(reset(says(1), says(2)), { ...entries(3, 3, says(3)), conv: "other" });
  assert.deepEqual(seqs(log), [1, 2]);
  const after = apply(log, { ...reset(says(1)), epoch: "e2" });
  assert.deepEqual(seqs(after), [1]);
  assert.equal(after.epoch, "e2");
});

test("a new conversation after a refused token starts empty", () => {
  const log = fold(reset(says(1)), { type: "ready", role: "shopper", epoch: "e1", conv: "c2", lang: "en" });
  assert.deepEqual(seqs(log), []);
  assert.equal(log.conv, "c2");
  assert.deepEqual(positions(log), []);
});

test("who has the conversation follows from the entries alone", () => {
  const maya = { id: "a", name: "Maya" };
  let log = fold(reset(says(1, "shopper"), event(2, "handoff")));
  assert.equal(log.status, "queued");
  log = apply(log, { type: "status", conv: CONV, status: "queued", place: 2, waiting: 5 });
  assert.equal(log.place, 2);
  log = apply(log, entries(3, 3, event(3, "assigned", { agent: maya, epoch: 1 })));
  assert.deepEqual([log.status, log.agent, log.place], ["assigned", maya, null]);
  log = apply(log, entries(4, 4, event(4, "closed", { by: { role: "agent", ...maya } })));
  assert.deepEqual([log.status, log.agent], ["closed", null]);
  log = apply(log, entries(5, 5, event(5, "reopened")));
  assert.equal(log.status, "bot");
  // What fills an old hole does not turn the clock back.
  log = apply(log, entries(2, 2, event(2, "handoff")));
  assert.equal(log.status, "bot");
});

test("typing ends with the message it announced, seen only grows", () => {
  let log = fold(reset(says(1)), { type: "typing", conv: CONV, who: "bot", on: true });
  assert.deepEqual(log.typing?.who, "bot");
  log = apply(log, entries(2, 2, says(2, "bot")));
  assert.equal(log.typing, null);
  log = apply(log, { type: "seen", conv: CONV, who: "agent", seq: 2 });
  log = apply(log, { type: "seen", conv: CONV, who: "agent", seq: 1 });
  assert.equal(log.seen.agent, 2);
});

test("any order and doubling of frames after the snapshot ends in the same transcript", () => {
  const frames = [1, 2, 3, 4, 5].map((seq) => entries(seq, seq, says(seq)));
  for (let seed = 1; seed < 200; seed += 1) {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const mixed = [...frames, ...frames].map((frame) => ({ frame, order: random() })).sort((a, b) => a.order - b.order).map(({ frame }) => frame);
    const log = [reset(), ...mixed].reduce(apply, emptyLog());
    assert.deepEqual(seqs(log), [1, 2, 3, 4, 5]);
    assert.deepEqual(seqs(apply(log, entries(log.position + 1, 5, ...frames.flatMap((frame) => frame.items)))), [1, 2, 3, 4, 5]);
  }
});
