// The desk's live model: nothing an agent wrote is lost or sent twice, and everybody learns who has a conversation.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./served.mjs";

/** @typedef {import("../../../web_common/types.d.ts").DeskRow} DeskRow */
/** @typedef {import("../../../web_common/types.d.ts").Item} Item */

/** @type {any[]} the server's ends of the sockets, newest last */
let sockets = [];

class Wire {
  readyState = 1;
  /** @type {any[]} */ said = [];
  /** @type {((event: { data: string }) => void) | null} */ onmessage = null;
  /** @type {((event: { code: number }) => void) | null} */ onclose = null;
  constructor() {
    sockets.push(this);
  }
  /** @param {string} text */
  send(text) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
}

// What a page has and Node lacks.
Object.assign(globalThis, {
  WebSocket: Wire,
  location: { origin: "http://desk.test" },
  addEventListener: () => {},
  removeEventListener: () => {},
  fetch: async (/** @type {string} */ path) => new Response(JSON.stringify(path.endsWith("/ticket") ? { ticket: "t" } : { rows: [] })),
});

const { Desk } = await import("../../../web_console/desk/model.js");

const me = { id: "maya", name: "Maya" };
const settle = () => new Promise((resolve) => setImmediate(resolve));
/** @param {unknown} frame */
const hears = (frame) => sockets.at(-1).onmessage?.({ data: JSON.stringify(frame) });
/** @param {string} type */
const said = (type) => sockets.at(-1).said.filter((/** @type {any} */ frame) => frame.type === type);

/** @param {Partial<DeskRow>} row @returns {DeskRow} */
const rowOf = (row) => ({ conv: "c", status: "queued", lang: "en", epoch: 0, priority: 0, updated_at: 0, head: 1, preview: "", ...row });
const mine = rowOf({ status: "assigned", assignee: me, epoch: 1 });
/** @param {number} seq @param {Partial<Item>} [more] */
const shopperSays = (seq, more) => ({ seq, at: 0, author: { role: "shopper" }, kind: "message", text: "hello", ...more });

/** @param {DeskRow[]} rows */
async function connects(rows) {
  await settle();
  hears({ type: "hello", heartbeat_ms: 25_000, max_frame: 65_536, server_time: Date.now() });
  hears({ type: "ready", role: "agent", epoch: "e", agent: { ...me, role: "agent" }, desk: rows });
  await settle();
}

/** @param {import("node:test").TestContext} t @param {DeskRow[]} rows */
async function atTheDesk(t, rows) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const desk = new Desk(me);
  t.after(() => desk.stop());
  desk.start();
  await connects(rows);
  return desk;
}

beforeEach(() => {
  sockets = [];
});

test("the loser of a race for a conversation is told who has it, in the list too", async (t) => {
  const desk = await atTheDesk(t, [rowOf({})]);
  const answer = desk.act("c", { do: "take" });
  const [take] = said("send");
  hears({ type: "refused", cid: take.cid, code: "taken", message: "", who: { id: "leo", name: "Leo" } });
  assert.deepEqual((await answer)?.who, { id: "leo", name: "Leo" });
  assert.equal(desk.rows.get("c")?.assignee?.name, "Leo");
});

test("who takes a conversation may write before the list has followed", async (t) => {
  const desk = await atTheDesk(t, [rowOf({})]);
  desk.view("c");
  hears({ type: "reset", conv: "c", epoch: "e", head: 1, items: [shopperSays(1)], row: rowOf({}) });
  const answer = desk.act("c", { do: "take" });
  const [take] = said("send");
  hears({ type: "entries", conv: "c", from: 2, through: 2, items: [{ seq: 2, at: 0, cid: take.cid, author: { role: "agent", ...me }, kind: "assigned", agent: me, epoch: 1 }] });
  assert.equal(await answer, null);
  assert.ok(desk.isMine("c"));
  assert.equal(desk.rows.get("c")?.epoch, 1);
});

test("taking what is mine already, from another tab, is answered by its row", async (t) => {
  const desk = await atTheDesk(t, [rowOf({})]);
  const answer = desk.act("c", { do: "take" });
  hears({ type: "desk", rows: [mine] });
  assert.equal(await answer, null);
});

