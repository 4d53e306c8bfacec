// The connection: signs in, resumes, notices silence, backs off, obeys the close codes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveSocket, afterClose, backoffMs, newCid } from "../../../web_common/socket.js";

/** A wire whose other end is the test. */
function wire() {
  /** @type {any[]} */
  const sockets = [];
  class Wire {
    readyState = 1;
    /** @type {any[]} */ said = [];
    /** @type {((event: { data: string }) => void) | null} */ onmessage = null;
    /** @type {((event: { code: number }) => void) | null} */ onclose = null;
    /** @param {string} url @param {string} protocol */
    constructor(url, protocol) {
      Object.assign(this, { url, protocol });
      sockets.push(this);
    }
    /** @param {string} text */
    send(text) {
      this.said.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    /** @param {unknown} frame */
    hears(frame) {
      this.onmessage?.({ data: JSON.stringify(frame) });
    }
    /** @param {number} code */
    breaks(code) {
      this.readyState = 3;
      this.onclose?.({ code });
    }
  }
  return { sockets, Wire: /** @type {any} */ (Wire) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** @param {import("node:test").TestContext} t @param {Partial<import("../../../web_common/socket.js").SocketOptions>} [more] */
async function connected(t, more) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { sockets, Wire } = wire();
  /** @type {string[]} */
  const states = [];
  /** @type {string[]} */
  const asked = [];
  const socket = new LiveSocket({
    url: "ws://test/ws", WebSocket: Wire, random: () => 1,
    credentials: async (reason) => (asked.push(reason), { role: "shopper", token: "t" }),
    positions: () => [{ conv: "c", epoch: "e", seq: 7 }],
    heads: () => ({ c: 7 }),
    onframe: () => {}, onstate: (state) => states.push(state.name), ...more,
  });
  socket.start();
  await settle();
  return { socket, sockets, states, asked, welcome: () => welcome(sockets.at(-1)) };
}

/** @param {any} wire */
function welcome(wire) {
  wire.hears({ type: "hello", heartbeat_ms: 25_000, max_frame: 32_768, server_time: Date.now() });
  wire.hears({ type: "ready", role: "shopper", epoch: "e", conv: "c", lang: "en" });
}

test("signs in with token and position, in the body and not in the address", async (t) => {
  const { sockets, states, welcome } = await connected(t);
  welcome();
  assert.equal(sockets[0].protocol, "warmline.v1");
  assert.equal(sockets[0].url, "ws://test/ws");
  const { client, ...auth } = sockets[0].said[0];
  assert.deepEqual(auth, { type: "auth", role: "shopper", token: "t", resume: [{ conv: "c", epoch: "e", seq: 7 }] });
  assert.ok(client, "says which page it is");
  assert.deepEqual(states, ["connecting", "ready"]);
});

test("nothing is sent before ready", async (t) => {
  const { socket, sockets, welcome } = await connected(t);
  assert.equal(socket.send({ type: "seen", conv: "c", seq: 1 }), false);
  welcome();
  assert.equal(socket.send({ type: "seen", conv: "c", seq: 1 }), true);
  assert.equal(sockets[0].said.at(-1).type, "seen");
});

test("beats with its heads, and takes silence for a dead line", async (t) => {
  const { sockets, states, welcome } = await connected(t);
  welcome();
  t.mock.timers.tick(25_000);
  assert.deepEqual(sockets[0].said.at(-1), { type: "ping", heads: { c: 7 } });
  sockets[0].hears({ type: "pong", heads: { c: 7 } });
  t.mock.timers.tick(25_000);
  assert.equal(sockets[0].said.filter((/** @type {any} */ frame) => frame.type === "ping").length, 2);
  t.mock.timers.tick(10_000);
  assert.equal(states.at(-1), "waiting");
  assert.equal(sockets[0].readyState, 3);
});

test("a probe while waiting connects at once, with the same token", async (t) => {
  const { socket, sockets, asked, welcome } = await connected(t);
  welcome();
  sockets[0].breaks(1006);
  socket.probe();
  await settle();
  assert.equal(sockets.length, 2);
  assert.deepEqual(asked, ["first", "again"]);
});

test("drain is honoured to the millisecond", async (t) => {
  const { sockets, welcome } = await connected(t);
  welcome();
  sockets[0].hears({ type: "drain", retry_in_ms: 1_700 });
  sockets[0].breaks(1012);
  t.mock.timers.tick(1_699);
  await settle();
  assert.equal(sockets.length, 1);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(sockets.length, 2);
});

test("a refused token is renewed, but not for ever", async (t) => {
  const { sockets, states, asked } = await connected(t);
  for (let round = 0; round < 3; round += 1) {
    sockets.at(-1).breaks(4001);
    await settle();
  }
  assert.deepEqual(asked, ["first", "refused", "refused"]);
  assert.equal(states.at(-1), "stopped");
});

test("no session to be had: tries again with back-off, unless told to stop", async (t) => {
  let stop = false;
  const { states, socket } = await connected(t, { credentials: async () => { throw Object.assign(new Error("no"), { stop }); } });
  assert.equal(states.at(-1), "waiting");
  stop = true;
  socket.probe();
  await settle();
  assert.equal(states.at(-1), "stopped");
});

test("a late event of an old connection changes nothing", async (t) => {
  const { socket, sockets, states, welcome } = await connected(t);
  welcome();
  const late = sockets[0].onclose;
  socket.reconnect();
  t.mock.timers.tick(0);
  await settle();
  welcome();
  late?.({ code: 1006 });
  assert.equal(states.at(-1), "ready");
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0].said[0].client, sockets[1].said[0].client, "the same page");
});

test("the table of close codes", () => {
  const codes = { retry: [1001, 1006, 1009, 1012, 4002, 4003, 4004], sign_in: [4001], stop: [1002, 1003, 1007, 4000, 4005] };
  for (const [what, list] of Object.entries(codes)) for (const code of list) assert.equal(afterClose(code), what, `${code}`);
});

test("back-off has full jitter, doubles and ends at 30 s", () => {
  assert.deepEqual([0, 1, 2, 5, 6, 99].map((attempt) => backoffMs(attempt, () => 1)), [500, 1_000, 2_000, 16_000, 30_000, 30_000]);
  assert.equal(backoffMs(6, () => 0), 0);
});

test("keys are UUIDv7, unique, and sort by time even within one millisecond", () => {
  const keys = Array.from({ length: 500 }, () => newCid(1_700_000_000_000));
  assert.match(keys[0], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(keys).size, 500);
  assert.deepEqual([...keys].sort(), keys);
  assert.ok(newCid(1_700_000_000_001) > keys[499]);
});
