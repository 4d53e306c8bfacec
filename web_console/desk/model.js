// What this console knows of the desk, kept live: rows of the lists, logs of opened conversations, what waits to
// be sent. Views listen; nothing here touches the page.
//
// Events: `rows`; `viewed` (detail: conv); `seats`; `teams`; `company` (detail: conv, who is there); `typing` (detail: conv); `given` (detail: a row that was just given or offered to me); `link` (connection); `log` (detail: conv); `outbox`; `waiting` (detail: rows new in the queue);
// `heard` (detail: row and item, a shopper wrote in one of my conversations); `leaving` (detail: conv, deed) and
// `leaving_ended` (detail: conv, why) around a planned hand-back or resolution; `not_left` (detail: refusal);
// `surges` (groups changed); `notices` (a rule told supervisors something); `wrote` (a message of mine was stored); `gone` (detail: conv, out of my sight); `signed_out`.

import { apply, emptyLog, hasHole, positions } from "/common/log.js";
import { Outbox } from "/common/outbox.js";
import { LiveSocket, newCid } from "/common/socket.js";
import { shelf } from "/common/storage.js";
import { ApiError, api } from "../api.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { Company } from "./company.js";
import { NO_TEAMS, teamsOf } from "./order.js";
import { Promises } from "./promises.js";
import { ScrolledBack } from "./scrolled_back.js";
import { Seats } from "./seats.js";
import { ToDo } from "./to_do.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {import("../types.d.ts").SendBody} SendBody */
/** @typedef {import("../types.d.ts").ServerFrame} ServerFrame */
/** @typedef {import("/common/log.js").Log} Log */
/** @typedef {import("/common/outbox.js").Outgoing} Outgoing */
/** @typedef {{code: string, message: string, who?: import("../types.d.ts").AgentRef | string, retry_after_ms?: number}} Refusal */
/** Take, hand back or resolve, until the server has answered. @typedef {{conv: string, body: SendBody, answer: (refusal: Refusal | null) => void}} Deed */
const TYPING_LASTS_MS = 8_000;
/** @type {Item[]} */ const NOTHING = [];
/** Neither can be taken back once the shopper has seen it, so they wait this long for a second thought. */
const LEAVE_AFTER_MS = 10_000;
export class Desk extends EventTarget {
  /** @type {Map<string, DeskRow>} */ rows = new Map();
  /** @type {Map<string, Log>} */ #logs = new Map();
  #scrolledBack = new ScrolledBack();
  /** @type {Map<string, number>} */ #seen;
  /** @type {Map<string, Deed>} by cid */ #deeds = new Map();
  /** @type {Map<string, Refusal>} why a message was refused, by cid */ #refusals = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */ #typingTimers = new Map();
  /** @type {Map<string, {deed: "hand_back" | "release" | "resolve", wrapUp?: import("../types.d.ts").WrapUp, timer: ReturnType<typeof setTimeout>}>} */ #leaving = new Map();
  /** @type {string | null} the conversation on screen */ #viewed = null;
  /** Of what was fetched of a list, the oldest. @type {Map<string, DeskRow>} */ #lastOf = new Map();
  /** The teams I am in. */ teams = NO_TEAMS;
  knowsTeams = false;
  #knowsRows = false;
  /** @type {Record<string, import("../types.d.ts").Companion[]>} */ #companyAtReady = {};
  /** Who waits with the same matter. @type {import("../types.d.ts").Surges} */ surges = { mode: "auto", groups: [] };
  seats = new Seats();
  /** New in the queue and not yet looked at. @type {Set<string>} */ fresh = new Set();
  /** Conversations whose row has come on this connection. @type {Set<string>} */ #heardSinceReady = new Set();