test("a reply written while the line is down is sent once it is up again, under the same cid", async (t) => {
  const desk = await atTheDesk(t, [mine]);
  desk.say("c", { do: "message", text: "on its way", epoch: 1 });
  const [first] = said("send");
  sockets.at(-1).onclose?.({ code: 1006 });
  desk.say("c", { do: "note", text: "line is bad" });
  assert.equal(desk.unsent("c").length, 2);
  t.mock.timers.tick(1_000);
  await connects([mine]);
  const again = said("send");
  assert.deepEqual(again.map((/** @type {any} */ frame) => frame.body.do), ["message", "note"]);
  assert.equal(again[0].cid, first.cid);
  hears({ type: "entries", conv: "c", from: 2, through: 3, items: again.map((/** @type {any} */ { cid, body }, /** @type {number} */ at) => ({ seq: at + 2, at: 0, cid, author: { role: "agent", ...me }, kind: body.do, text: body.text })) });
  assert.equal(desk.unsent("c").length, 0);
});

test("a reply under an old assignment is kept with its reason, and goes again under the new one", async (t) => {
  const desk = await atTheDesk(t, [mine]);
  desk.say("c", { do: "message", text: "hello", epoch: 1 });
  hears({ type: "refused", cid: said("send")[0].cid, code: "stale", message: "" });
  const [kept] = desk.unsent("c");
  assert.equal(kept.state, "failed");
  assert.equal(desk.refusalOf(kept).code, "stale");
  hears({ type: "desk", rows: [{ ...mine, epoch: 2 }] });
  desk.sayAgain(kept);
  assert.deepEqual(said("send").at(-1).body, { do: "message", text: "hello", epoch: 2 });
});

test("unread counts what the shopper wrote since I looked", async (t) => {
  const desk = await atTheDesk(t, [mine]);
  hears({ type: "reset", conv: "c", epoch: "e", head: 2, items: [shopperSays(1), shopperSays(2, { author: { role: "bot" } })], row: mine });
  assert.equal(desk.unread(mine), 1);
  desk.markSeen("c");
  assert.equal(desk.unread(mine), 0);
  assert.deepEqual(said("seen").at(-1), { type: "seen", conv: "c", seq: 2 });
  hears({ type: "entries", conv: "c", from: 3, through: 3, items: [shopperSays(3)] });
  assert.equal(desk.unread(mine), 1);
});

test("resolving waits ten seconds for a second thought", async (t) => {
  const desk = await atTheDesk(t, [mine]);
  desk.leaveSoon("c", "resolve");
  t.mock.timers.tick(9_999);
  assert.deepEqual(said("send"), []);
  desk.stay("c", "undo");
  t.mock.timers.tick(10_000);
  assert.deepEqual(said("send"), [], "undone is undone");
  desk.leaveSoon("c", "resolve");
  t.mock.timers.tick(10_000);
  assert.deepEqual(said("send").at(-1).body, { do: "resolve", epoch: 1 });
});

test("a shopper who writes meanwhile is not hung up on", async (t) => {
  const desk = await atTheDesk(t, [mine]);
  hears({ type: "reset", conv: "c", epoch: "e", head: 1, items: [shopperSays(1)], row: mine });
  desk.leaveSoon("c", "resolve");
  hears({ type: "entries", conv: "c", from: 2, through: 2, items: [shopperSays(2)] });
  t.mock.timers.tick(10_000);
  assert.deepEqual(said("send"), []);
  assert.equal(desk.leaving("c"), null);
});

test("new in the queue is news; what waited before I came is not", async (t) => {
  /** @type {string[]} */
  const news = [];
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const desk = new Desk(me);
  t.after(() => desk.stop());
  desk.addEventListener("waiting", (event) => news.push(...(/** @type {CustomEvent<DeskRow[]>} */ (event)).detail.map(({ conv }) => conv)));
  desk.start();
  await connects([rowOf({ conv: "old" })]);
  hears({ type: "desk", rows: [rowOf({ conv: "new" }), rowOf({ conv: "old", priority: 5 })] });
  assert.deepEqual(news, ["new"]);
});

test("a hole in the log is filled by opening the conversation again", async (t) => {
  const desk = await atTheDesk(t, [mine]);
  hears({ type: "reset", conv: "c", epoch: "e", head: 1, items: [shopperSays(1)], row: mine });
  const before = said("open").length;
  hears({ type: "entries", conv: "c", from: 3, through: 3, items: [shopperSays(3)] });
  assert.equal(said("open").length, before + 1);
  assert.equal(desk.items("c").length, 2);
});

