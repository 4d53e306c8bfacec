// Draws a conversation's log and keeps it in step, touching only what changed; shopper and agent see the same story.

import { append, h, linked, sanitised } from "./dom.js";
import { cardOf } from "./cards.js";
import { filesOf } from "./files.js";
import { icon } from "./icons.js";
import { clock, dayMark, exact, sameDay } from "./time.js";

/**
 * @typedef {import("./types.d.ts").Item} Item
 * @typedef {import("./types.d.ts").MessageItem} MessageItem
 * @typedef {import("./types.d.ts").Button} Button
 * @typedef {import("./i18n.js").Translator} Translator
 *
 * @typedef {object} Pending  a message of ours that the log does not hold yet
 * @property {string} cid
 * @property {string} text
 * @property {import("./types.d.ts").Attachment[]} [files]
 * @property {number} at
 * @property {"waiting" | "failed"} state
 * @property {string} [code]  why it failed: a refusal code, or `old`
 *
 * @typedef {object} TranscriptOptions
 * @property {"shopper" | "agent"} perspective  whose side is the right-hand one
 * @property {Translator} words
 * @property {import("./files.js").Files} [files]  where their bytes come from; without, none are shown
 * @property {string} shop  its name, for the bot's
 * @property {(item: Item) => import("./dom.js").Child} [system]  the line for an entry that is not a message;
 *   default: what a shopper reads. null leaves it out.
 * @property {(button: Button, item: MessageItem) => void} [onchoice]
 * @property {(item: Item) => import("./dom.js").Child} [tools]  what can be done to a message or note
 * @property {() => string} [toolsSign]  changes when `tools` would answer otherwise
 * @property {(pending: Pending) => void} [onretry]
 * @property {(pending: Pending) => void} [onedit]
 * @property {(pending: Pending) => void} [ondiscard]
 *
 * @typedef {object} Scene
 * @property {Item[]} items
 * @property {Pending[]} [pending]
 * @property {{ shopper: number, agent: number }} [seen]
 * @property {boolean} [offline]
 *
 * @typedef {{ key: string, sign: string, sheet: number, make: () => HTMLElement }} Row
 */

const TOGETHER_MS = 5 * 60_000;
/** So many entries share an element: when what is above them grows, the browser moves it and looks at none of them. */
const SHEET = 50;

export class Transcript {
  /** @type {Map<string, { sign: string, element: HTMLElement }>} */ #rows = new Map();
  /** @type {Map<number, HTMLElement>} */ #sheets = new Map();
  /** @type {Map<Item, number>} a number per item object: a changed item is a new object */ #versions = new Map();

  /**
   * @param {HTMLElement} root  gets sheets of rows as children; the page gives it role="log"
   * @param {TranscriptOptions} options
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
  }

  /** In another language, or with another shop name: everything is drawn anew. @param {Partial<TranscriptOptions>} options */
  change(options) {
    Object.assign(this.options, options);
    this.#rows.clear();
    this.#sheets.clear();
    this.root.replaceChildren();
  }

  /** @param {Scene} scene */
  update(scene) {
    const rows = this.#plan(scene);
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    const inUse = new Set(rows.map((row) => row.sheet));
    for (const [number, sheet] of this.#sheets) {
      if (inUse.has(number)) continue;
      sheet.remove();
      this.#sheets.delete(number);
    }
    /** @type {HTMLElement | null} */ let sheet = null;
    /** @type {Element | null} */ let place = null;
    for (const row of rows) {
      const its = this.#sheet(row.sheet, sheet);
      if (its !== sheet) [sheet, place] = [its, its.firstElementChild];
      const drawn = this.#rows.get(row.key);
      let element = drawn?.element;
      if (!drawn || drawn.sign !== row.sign) {
        const fresh = row.make();
        element?.replaceWith(fresh);
        if (place === element && element) place = fresh;
        element = fresh;
        this.#rows.set(row.key, { sign: row.sign, element });
      }
      if (element === place) place = place?.nextElementSibling ?? null;
      else if (element) its.insertBefore(element, place);
    }
  }