  /** @param {import("../types.d.ts").AgentRef & {role?: string}} me */
  constructor(me) {
    super();
    this.me = me;
    /** As Role::may has it; the server decides, this only hides dead ends. */
    this.supervises = me.role === "supervisor" || me.role === "admin";
    this.outbox = new Outbox({
      shelf: shelf("localStorage"),
      prefix: `warmline.unsent:${me.id}:`,
      tab: "console",
      newCid,
      transmit: (message) => this.#transmit(message),
      onchange: () => this.#tell("outbox"),
      onstuck: () => this.socket.probe(),
    });
    this.promises = new Promises(this);
    this.toDo = new ToDo(this);
    this.company = new Company(me.id, {
      send: (frame) => this.isOnline && this.socket.send(frame), onchange: (conv) => this.#tell("company", conv),
    });
    this.#seen = new Map(Object.entries(/** @type {Record<string, number> | null} */ (loadDraft(me.id, "seen")) ?? {}));
    this.socket = new LiveSocket({
      credentials: () => this.#credentials(),
      positions: () => [...this.#logs.values()].flatMap(positions),
      heads: () => Object.fromEntries([...this.#logs].map(([conv, log]) => [conv, log.position])),
      onframe: (frame) => this.#receive(frame),
      onstate: (state) => this.#linkChanged(state),
    });
  }

  start() {
    // Another tab may be sending these too: the server knows them by their cid and takes each once.
    this.outbox.adopt(() => false, () => false);
    this.promises.start();
    this.toDo.start();
    this.socket.start();
    addEventListener("pagehide", this.#leaveNow);
  }

  stop() {
    this.#leaveNow();
    this.socket.stop();
    this.promises.stop();
    this.toDo.stop();
    for (const timer of this.#typingTimers.values()) clearTimeout(timer);
    removeEventListener("pagehide", this.#leaveNow);
    this.company.stop();
  }

  get isOnline() {
    return this.socket.isReady;
  }

  /** The server's clock, for waiting times. */
  now() {
    return Date.now() + this.socket.clockSkewMs;
  }

  /** @param {string} conv @returns {Log | null} null until it has been opened */
  log(conv) {
    const log = this.#logs.get(conv);
    return log && log.epoch !== null ? log : null;
  }

  /** Everything known of a conversation, scrolled-back entries included. @param {string} conv @returns {Item[]} */
  items(conv) {
    const log = this.log(conv);
    return log ? this.#scrolledBack.before(conv, log.items) : NOTHING;
  }

  /** What is known of the entries before the log's first. @param {string} conv */
  earlier(conv) {
    return this.#scrolledBack.of(conv, this.log(conv)?.items ?? NOTHING);
  }

  /** @param {string} conv */
  isMine(conv) {
    const row = this.rows.get(conv);
    return row?.status === "assigned" && row.assignee?.id === this.me.id;
  }

  /** Asked whether I take it. @param {string} conv */
  isOffered(conv) {
    const row = this.rows.get(conv);
    return row?.status === "offered" && row.assignee?.id === this.me.id;
  }

  /** Whether I take new conversations; the server's answer is the next `seats`. @param {boolean} on */
  setAvailable(on) {
    this.socket.send({ type: "available", on });
  }

  /** How many the shopper wrote since I looked. @param {DeskRow} row */
  unread(row) {
    const seen = this.#seen.get(row.conv) ?? 0;
    const log = this.log(row.conv);
    if (!log) return 0;
    let count = 0;
    for (let at = log.items.length - 1; at >= 0 && log.items[at].seq > seen; at--) {
      const item = log.items[at];
      if (item.kind === "message" && item.author.role === "shopper") count++;
    }
    return count;
  }

  /** @param {string} conv */
  seenUpTo(conv) {
    return this.#seen.get(conv) ?? 0;
  }

  /** The agent has read everything that is here. @param {string} conv */
  markSeen(conv) {
    void this.toDo.look(conv);
    const log = this.log(conv);
    if (!log || log.position <= this.seenUpTo(conv)) return;
    this.#seen.set(conv, log.position);
    this.#keepSeen();
    // A shopper sees "read" only from the agent who has the conversation.
    if (this.isMine(conv)) this.socket.send({ type: "seen", conv, seq: log.position });
    this.#tell("rows");
  }

  get viewed() {
    return this.#viewed;
  }

  /** The conversation on screen; null for none. @param {string | null} conv */
  view(conv) {
    const before = this.#viewed;
    this.#viewed = conv;
    if (conv) this.fresh.delete(conv);
    if (before && before !== conv && !this.isMine(before)) this.#forget(before);
    if (conv) this.#open(conv);
    this.company.look(conv);
    this.#tell("viewed", conv);
  }

  /**
   * The next page of a list of which the socket's rows are not all.
   * @param {"closed" | "all"} view @param {{category?: string, tag?: string}} [filter] @returns {Promise<boolean>} whether it was the last
   */
  async loadRows(view, filter = {}) {
    const list = JSON.stringify([view, filter]);
    const rows = await api.conversations(view, filter, this.#lastOf.get(list));
    const last = rows.at(-1);
    if (last) this.#lastOf.set(list, last);
    this.#mergeRows(rows, { announce: false });
    return last === undefined;
  }

  /** Rows that were found on the server are known here, too. @param {DeskRow[]} rows */
  know(rows) {
    this.#mergeRows(rows, { announce: false });
  }

  /** Scrolls back. @param {string} conv */
  loadEarlier(conv) {
    return this.#scrolledBack.load(conv, this.log(conv)?.items ?? NOTHING, () => this.#tell("log", conv));
  }

  /**
   * Says or notes something; kept and sent again until the server has it.
   * @param {string} conv
   * @param {SendBody} body
   */
  say(conv, body) {
    if (body.do === "message") this.stay(conv, "reply");
    this.#open(conv);
    this.outbox.add(conv, body);
  }

  /** What I wrote in a conversation and the server does not have yet. @param {string} conv @returns {Outgoing[]} */
  unsent(conv) {
    return this.outbox.messages.filter((message) => message.conv === conv);
  }

  /** Why a message failed; after a reload only its code is left. @param {Outgoing} message @returns {Refusal} */
  refusalOf(message) {
    return this.#refusals.get(message.cid) ?? { code: message.code ?? "", message: "" };
  }

  /** Sends a refused message once more, with the assignment as it is now. @param {Outgoing} message */
  sayAgain(message) {
    const { conv, body } = message;
    if (conv === null) return;
    this.outbox.discard(message.cid);
    this.say(conv, body.do === "message" ? { ...body, epoch: this.rows.get(conv)?.epoch } : body);
  }

  /**
   * Takes, hands back or resolves.
   * @param {string} conv
   * @param {SendBody} body
   * @returns {Promise<Refusal | null>} null when done
   */
  act(conv, body) {
    if (!this.isOnline) return Promise.resolve({ code: "offline", message: "" });
    const cid = newCid();
    this.#open(conv);
    this.socket.send({ type: "send", cid, conv, body });
    return new Promise((answer) => this.#deeds.set(cid, { conv, body, answer }));
  }

  /** The sheet of a wrap-up is open: nothing new is given to me. @param {boolean} on */
  wrappingUp(on) {
    this.socket.send({ type: "wrapping_up", on });
  }

  /** Hands back or resolves in ten seconds, unless `stay` comes first. @param {string} conv @param {"hand_back" | "release" | "resolve"} deed @param {import("../types.d.ts").WrapUp} [wrapUp] */
  leaveSoon(conv, deed, wrapUp) {
    this.stay(conv, "undo");
    this.#leaving.set(conv, { deed, wrapUp, timer: setTimeout(() => this.#leave(conv), LEAVE_AFTER_MS) });
    this.#tell("leaving", { conv, deed });
    this.#tell("rows");
  }

  /** What is about to happen to a conversation of mine. @param {string} conv */
  leaving(conv) {
    return this.#leaving.get(conv)?.deed ?? null;
  }

  /** @param {string} conv @param {"undo" | "reply" | "heard"} why */
  stay(conv, why) {
    const planned = this.#leaving.get(conv);
    if (!planned) return;
    clearTimeout(planned.timer);
    this.#leaving.delete(conv);
    this.#tell("leaving_ended", { conv, why });
    this.#tell("rows");
  }

  /** @param {string} conv */
  async #leave(conv) {
    const planned = this.#leaving.get(conv);
    if (!planned) return;
    clearTimeout(planned.timer);
    this.#leaving.delete(conv);
    this.#tell("leaving_ended", { conv, why: "done" });
    const epoch = this.rows.get(conv)?.epoch ?? 0;
    const refusal = await this.act(conv, { do: planned.deed, epoch, ...(planned.wrapUp && { wrap_up: planned.wrapUp }) });
    if (refusal) this.#tell("not_left", refusal);
    this.#tell("rows");
  }

  /** The page goes away: what was decided is done at once. */
  #leaveNow = () => {
    for (const conv of [...this.#leaving.keys()]) void this.#leave(conv);
  };

  /** @param {string} conv @param {boolean} on */
  typing(conv, on) {
    this.socket.send({ type: "typing", conv, on });
  }

  async #credentials() {
    try {
      return { role: /** @type {const} */ ("agent"), ticket: await api.ticket() };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw Object.assign(new Error("signed out"), { stop: true });
      throw error;
    }
  }

  /** @param {import("/common/socket.js").SocketState} state */
  #linkChanged(state) {
    if (state.name === "ready") {
      for (const [conv, log] of this.#logs) if (log.epoch === null) this.socket.send({ type: "open", conv });
      this.#openMine();
      for (const [cid, { conv, body }] of this.#deeds) {
        this.#open(conv);
        this.socket.send({ type: "send", cid, conv, body });
      }
      this.company.begin(this.#companyAtReady);
      this.outbox.flush();
    } else {
      this.outbox.disconnected();
    }
    if (state.name === "stopped" && state.code === 4001) this.#tell("signed_out");
    this.#tell("link");
  }

  /** @param {Outgoing} message */
  #transmit({ cid, conv, body }) {
    if (conv === null || !this.isOnline) return false;
    this.#open(conv);
    return this.socket.send({ type: "send", cid, conv, body });
  }

  /** @param {ServerFrame} frame */
  #receive(frame) {
    switch (frame.type) {
      case "ready":
        this.seats.replace(frame.seats ?? []);
        this.#tell("seats");
        this.#companyAtReady = frame.company ?? {};
        void this.#ready(frame.desk ?? []);
        break;
      case "desk":
        this.#mergeRows(frame.rows, { announce: this.#knowsRows });
        break;
      case "gone":
        this.#lose(frame.convs);
        break;
      case "seats":
        this.#mergeSeats(frame.seats);
        break;
      case "surges":
        this.surges = { mode: frame.mode, groups: frame.groups };
        this.#tell("surges");
        break;
      case "notices":
        this.#tell("notices");
        break;
      case "mentioned":
        this.toDo.heard(frame);
        break;
      case "company":
        this.company.set(frame.conv, frame.agents);
        break;
      case "refused":
        this.#refused(frame);
        break;
      case "pong":
        for (const conv of [...this.#logs.keys()]) this.#fold(conv, frame);
        break;
      case "reset":
        if (frame.row) this.#mergeRows([frame.row], { announce: false });
        this.#scrolledBack.reset(frame, this.items(frame.conv), this.log(frame.conv)?.epoch === frame.epoch);
        this.#fold(frame.conv, frame);
        this.#confirm(frame.items);
        break;
      case "entries":
        this.#heard(frame);
        this.#scrolledBack.correct(frame);
        this.#fold(frame.conv, frame);
        this.#followAssignment(frame);
        this.#confirm(frame.items);
        break;
      case "typing":
        this.#fold(frame.conv, frame);
        this.#endTypingLater(frame);
        this.#tell("typing", frame.conv);
        break;
      case "resumed":
      case "status":
      case "seen":
        this.#fold(frame.conv, frame);
        break;
      default:
    }
  }

  /** What the socket tells when it changes, once at the beginning or when it was switched. */
  async loadSurges() {
    this.surges = await api.surges();
    this.#tell("surges");
  }

  /** @param {DeskRow[]} rows the newest open ones */
  async #ready(rows) {
    this.loadSurges().catch(() => {});
    const heard = (this.#heardSinceReady = new Set());
    this.#mergeRows(rows, { announce: this.#knowsRows });
    // In a busy shop the newest 200 may lack somebody who has waited for long: the queue comes whole.
    try {
      const [queue, mine] = await Promise.all([api.conversations("queue"), api.conversations("mine")]);
      if (heard !== this.#heardSinceReady) return;
      const later = [...queue, ...mine].filter((row) => !heard.has(row.conv));
      for (const conv of this.rows.keys()) if (!heard.has(conv) && this.rows.get(conv)?.status !== "closed" && !later.some((row) => row.conv === conv)) this.rows.delete(conv);
      this.#mergeRows(later, { announce: this.#knowsRows });
      this.#lastOf.delete(JSON.stringify(["all", {}]));
      this.teams = teamsOf((await api.desk()).teams ?? [], this.me.id);
      this.knowsTeams = true;
      this.#tell("teams");
    } catch {
      // What the socket brought is shown; the next connection asks again.
    }
    this.#knowsRows = true;
  }

  /** @param {DeskRow[]} rows @param {{announce: boolean}} how */
  #mergeRows(rows, { announce }) {
    const waiting = rows.filter((row) => row.status === "queued" && this.rows.get(row.conv)?.status !== "queued");
    // Not what I took myself: that is a deed under way, or its echo was here before the row.
    const given = rows.filter((row) => row.assignee?.id === this.me.id && (row.status === "offered" || row.status === "assigned")
      && (this.rows.get(row.conv)?.epoch ?? -1) < row.epoch && ![...this.#deeds.values()].some(({ conv }) => conv === row.conv));
    for (const row of rows) {
      this.rows.set(row.conv, row);
      this.#heardSinceReady.add(row.conv);
    }
    if (announce) for (const { conv } of waiting) if (conv !== this.#viewed) this.fresh.add(conv);
    this.#settleTakes();
    this.#openMine();
    this.#tell("rows");
    for (const row of rows) if (this.#logs.has(row.conv)) this.#tell("log", row.conv);
    if (announce && waiting.length > 0) this.#tell("waiting", waiting);
    if (announce) for (const row of given) this.#tell("given", row);
  }

  /** Passed on to a team whose conversations I do not see. @param {string[]} convs */
  #lose(convs) {
    for (const conv of convs) {
      this.rows.delete(conv);
      this.#logs.delete(conv);
      this.#scrolledBack.forget(conv);
      this.fresh.delete(conv);
      this.#tell("gone", conv);
    }
    this.#tell("rows");
  }

  /** @param {import("../types.d.ts").Seat[]} seats */
  #mergeSeats(seats) {
    this.seats.merge(seats);
    this.#tell("seats");
  }

  /** A take of what is mine already (from another tab) changes nothing and so is not echoed: the row answers it. */
  #settleTakes() {
    for (const [cid, { conv, body, answer }] of this.#deeds) {
      if ((body.do !== "take" && body.do !== "accept" && body.do !== "take_over") || !this.isMine(conv)) continue;
      this.#deeds.delete(cid);
      answer(null);
    }
  }

  /** My conversations are followed all the time, so that unread counts are true. */
  #openMine() {
    for (const row of this.rows.values()) if (this.isMine(row.conv)) this.#open(row.conv);
    for (const conv of [...this.#logs.keys()]) {
      if (conv !== this.#viewed && this.rows.has(conv) && !this.isMine(conv) && this.unsent(conv).length === 0) this.#forget(conv);
    }
  }

  /** @param {string} conv */
  #open(conv) {
    if (this.#logs.has(conv)) return;
    this.#logs.set(conv, { ...emptyLog(), conv });
    this.socket.send({ type: "open", conv });
  }

  /** @param {string} conv */
  #forget(conv) {
    if (!this.#logs.delete(conv)) return;
    this.#scrolledBack.forget(conv);
    this.socket.send({ type: "leave", conv });
  }

  /** @param {string} conv @param {ServerFrame} frame */
  #fold(conv, frame) {
    const before = this.#logs.get(conv);
    if (!before) return;
    const after = apply(before, frame);
    if (after === before) return;
    this.#logs.set(conv, after);
    // A reset fills any hole; one request at a time per hole.
    if (hasHole(after) && !hasHole(before)) this.socket.send({ type: "open", conv });
    this.#tell("log", conv);
    if (after.items !== before.items) this.#tell("rows");
  }

  /** The row comes a moment later; who has just taken a conversation may write at once. @param {import("/common/types.d.ts").EntriesFrame} frame */
  #followAssignment({ conv, items }) {
    const row = this.rows.get(conv);
    const last = items.findLast((item) => item.kind === "assigned");
    if (!row || last?.kind !== "assigned" || last.epoch <= row.epoch) return;
    this.rows.set(conv, { ...row, status: "assigned", assignee: last.agent, epoch: last.epoch });
    this.#tell("rows");
  }

  /** @param {import("/common/types.d.ts").EntriesFrame} frame */
  #heard(frame) {
    const row = this.rows.get(frame.conv);
    const log = this.log(frame.conv);
    if (!row || !log || !this.isMine(frame.conv)) return;
    const last = frame.items.findLast((item) => item.kind === "message" && item.author.role === "shopper" && item.seq > log.position);
    if (!last) return;
    this.stay(frame.conv, "heard");
    this.#tell("heard", { row, item: last });
  }

  /** @param {Item[]} items */
  #confirm(items) {
    const mine = items.filter(({ author }) => author.role === "agent" && author.id === this.me.id);
    this.outbox.acked(mine);
    if (mine.some((item) => item.kind === "message")) this.#tell("wrote");
    for (const { cid } of mine) {
      if (!cid) continue;
      this.#deeds.get(cid)?.answer(null);
      this.#deeds.delete(cid);
    }
  }

  /** @param {import("/common/types.d.ts").RefusedFrame} frame */
  #refused(frame) {
    if (!frame.cid) return;
    const refusal = { code: frame.code, message: frame.message, who: frame.who, retry_after_ms: frame.retry_after_ms };
    this.#refusals.set(frame.cid, refusal);
    if (this.outbox.refused(frame)) return;
    const deed = this.#deeds.get(frame.cid);
    if (!deed) return;
    this.#deeds.delete(frame.cid);
    // The row follows from the server, but this frame tells already who has it.
    const row = this.rows.get(deed.conv);
    if (frame.code === "taken" && row && typeof frame.who === "object" && row.assignee?.id !== frame.who.id) {
      this.rows.set(deed.conv, { ...row, status: "assigned", assignee: frame.who });
      this.#tell("rows");
    }
    deed.answer(refusal);
    if (deed.conv !== this.#viewed && !this.isMine(deed.conv)) this.#forget(deed.conv);
  }

  /** @param {import("/common/types.d.ts").TypingFrame} frame */
  #endTypingLater(frame) {
    clearTimeout(this.#typingTimers.get(frame.conv));
    if (!frame.on) return;
    const end = () => {
      this.#fold(frame.conv, { ...frame, on: false });
      this.#tell("typing", frame.conv);
    };
    this.#typingTimers.set(frame.conv, setTimeout(end, TYPING_LASTS_MS));
  }

  #keepSeen() {
    const kept = [...this.#seen].filter(([conv]) => this.rows.has(conv));
    keepDraft(this.me.id, "seen", Object.fromEntries(kept));
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
