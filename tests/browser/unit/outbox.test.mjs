// What a shopper wrote leaves once, in order, and survives reloads, refusals and torn connections.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, WINDOW } from "../../../web_common/outbox.js";
import { memoryShelf } from "../../../web_common/storage.js";

const PREFIX = "t.out.";
let counter = 0;
const newCid = () => `0${(counter += 1)}`.padStart(8, "0");
/** @param {string} text @returns {import("../../../web_common/types.d.ts").SendBody} */
const says = (text) => ({ do: "message", text });

/**
 * @param {import("node:test").TestContext} t
 * @param {import("../../../web_common/storage.js").Shelf} shelf
 * @param {string} name
 */
function tab(t, shelf, name, now = () => 1_000) {
  /** @type {any[]} */
  const sent = [];
  const line = { up: true };
  const outbox = new Outbox({
    shelf, prefix: PREFIX, tab: name, newCid, now,
    onchange: () => {}, onstuck: () => {},
    transmit: (message) => line.up && Boolean(sent.push(message)),
  });
  t.after(() => outbox.disconnected());
  return { outbox, sent, line, texts: () => sent.map((message) => message.body.text) };
}

test("a message leaves at once and is forgotten when its echo comes", (t) => {
  const shelf = memoryShelf();
  const { outbox, sent } = tab(t, shelf, "a");
  const cid = outbox.add(null, says("hello"));
  assert.equal(sent.length, 1);
  assert.equal(shelf.keys(PREFIX).length, 1);
  outbox.acked([{ cid: "somebody else's" }, {}, { cid }]);
  assert.deepEqual(outbox.messages, []);
  assert.equal(shelf.keys(PREFIX).length, 0);
});

test("written offline, sent in order later, under the same key", (t) => {
  const { outbox, line, sent, texts } = tab(t, memoryShelf(), "a");
  line.up = false;
  const cids = ["one", "two", "three"].map((text) => outbox.add(null, says(text)));
  assert.equal(sent.length, 0);
  line.up = true;
  outbox.flush();
  assert.deepEqual(texts(), ["one", "two", "three"]);
  outbox.acked([{ cid: cids[0] }]);
  outbox.disconnected();
  outbox.flush();
  assert.deepEqual(texts(), ["one", "two", "three", "two", "three"]);
  assert.deepEqual(sent.slice(3).map((message) => message.cid), cids.slice(1));
});

test("no more than the window under way; each ack lets one more go", (t) => {
  const { outbox, sent } = tab(t, memoryShelf(), "a");
  const cids = Array.from({ length: WINDOW + 3 }, (_, index) => outbox.add(null, says(String(index))));
  assert.equal(sent.length, WINDOW);
  outbox.acked([{ cid: cids[0] }, { cid: cids[1] }]);
  assert.equal(sent.length, WINDOW + 2);
  outbox.acked(cids.slice(0, WINDOW + 2).map((cid) => ({ cid })));
  assert.equal(sent.length, WINDOW + 3);
  outbox.acked(cids.map((cid) => ({ cid })));
});

test("too fast: it waits as long as it is told, then goes by itself", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1_000;
  const { outbox, sent } = tab(t, memoryShelf(), "a", () => now);
  const cid = outbox.add(null, says("hello"));
  outbox.refused({ type: "refused", cid, code: "rate_limited", message: "", retry_after_ms: 3_000 });
  outbox.flush();
  assert.equal(sent.length, 1);
  assert.equal(outbox.messages[0].state, "waiting");
  now += 3_000;
  t.mock.timers.tick(3_000);
  assert.equal(sent.length, 2);
});

test("a server that stays busy is asked again some times, then the writer decides", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1_000;
  const { outbox, sent } = tab(t, memoryShelf(), "a", () => now);
  const cid = outbox.add(null, says("hello"));
  for (let round = 0; outbox.messages[0].state === "waiting" && round < 20; round += 1) {
    outbox.refused({ type: "refused", cid, code: "busy", message: "", retry_after_ms: 5_000 });
    now += 5_000;
    t.mock.timers.tick(5_000);
  }
  assert.deepEqual([outbox.messages[0].state, outbox.messages[0].code, sent.length], ["failed", "busy", 6]);
  outbox.retry(cid);
  assert.deepEqual([outbox.messages[0].state, sent.length], ["waiting", 7]);
});

test("refused for good: it stays as failed until sent again or deleted", (t) => {
  const { outbox, sent } = tab(t, memoryShelf(), "a");
  const cid = outbox.add(null, says("x".repeat(5_000)));
  assert.equal(outbox.refused({ type: "refused", cid, code: "too_long", message: "" }), true);
  outbox.flush();
  assert.deepEqual([outbox.messages[0].state, outbox.messages[0].code, sent.length], ["failed", "too_long", 1]);
  outbox.retry(cid);
  assert.deepEqual([outbox.messages[0].state, sent.length, sent[1].cid], ["waiting", 2, cid]);
  outbox.discard(cid);
  assert.deepEqual(outbox.messages, []);
  assert.equal(outbox.refused({ type: "refused", code: "busy", message: "" }), false);
});

test("a reload finds what was left, a living tab's messages are left to it", (t) => {
  const shelf = memoryShelf();
  const gone = tab(t, shelf, "gone");
  const living = tab(t, shelf, "living");
  gone.line.up = living.line.up = false;
  gone.outbox.add(null, says("first"));
  living.outbox.add(null, says("not mine"));
  gone.outbox.add(null, says("second"));
  const fresh = tab(t, shelf, "fresh");
  fresh.outbox.adopt((name) => name === "living", () => false);
  assert.deepEqual(fresh.texts(), ["first", "second"]);
});

test("what the log already holds is not sent again, what is old is asked about", (t) => {
  const shelf = memoryShelf();
  const gone = tab(t, shelf, "gone", () => 0);
  gone.line.up = false;
  const logged = gone.outbox.add(null, says("arrived"));
  gone.outbox.add(null, says("from this morning"));
  const fresh = tab(t, shelf, "fresh", () => 3 * 3_600_000);
  fresh.outbox.adopt(() => false, (cid) => cid === logged);
  assert.deepEqual(fresh.texts(), []);
  assert.deepEqual(fresh.outbox.messages.map(({ body, state, code }) => ["text" in body && body.text, state, code]), [["from this morning", "failed", "old"]]);
  fresh.outbox.retry(fresh.outbox.messages[0].cid);
  assert.deepEqual(fresh.texts(), ["from this morning"]);
});

test("silence after a send is noticed", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let stuck = 0;
  const outbox = new Outbox({
    shelf: memoryShelf(), prefix: PREFIX, tab: "a", newCid, onchange: () => {}, onstuck: () => (stuck += 1), transmit: () => true,
  });
  const cid = outbox.add(null, says("hello"));
  t.mock.timers.tick(11_000);
  assert.equal(stuck, 0);
  t.mock.timers.tick(2_000);
  assert.equal(stuck, 1);
  outbox.acked([{ cid }]);
  t.mock.timers.tick(60_000);
  assert.equal(stuck, 1);
});
