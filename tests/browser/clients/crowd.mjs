// Many people at once for the stories of size: shoppers and agents on sockets of their own, as docs/protocol.md has it.

import { randomUUID } from "node:crypto";
import WebSocket from "ws";

/** @typedef {{conv: string, text: string}} Said */

/** One authenticated socket: sends, and waits for what comes back. */
class Line {
  /** @type {Map<string, {frame: object, done: (frame: any) => void, failed: (error: Error) => void}>} in their order */ #open = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #again = undefined;
  /** @type {{is: (frame: any) => boolean, found: (frame: any) => void}[]} */ #waiting = [];

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on("message", (/** @type {Buffer} */ data) => this.#hear(JSON.parse(data.toString())));
  }

  /** @param {string} base @param {object} auth @returns {Promise<{line: Line, ready: any}>} */
  static async begin(base, auth) {
    const socket = new WebSocket(`${base.replace("http", "ws")}/ws`, "warmline.v1");
    const line = new Line(socket);
    await line.until((frame) => frame.type === "hello");
    line.tell({ type: "auth", ...auth });
    return { line, ready: await line.until((frame) => frame.type === "ready") };
  }

  /** @param {object} frame */
  tell(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  /** @param {(frame: any) => boolean} is @returns {Promise<any>} */
  until(is) {
    return new Promise((found) => this.#waiting.push({ is, found }));
  }

  /** Resolves with the stored entry. @param {string} conv @param {object} body */
  send(conv, body) {
    const cid = randomUUID();
    const frame = { type: "send", cid, conv, body };
    this.tell(frame);
    return new Promise((done, failed) => this.#open.set(cid, { frame, done, failed }));
  }

  close() {
    this.socket.close(1000);
  }

  /** @param {any} frame */
  #hear(frame) {
    for (const item of frame.items ?? []) {
      this.#open.get(item.cid)?.done(item);
      this.#open.delete(item.cid);
    }
    if (frame.type === "refused" && frame.retry_after_ms !== undefined) {
      // What has no answer is sent again, in its order.
      this.#again ??= setTimeout(() => {
        this.#again = undefined;
        for (const open of this.#open.values()) this.tell(open.frame);
      }, frame.retry_after_ms);
    } else if (frame.type === "refused" && frame.cid) {
      this.#open.get(frame.cid)?.failed(new Error(`${frame.code}: ${frame.message}`));
      this.#open.delete(frame.cid);
    }
    this.#waiting = this.#waiting.filter(({ is, found }) => !is(frame) || (found(frame), false));
  }
}

/** @param {string} base @param {string} lang */
export async function shopper(base, lang) {
  const answer = await fetch(`${base}/api/widget/session`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ inbox: "shop", lang }),
  });
  const { token } = await answer.json();
  const { line, ready } = await Line.begin(base, { role: "shopper", token });
  return {
    conv: /** @type {string} */ (ready.conv),
    /** @param {string} text */
    says: (text) => line.send(ready.conv, { do: "message", text }),
    /** @param {number} resolution @param {number} score */
    rates: (resolution, score) => line.send(ready.conv, { do: "rate", resolution, score }),
    types: () => line.tell({ type: "typing", conv: ready.conv, on: true }),
    leaves: () => line.close(),
  };
}

/** @param {string} base @param {{mail: string, password: string}} account */
export async function staff(base, account) {
  const csrf = { "X-Warmline-CSRF": "1", "Content-Type": "application/json" };
  const signed = await fetch(`${base}/api/session`, { method: "POST", headers: csrf, body: JSON.stringify(account) });
  const cookie = (signed.headers.get("set-cookie") ?? "").split(";")[0];
  /** @param {string} method @param {string} path @param {unknown} [body] */
  const call = async (method, path, body) => {
    const answer = await fetch(`${base}${path}`, { method, headers: { ...csrf, cookie }, body: body === undefined ? undefined : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
  };
  const { ticket } = await call("POST", "/api/session/ticket");
  const { line, ready } = await Line.begin(base, { role: "agent", ticket });
  /** @param {string} conv */
  const opens = async (conv) => {
    const snapshot = line.until((frame) => frame.type === "reset" && frame.conv === conv);
    line.tell({ type: "open", conv });
    return snapshot;
  };
  return {
    me: /** @type {{id: string, name: string}} */ (ready.agent),
    call,
    opens,
    /** @param {string} conv @param {string} doing */
    looks: (conv, doing) => line.tell({ type: "looking", conv, doing }),
    /** @param {string} conv @returns {Promise<number>} the epoch */
    takes: async (conv) => {
      await opens(conv);
      const assigned = line.until((frame) => frame.type === "entries" && frame.conv === conv && frame.items.some((/** @type {any} */ item) => item.kind === "assigned"));
      await line.send(conv, { do: "take" });
      return (await assigned).items.find((/** @type {any} */ item) => item.kind === "assigned").epoch;
    },
    /** @param {string} conv @param {number} epoch @param {string} text */
    says: (conv, epoch, text) => line.send(conv, { do: "message", text, epoch }),
    /** @param {string} conv @param {string} text */
    notes: (conv, text) => line.send(conv, { do: "note", text }),
    /** @param {string} conv @param {number} epoch @param {{category?: string, outcome?: string}} [wrap_up] */
    resolves: (conv, epoch, wrap_up) => line.send(conv, { do: "resolve", epoch, wrap_up }),
    leaves: () => line.close(),
  };
}

/** In groups, so that neither end drowns. @template T, R @param {T[]} all @param {number} atOnce @param {(one: T, index: number) => Promise<R>} each @returns {Promise<R[]>} */
export async function inGroups(all, atOnce, each) {
  const results = [];
  for (let from = 0; from < all.length; from += atOnce) {
    results.push(...await Promise.all(all.slice(from, from + atOnce).map((one, at) => each(one, from + at))));
  }
  return results;
}