  /** @param {number} number @param {HTMLElement | null} before  the one above it */
  #sheet(number, before) {
    let sheet = this.#sheets.get(number);
    if (!sheet) {
      sheet = h("div", { class: "sheet-of-log" });
      this.#sheets.set(number, sheet);
      this.root.insertBefore(sheet, before ? before.nextElementSibling : this.root.firstElementChild);
    }
    return sheet;
  }

  /**
   * @param {Scene} scene
   * @returns {Row[]}
   */
  #plan({ items, pending = [], seen = { shopper: 0, agent: 0 }, offline = false }) {
    const { words, perspective } = this.options;
    /** @type {Row[]} */
    const rows = [];
    /** @type {Item | null} */
    let before = null;
    let lastAt = 0;
    const toolsSign = this.options.toolsSign?.() ?? "";
    const settled = lastSettled(items, pending);
    const other = perspective === "shopper" ? seen.agent : seen.shopper;
    const lastMine = items.findLast((item) => item.kind === "message" && this.#isMine(item));
    let sheet = 0;
    /** @param {number} at */
    const mark = (at) => {
      if (lastAt && sameDay(lastAt, at)) return;
      rows.push({ key: `day:${new Date(at).toDateString()}`, sign: dayMark(at, words.lang), sheet, make: () => this.#dayRow(at) });
      before = null;
    };

    for (const item of items) {
      sheet = Math.floor(item.seq / SHEET);
      mark(item.at);
      lastAt = item.at;
      const version = this.#version(item);
      if (item.kind === "message" || item.kind === "note") {
        const joined = before !== null && sameVoice(before, item);
        const live = item.kind === "message" && item.seq > settled;
        const isLast = item === lastMine && item === items.at(-1) && !pending.length;
        const state = item !== lastMine ? "" : other >= item.seq ? "seen" : isLast && perspective === "shopper" ? "sent" : "";
        rows.push({
          key: item.cid ? `cid:${item.cid}` : `seq:${item.seq}`,
          sign: `${version} ${joined} ${live} ${state} ${toolsSign}`,
          sheet,
          make: () => this.#messageRow(item, joined, live, state),
        });
        before = item;
      } else {
        const line = (this.options.system ?? ((entry) => shopperLine(entry, words)))(item);
        before = null;
        if (line === null || line === undefined || line === false) continue;
        rows.push({ key: `seq:${item.seq}`, sign: String(version), sheet, make: () => h("p", { class: "line", "data-seq": item.seq }, line) });
      }
    }
    pending.forEach((message, index) => {
      mark(message.at);
      lastAt = message.at;
      // A run of waiting messages says so once.
      const joined = index > 0 && message.state === "waiting" && pending[index - 1].state === "waiting";
      const tells = message.state === "failed" || pending[index + 1]?.state !== "waiting";
      rows.push({
        key: `cid:${message.cid}`,
        sign: `pending ${message.state} ${message.code} ${offline} ${joined} ${tells}`,
        sheet,
        make: () => this.#pendingRow(message, offline, joined, tells),
      });
    });
    return rows;
  }

  /** @param {Item} item */
  #version(item) {
    let version = this.#versions.get(item);
    if (version === undefined) this.#versions.set(item, (version = this.#versions.size));
    return version;
  }

  /** @param {Item} item */
  #isMine(item) {
    return (item.author.role === "shopper") === (this.options.perspective === "shopper");
  }

  /** @param {number} at */
  #dayRow(at) {
    const { lang } = this.options.words;
    return h("p", { class: "day" }, h("time", { datetime: new Date(at).toISOString().slice(0, 10) }, dayMark(at, lang)));
  }

  /**
   * @param {MessageItem | import("./types.d.ts").NoteItem} item
   * @param {boolean} joined  same voice as just before: the name is only spoken
   * @param {boolean} live    its quick replies can still be used
   * @param {string} state    of our own message: `sent`, `seen` or nothing
   */
  #messageRow(item, joined, live, state) {
    const { words, onchoice } = this.options;
    const lang = (item.kind === "message" && item.lang) || null;
    const { redacted, edited_at: editedAt, was } = item.changed ?? {};
    if (redacted) {
      const why = redacted.by ? words.t("message.redacted_by", { name: redacted.by.name, why: redacted.why ?? "", time: exact(redacted.at, words.lang) }) : null;
      return this.#frame(item, joined, [h("div", { class: "bubble is-redacted" }, h("p", null, words.t("message.redacted"))), why && h("p", { class: "state" }, why)]);
    }
    const files = item.kind === "message" ? item.files ?? [] : [];
    const body = h("div", { class: "bubble", lang, dir: "auto", hidden: !item.text && files.length > 0 },
      item.kind === "message" && item.source && item.html ? h("div", { class: "article" }, sanitised(item.html)) : h("p", null, linked(item.text)));
    /** @type {HTMLElement[]} */
    const parts = [body];
    if (files.length && this.options.files) parts.push(filesOf(files, this.options.files, words));
    if (item.kind === "message") {
      const own = lang ? words.withLang(lang) : words;
      if (item.source) {
        body.append(h("p", { class: "source", lang: own.lang }, own.t("message.source", { title: item.source.title })));
      }
      if (item.card) parts.push(cardOf(item.card, own));
      if (live && item.buttons?.length) {
        parts.push(h("div", { class: "replies", role: "group", "aria-label": words.t("message.replies"), lang },
          item.buttons.slice(0, 3).map((button) => h("button", { type: "button", onclick: () => onchoice?.(button, item), disabled: !onchoice }, button.label))));
      }
    }
    if (editedAt) {
      parts.push(this.options.perspective === "agent" && was?.length
        ? h("details", { class: "state edits" }, h("summary", null, words.t("message.edited")),
          was.map(({ text, until, by }) => h("p", { dir: "auto" }, words.t("message.was", { name: by?.name ?? "", time: exact(until, words.lang), text }))))
        : h("p", { class: "state", title: exact(editedAt, words.lang) }, words.t("message.edited")));
    }
    const tools = this.options.tools?.(item);
    if (tools instanceof Node) parts.push(/** @type {HTMLElement} */ (tools));
    if (state) parts.push(h("p", { class: "state" }, icon("check"), words.t(`message.${state}`)));
    return this.#frame(item, joined, parts);
  }

  /**
   * @param {Pending} message
   * @param {boolean} offline
   * @param {boolean} joined
   * @param {boolean} tells  its state in words
   */
  #pendingRow(message, offline, joined, tells) {
    const { words, onretry, onedit, ondiscard } = this.options;
    /** @type {HTMLElement[]} */
    const parts = [h("div", { class: "bubble", dir: "auto", hidden: !message.text && Boolean(message.files?.length) }, h("p", null, linked(message.text)))];
    if (message.files?.length && this.options.files) parts.push(filesOf(message.files, this.options.files, words));
    if (message.state === "waiting") {
      if (tells) parts.push(h("p", { class: "state" }, icon("clock"), words.t(offline ? "message.waiting_offline" : "message.waiting")));
    } else {
      const why = `message.failed.${message.code}`;
      const mustChange = message.code === "too_long" || message.code === "no_such_file";
      parts.push(h("div", { class: "state failed" },
        h("p", null, icon("alert"), words.t(words.has(why) ? why : "message.failed")),
        !mustChange && onretry && h("button", { type: "button", onclick: () => onretry(message) }, words.t("message.retry")),
        mustChange && onedit && h("button", { type: "button", onclick: () => onedit(message) }, words.t("message.edit")),
        ondiscard && h("button", { type: "button", onclick: () => ondiscard(message) }, words.t("message.discard"))));
    }
    const role = this.options.perspective === "shopper" ? "shopper" : "agent";
    const row = this.#frame({ at: message.at, author: { role, id: "", name: "" }, kind: "message" }, joined, parts);
    row.dataset.state = message.state;
    return row;
  }

  /**
   * Who speaks: by place, colour, avatar and name.
   * @param {Pick<Item, "at" | "author" | "kind"> & {seq?: number}} item
   * @param {boolean} joined
   * @param {import("./dom.js").Child[]} parts
   */
  #frame(item, joined, parts) {
    const { words, perspective } = this.options;
    const mine = (item.author.role === "shopper") === (perspective === "shopper");
    const name = nameOf(item.author, this.options);
    const time = h("time", { datetime: new Date(item.at).toISOString(), title: exact(item.at, words.lang) }, clock(item.at, words.lang));
    const row = h("div", { "data-seq": item.seq, class: `message ${mine ? "mine" : "theirs"}${joined ? " joined" : ""}`, "data-role": item.author.role, "data-kind": item.kind });
    if (joined) append(row, [h("p", { class: "spoken" }, words.t("message.said", { name, time: clock(item.at, words.lang) }))]);
    else append(row, [avatar(item.author), h("p", { class: "who" }, h("span", { class: "name" }, name), time)]);
    append(row, [h("div", { class: "said" }, parts)]);
    return row;
  }
}

