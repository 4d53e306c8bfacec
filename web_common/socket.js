// One WebSocket that stays alive: signs in, beats, notices silence, backs off with jitter and comes back.

/**
 * @typedef {import("./types.d.ts").ServerFrame} ServerFrame
 * @typedef {import("./types.d.ts").ClientFrame} ClientFrame
 * @typedef {import("./types.d.ts").Credentials} Credentials
 * @typedef {import("./types.d.ts").Position} Position
 *
 * @typedef {{ name: "connecting" } | { name: "ready" } | { name: "waiting", retry_at: number }
 *   | { name: "stopped", code: number }} SocketState   `waiting`: will try again at that moment (ms)
 *
 * @typedef {object} SocketOptions
 * @property {string} [url]            default: `/ws` of this origin
 * @property {(reason: "first" | "again" | "refused") => Promise<Credentials>} credentials
 *   asked for before each connection; `refused`: the last ones were not accepted (close code 4001). A thrown error
 *   with `stop: true` ends the attempts, any other counts as a failed one.
 * @property {() => Position[]} positions   where to resume
 * @property {() => Record<string, number>} heads   position per conversation, for the heartbeat
 * @property {(frame: ServerFrame) => void} onframe
 * @property {(state: SocketState) => void} onstate
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [random]
 */

export const SUBPROTOCOL = "warmline.v1";
const ANSWER_WITHIN_MS = 10_000;
const PROBE_WITHIN_MS = 4_000;

/**
 * Full jitter: anything up to 0.5 s · 2ⁿ, at most 30 s.
 * @param {number} attempt  0 for the first retry
 * @param {() => number} random
 */
export function backoffMs(attempt, random) {
  return Math.round(random() * Math.min(30_000, 500 * 2 ** Math.min(attempt, 10)));
}

/**
 * What a close code asks of us; see docs/protocol.md.
 * @param {number} code
 * @returns {"retry" | "sign_in" | "stop"}
 */
export function afterClose(code) {
  if (code === 4001) return "sign_in";
  // A frame we made is not understood, or another socket of ours took over: coming back would only repeat it.
  if ([1002, 1003, 1007, 4000, 4005].includes(code)) return "stop";
  return "retry";
}

export class LiveSocket {
  /** @type {WebSocket | null} */ #socket = null;
  /** This page, so that the server can end the socket it had before. */ #client = newCid();
  /** @type {SocketState} */ state = { name: "stopped", code: 1000 };
  #attempt = 0;
  #refusals = 0;
  #started = false;
  /** Grows with each connection, so that a late event of an old one is known. */
  #round = 0;
  /** @type {number | undefined} set by `drain` */ #retryInMs = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retryTimer = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #beatTimer = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #silenceTimer = undefined;
  #heartbeatMs = 25_000;
  /** Largest frame the server takes, in bytes. */ maxFrame = 65_536;
  /** Add to our clock to get the server's, ms. */ clockSkewMs = 0;

