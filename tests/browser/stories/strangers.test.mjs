// Clients that are not ours, on other people's WebSocket libraries: docs/protocol.md is enough to write one.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { converse } from "../clients/stranger.mjs";
import { startServer } from "./harness.mjs";

/** @type {import("./harness.mjs").Server} */ let server;
before(async () => {
  server = await startServer();
});
after(async () => {
  await server?.stop();
});

/** Greeting, question, answer, the long message and what the bot makes of it; nothing twice. @param {any} saw */
function check(saw) {
  assert.deepEqual(saw.seqs, [1, 2, 3, 4, 5]);
  assert.equal(saw.sources[0], "shipping-fee");
  assert.equal(saw.dups, 1);
  assert.equal(saw.close, 1000);
}

test("ws, on Node", async () => {
  check(await converse(server.url));
});

test("websockets, on Python", async () => {
  const script = new URL("../clients/stranger.py", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)("/usr/bin/python3", [script, server.url], { timeout: 60_000 });
  check(JSON.parse(stdout));
});
