// A shopper's client on Node's `ws`, written from docs/protocol.md alone: asks, drops, comes back, says it again.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import WebSocket from "ws";

/** @param {string} base the server's URL */
export async function converse(base) {
  const answer = await fetch(`${base}/api/widget/session`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ inbox: "shop", lang: "en" }),
  });
  const { token } = await answer.json();
  const shopper = new Shopper(base, token);
  await shopper.connect();
  const first = await shopper.say("How much is shipping?");
  // The line breaks without a goodbye; the echo counts as lost, so the same key is sent again.
  shopper.socket.terminate();
  await shopper.connect();
  await shopper.say("How much is shipping?", first);
  await shopper.say(`水晶🫖 ${"x".repeat(3_000)}`);
  const closed = new Promise((resolve) => shopper.socket.once("close", resolve));
  shopper.socket.close(1000);
  const items = [...shopper.log.values()];
  return {
    seqs: [...shopper.log.keys()].sort((a, b) => a - b),
    sources: items.filter((item) => item.source).map((item) => item.source.article),
    dups: shopper.dups,
    close: await closed,
  };
}

class Shopper {
  /** @type {Map<number, any>} */ log = new Map();
  /** @type {any[]} */ frames = [];
  /** @type {(() => void) | null} */ news = null;
  conv = "";
  epoch = "";
  position = 0;
  dups = 0;

  /** @param {string} base @param {string} token */
  constructor(base, token) {
    this.base = base;
    this.token = token;
    this.socket = /** @type {any} */ (null);
  }

  async connect() {
    const socket = this.socket = new WebSocket(`${this.base.replace("http", "ws")}/ws`, "warmline.v1");
    this.frames = [];
    socket.on("message", (/** @type {Buffer} */ data, /** @type {boolean} */ isBinary) => {
      assert.ok(!isBinary);
      this.frames.push(JSON.parse(data.toString()));
      this.news?.();
    });
    assert.equal((await this.read()).type, "hello");
    assert.equal(socket.protocol, "warmline.v1");
    const resume = this.conv ? [{ conv: this.conv, epoch: this.epoch, seq: this.position }] : [];
    this.send({ type: "auth", role: "shopper", token: this.token, resume });
    while (!["resumed", "reset"].includes((await this.read()).type));
  }

  /** @param {object} frame */
  send(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  async read() {
    if (this.frames.length === 0) {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("silence for 20 s")), 20_000);
        this.news = () => resolve(clearTimeout(late));
      });
    }
    const frame = this.frames.shift();
    if (frame.type === "ready") [this.conv, this.epoch] = [frame.conv, frame.epoch];
    if (frame.type === "reset") {
      this.log = new Map(frame.items.map((/** @type {any} */ item) => [item.seq, item]));
      this.position = frame.head;
    }
    if (frame.type === "entries" && frame.dup) this.dups += 1;
    else if (frame.type === "entries" && frame.through > this.position) {
      assert.equal(frame.from, this.position + 1, "a hole");
      for (const item of frame.items) this.log.set(item.seq, item);
      this.position = frame.through;
    }
    return frame;
  }

  /**
   * Sends and waits for the echo and an answer behind it; of a repetition, for the word that it is one.
   * @param {string} text
   * @param {string} [repeated]
   */
  async say(text, repeated) {
    const [cid, dups] = [repeated ?? randomUUID(), this.dups];
    this.send({ type: "send", cid, conv: this.conv, body: { do: "message", text } });
    for (;;) {
      await this.read();
      const echo = [...this.log.values()].find((item) => item.cid === cid);
      if (this.dups > dups || (!repeated && echo && this.position > echo.seq)) return cid;
    }
  }
}
