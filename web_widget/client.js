// The shopper's end of one conversation: socket, log and outbox joined; views only read it and say things.

import { Files } from "/common/files.js";
import { apply, emptyLog, hasHole, positions } from "/common/log.js";
import { LiveSocket, newCid } from "/common/socket.js";
import { Outbox } from "/common/outbox.js";
import { shelf } from "/common/storage.js";
import { uploadTo } from "/common/upload.js";
import { Session, Tab } from "./session.js";

/**
 * @typedef {import("/common/types.d.ts").ServerFrame} ServerFrame
 * @typedef {import("/common/types.d.ts").Choice} Choice
 * @typedef {import("/common/socket.js").SocketState} SocketState
 */

/** A hole is given this long to close by itself: the missing frame is mostly under way. */
const HOLE_PATIENCE_MS = 1_500;
const TYPING_LASTS_MS = 8_000;
const TYPING_EVERY_MS = 3_000;

export class ChatClient {
  log = emptyLog();
  /** @type {SocketState} */ link = { name: "connecting" };
  /** The first snapshot is here. */ isLoaded = false;
  #shelf = shelf("localStorage");
  #tab = new Tab();
  #holes = 0;
  #typingSentAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #holeTimer = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #typingTimer = undefined;

  /** @param {{ inbox: string, lang: import("/common/types.d.ts").Lang, onchange: () => void }} options */
  constructor({ inbox, lang, onchange }) {
    this.onchange = onchange;
    this.keys = { seen: `warmline.${inbox}.seen`, out: `warmline.${inbox}.out.` };
    this.session = new Session({ inbox, lang, shelf: this.#shelf });
    this.socket = new LiveSocket({
      credentials: async (reason) => ({ role: "shopper", token: await this.session.signIn(reason) }),
      positions: () => (this.#holes > 1 ? [] : positions(this.log)),
      heads: () => (this.log.conv ? { [this.log.conv]: this.log.position } : {}),
      onframe: (frame) => this.#receive(frame),
      onstate: (state) => this.#linkChanged(state),
    });
    this.outbox = new Outbox({
      shelf: this.#shelf,
      prefix: this.keys.out,
      tab: this.#tab.id,
      newCid,
      transmit: ({ cid, body }) => this.log.conv !== null && this.socket.send({ type: "send", cid, conv: this.log.conv, body }),
      onchange,
      onstuck: () => this.socket.reconnect(),
    });
  }

  start() {
    this.socket.start();
  }

  /** @param {string} text @param {Choice} [choice] @param {import("/common/types.d.ts").Attachment[]} [files] uploaded */
  say(text, choice, files = []) {
    this.#typingSentAt = 0;
    this.outbox.add(null, { do: "message", text, ...(files.length && { files: files.map(({ id }) => id) }), ...(choice ? { choice } : {}) });
  }

  /** An image sends no token, so its bytes are fetched and shown from here. */
  files = new Files(async ({ id }) => {
    const response = await fetch(`/api/widget/files/${encodeURIComponent(id)}`, { headers: await this.#authorization() });
    if (!response.ok) throw new Error(`a file was refused with status ${response.status}`);
    return response.blob();
  });

  /** @type {import("/common/staged.js").StagedOptions["upload"]} */
  upload = async (blob, _, onprogress, signal) => uploadTo("/api/widget/files", await this.#authorization(), blob, onprogress, signal);

  async #authorization() {
    return { authorization: `Bearer ${this.session.token ?? await this.session.signIn("first")}` };
  }

  /** How it was. @param {{resolution: number, score: number, comment: string}} verdict */
  rate({ resolution, score, comment }) {
    this.outbox.add(null, { do: "rate", resolution, score, ...(comment && { comment }) });
  }

  /** Tells the agent that we write; the bot does not care. */
  writing() {
    if (this.log.status !== "assigned" || !this.log.conv || Date.now() - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = Date.now();
    this.socket.send({ type: "typing", conv: this.log.conv, on: true });
  }

  /** Messages to us that nobody has looked at. */
  get unread() {
    const seen = this.#seenSeq();
    return this.log.items.filter((item) => item.kind === "message" && item.author.role !== "shopper" && item.seq > seen).length;
  }

  /** The reader has the newest before their eyes. */
  look() {
    const last = this.log.items.at(-1)?.seq ?? 0;
    if (!this.log.conv || last <= this.#seenSeq()) return;
    this.#shelf.set(this.keys.seen, JSON.stringify({ conv: this.log.conv, seq: last }));
    this.socket.send({ type: "seen", conv: this.log.conv, seq: last });
  }

  #seenSeq() {
    const { conv, seq } = JSON.parse(this.#shelf.get(this.keys.seen) ?? "{}");
    return conv === this.log.conv && typeof seq === "number" ? seq : 0;
  }

  /** @param {ServerFrame} frame */
  #receive(frame) {
    this.log = apply(this.log, frame);
    if (frame.type === "reset") {
      this.isLoaded = true;
      void this.#adopt();
    }
    if (frame.type === "reset" || frame.type === "entries") this.outbox.acked(frame.items);
    if (frame.type === "refused" && !this.outbox.refused(frame) && frame.code === "unauthorised") this.socket.reconnect();
    if (frame.type === "typing" && frame.on) {
      clearTimeout(this.#typingTimer);
      this.#typingTimer = setTimeout(() => this.#receive({ ...frame, on: false }), TYPING_LASTS_MS);
    }
    this.#mindHoles(frame);
    this.onchange();
  }

  /** @param {ServerFrame} frame */
  #mindHoles(frame) {
    if (!hasHole(this.log)) {
      clearTimeout(this.#holeTimer);
      this.#holeTimer = undefined;
      if (frame.type === "resumed" || frame.type === "reset") this.#holes = 0;
    } else if (this.#holeTimer === undefined) {
      // First resume; if that did not fill it, ask for the whole; then ever more patiently.
      this.#holeTimer = setTimeout(() => {
        this.#holeTimer = undefined;
        this.#holes += 1;
        this.socket.reconnect();
      }, HOLE_PATIENCE_MS * 2 ** Math.min(this.#holes, 5));
    }
  }

  async #adopt() {
    const isAlive = await this.#tab.living();
    this.outbox.adopt(isAlive, (cid) => this.log.items.some((item) => item.cid === cid));
  }

  /** @param {SocketState} state */
  #linkChanged(state) {
    this.link = state;
    if (state.name === "ready") this.outbox.flush();
    else this.outbox.disconnected();
    if (state.name !== "ready" && this.log.typing) this.log = { ...this.log, typing: null };
    this.onchange();
  }
}