/** Earlier entries come as this. @param {import("node:test").TestContext} t @param {unknown[]} items */
function hasEarlier(t, items) {
  const { fetch } = globalThis;
  globalThis.fetch = async (path, init) => (String(path).includes("/entries?before=") ? new Response(JSON.stringify({ items })) : fetch(path, init));
  t.after(() => { globalThis.fetch = fetch; });
}
const HUNDRED = Array.from({ length: 100 }, (_, at) => shopperSays(at + 1));

test("a page of earlier entries is shown in portions, the newest first, with what was corrected in between", async (t) => {
  hasEarlier(t, HUNDRED);
  const desk = await atTheDesk(t, [mine]);
  hears({ type: "reset", conv: "c", epoch: "e", head: 101, items: [shopperSays(101)], row: mine });
  const loaded = desk.loadEarlier("c");
  await settle();
  const first = () => desk.items("c")[0].seq;
  const portions = [first()];
  assert.ok(first() > 1 && desk.earlier("c").loading && !desk.earlier("c").all, `a portion of it, from ${first()}`);
  hears({ type: "entries", conv: "c", from: 102, through: 102, items: [{ seq: 102, at: 9, author: { role: "shopper" }, kind: "edited", target: 2, text: "good day" }] });
  while (desk.earlier("c").loading) {
    t.mock.timers.tick(20);
    await settle();
    portions.push(first());
  }
  await loaded;
  assert.ok(portions.length > 2 && portions.every((seq, at) => at === 0 || seq < portions[at - 1]), `from ${portions}`);
  assert.deepEqual(desk.items("c").slice(0, 101).map(({ seq }) => seq), Array.from({ length: 101 }, (_, at) => at + 1));
  assert.equal(/** @type {any} */ (desk.items("c")[1]).text, "good day", "of what was not shown yet");
  assert.ok(desk.earlier("c").all);
});

test("a page of a log that has begun anew meanwhile is dropped", async (t) => {
  hasEarlier(t, HUNDRED);
  const desk = await atTheDesk(t, [mine]);
  hears({ type: "reset", conv: "c", epoch: "e", head: 101, items: [shopperSays(101)], row: mine });
  const loaded = desk.loadEarlier("c");
  hears({ type: "reset", conv: "c", epoch: "other", head: 501, items: [shopperSays(501)], row: mine });
  await settle();
  t.mock.timers.tick(20);
  await loaded;
  assert.deepEqual(desk.items("c").map(({ seq }) => seq), [501]);
  assert.equal(desk.earlier("c").all, false);
});

test("seats come whole with a connection and then by change, and the switch is a wish until the server says so", async () => {
  const desk = new Desk(me);
  desk.start();
  await settle();
  hears({ type: "hello", heartbeat_ms: 25_000, max_frame: 65_536, server_time: Date.now() });
  const seat = { agent: me, available: true, there: true, active: 0 };
  hears({ type: "ready", role: "agent", epoch: "e", agent: { ...me, role: "agent" }, desk: [], seats: [seat] });
  await settle();
  desk.setAvailable(false);
  assert.deepEqual(said("available"), [{ type: "available", on: false }]);
  assert.equal(desk.seats.of(me.id)?.available, true);
  hears({ type: "seats", seats: [{ ...seat, available: false, active: 1 }] });
  assert.deepEqual([desk.seats.of(me.id)?.available, desk.seats.of(me.id)?.active], [false, 1]);
  desk.stop();
});

test("what is given or offered to me is announced once, what I took myself is not", async () => {
  const desk = new Desk(me);
  /** @type {string[]} */
  const given = [];
  desk.addEventListener("given", (event) => given.push(/** @type {CustomEvent} */ (event).detail.status));
  desk.start();
  await connects([rowOf({})]);
  const offered = rowOf({ status: "offered", assignee: me, epoch: 1, offered_until: 30_000 });
  hears({ type: "desk", rows: [offered] });
  hears({ type: "desk", rows: [{ ...offered, preview: "more" }] });
  assert.ok(desk.isOffered("c") && !desk.isMine("c"));
  void desk.act("c", { do: "accept", epoch: 1 });
  hears({ type: "desk", rows: [{ ...mine, epoch: 2 }] });
  assert.deepEqual(given, ["offered"]);
  assert.ok(desk.isMine("c"));
  desk.stop();
});