/** @param {import("./types.d.ts").Author} author @param {Pick<TranscriptOptions, "words" | "perspective" | "shop">} options */
export function nameOf(author, { words, perspective, shop }) {
  if (author.role === "bot" || author.role === "system") return words.t("author.bot", { shop });
  if (author.role === "shopper") return words.t(perspective === "shopper" ? "author.you" : "author.shopper");
  if (!author.name) return words.t("author.you");
  return perspective === "shopper" ? words.t("author.agent", { name: author.name }) : author.name;
}

/** @param {import("./types.d.ts").Author} author */
export function avatar(author) {
  const initial = author.role === "agent" ? [...author.name.trim()][0] : undefined;
  return h("span", { class: "avatar", "data-role": author.role, "aria-hidden": "true" },
    initial ?? icon(author.role === "bot" || author.role === "system" ? "bot" : "person"));
}

/**
 * The newest seq that makes older quick replies pointless.
 * @param {Item[]} items
 * @param {Pending[]} pending
 */
function lastSettled(items, pending) {
  if (pending.some((message) => message.state === "waiting")) return Infinity;
  const last = items.findLast((item) => item.kind === "message"
    ? item.author.role === "shopper" || item.author.role === "agent"
    : item.kind === "assigned" || item.kind === "handed_back" || item.kind === "requeued" || item.kind === "closed");
  return last?.seq ?? 0;
}

/**
 * @param {Item} before
 * @param {Item} item
 */
function sameVoice(before, item) {
  return before.kind === item.kind && before.author.role === item.author.role && item.at - before.at < TOGETHER_MS
    && (before.author.role !== "agent" || item.author.role !== "agent" || before.author.id === item.author.id);
}

/**
 * What a shopper reads about an entry that is not a message.
 * @param {Item} item
 * @param {Translator} words
 */
export function shopperLine(item, { t }) {
  switch (item.kind) {
    case "handoff":
    case "closed":
    case "reopened":
      return t(`system.${item.kind}`);
    case "requeued":
      return t("system.requeued");
    case "assigned":
      return t("system.assigned", { name: item.agent.name });
    case "rated":
      return t("system.rated", { n: item.score });
    case "handed_back":
      return t(item.by.role === "shopper" ? "system.left_queue" : "system.handed_back");
    default:
      return null;
  }
}