  /** @param {SocketOptions} options */
  constructor(options) {
    this.options = options;
    if (typeof window !== "undefined") {
      window.addEventListener("online", () => this.probe());
      window.addEventListener("pageshow", () => this.probe());
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.probe());
    }
  }

  start() {
    if (this.#started) return;
    this.#started = true;
    this.#attempt = 0;
    this.#refusals = 0;
    void this.#connect("first");
  }

  stop() {
    this.#started = false;
    this.#drop();
    this.#become({ name: "stopped", code: 1000 });
  }

  get isReady() {
    return this.state.name === "ready";
  }

  /**
   * @param {ClientFrame} frame
   * @returns {boolean} false if there is no ready connection; nothing is kept here
   */
  send(frame) {
    if (!this.isReady || this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Is anybody there? Phones freeze sockets without a word. Connects at once if we were waiting to. */
  probe() {
    if (!this.#started) return;
    if (this.state.name === "waiting") {
      this.#attempt = 0;
      void this.#connect("again");
    } else if (this.isReady) this.#ping(PROBE_WITHIN_MS);
  }

  /** Drops this connection and resumes on a new one: what fills a hole. */
  reconnect() {
    if (!this.#started || this.state.name === "connecting") return;
    this.#drop();
    this.#retry(0);
  }

  /** @param {"first" | "again" | "refused"} reason */
  async #connect(reason) {
    this.#drop();
    const round = this.#round;
    this.#become({ name: "connecting" });
    let credentials;
    try {
      credentials = await this.options.credentials(reason);
    } catch (error) {
      if (round !== this.#round || !this.#started) return;
      if (/** @type {any} */ (error)?.stop) return this.#end(4001);
      return this.#retry();
    }
    if (round !== this.#round || !this.#started) return;

    const Socket = this.options.WebSocket ?? WebSocket;
    const socket = new Socket(this.options.url ?? ownUrl(), SUBPROTOCOL);
    this.#socket = socket;
    this.#expectWithin(ANSWER_WITHIN_MS);
    socket.onmessage = (event) => {
      if (round !== this.#round) return;
      clearTimeout(this.#silenceTimer);
      this.#receive(JSON.parse(event.data), socket, credentials);
    };
    socket.onclose = (event) => {
      if (round === this.#round) this.#closed(event.code);
    };
  }

  /**
   * @param {ServerFrame} frame
   * @param {WebSocket} socket
   * @param {Credentials} credentials
   */
  #receive(frame, socket, credentials) {
    if (frame.type === "hello") {
      this.#heartbeatMs = frame.heartbeat_ms;
      this.maxFrame = frame.max_frame;
      this.clockSkewMs = frame.server_time - Date.now();
      socket.send(JSON.stringify({ type: "auth", ...credentials, client: this.#client, resume: this.options.positions() }));
      this.#expectWithin(ANSWER_WITHIN_MS);
    } else if (frame.type === "ready") {
      this.#attempt = 0;
      this.#refusals = 0;
      this.#retryInMs = undefined;
      this.#beatLater();
      // The frame first: who hears "ready" as a state may send, and needs the conversation for that.
      this.options.onframe(frame);
      this.#become({ name: "ready" });
      return;
    } else if (frame.type === "drain") {
      this.#retryInMs = frame.retry_in_ms;
    }
    this.options.onframe(frame);
  }

  /** @param {number} code */
  #closed(code) {
    this.#drop();
    if (!this.#started) return;
    const next = afterClose(code);
    if (next === "stop") return this.#end(code);
    if (next === "sign_in") {
      this.#refusals += 1;
      if (this.#refusals > 2) return this.#end(code);
      void this.#connect("refused");
      return;
    }
    this.#retry(this.#retryInMs);
    this.#retryInMs = undefined;
  }

  /** @param {number} [inMs] default: back-off */
  #retry(inMs) {
    const wait = inMs ?? backoffMs(this.#attempt, this.options.random ?? Math.random);
    this.#attempt += 1;
    this.#become({ name: "waiting", retry_at: Date.now() + wait });
    this.#retryTimer = setTimeout(() => void this.#connect("again"), wait);
  }

  /** @param {number} code */
  #end(code) {
    this.#started = false;
    this.#drop();
    this.#become({ name: "stopped", code });
  }

  #beatLater() {
    clearTimeout(this.#beatTimer);
    this.#beatTimer = setTimeout(() => this.#ping(ANSWER_WITHIN_MS), this.#heartbeatMs);
  }

  /** @param {number} answerWithinMs */
  #ping(answerWithinMs) {
    this.#beatLater();
    this.send({ type: "ping", heads: this.options.heads() });
    this.#expectWithin(answerWithinMs);
  }

  /** @param {number} ms */
  #expectWithin(ms) {
    clearTimeout(this.#silenceTimer);
    const round = this.#round;
    this.#silenceTimer = setTimeout(() => round === this.#round && this.#closed(1006), ms);
  }

  #drop() {
    this.#round += 1;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#beatTimer);
    clearTimeout(this.#silenceTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
  }

  /** @param {SocketState} state */
  #become(state) {
    this.state = state;
    this.options.onstate(state);
  }
}

function ownUrl() {
  return `${location.origin.replace(/^http/, "ws")}/ws`;
}

/** A new UUIDv7: the key of idempotency for one send, and its order in time. @param {number} [now] */
export function newCid(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Two in one millisecond keep their order through the counter in rand_a.
  tick = now > lastCidMs ? 0 : tick + 1;
  lastCidMs = Math.max(now, lastCidMs);
  let stamp = lastCidMs;
  for (let index = 5; index >= 0; index -= 1, stamp = Math.floor(stamp / 256)) bytes[index] = stamp % 256;
  bytes[6] = 0x70 | ((tick >> 8) & 0x0f);
  bytes[7] = tick & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
let lastCidMs = 0;
let tick = 0;
