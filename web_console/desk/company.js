// Who else has which conversation in front of them and writes there, and what this window tells of itself. Hints: they
// may be lost, and the server forgets them with the window. Nothing here touches the page.

/** @typedef {"looking" | "noting" | "replying"} Doing */
/** @typedef {import("../types.d.ts").Companion} Companion */

/** Who passes by with j and k does not look. */
const SETTLES_MS = 250;
/** After a pause of this length somebody thinks, or has turned to something else. */
const WRITES_FOR_MS = 15_000;
/** @type {Doing[]} the most telling first */
const DOINGS = ["replying", "noting", "looking"];

export class Company {
  /** @type {Map<string, Companion[]>} by conversation, oneself included */ #at = new Map();
  /** @type {string | null} */ #conv = null;
  /** @type {Doing} */ #doing = "looking";
  #isInSight = true;
  #told = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #settling = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #writing = undefined;

  /**
   * @param {string} me
   * @param {{send: (frame: import("/common/types.d.ts").ClientFrame) => boolean, onchange: (conv: string) => void}} of
   */
  constructor(me, { send, onchange }) {
    this.me = me;
    this.send = send;
    this.onchange = onchange;
  }

  /** The others there; two windows of mine are no company. @param {string} conv @returns {Companion[]} */
  others(conv) {
    return (this.#at.get(conv) ?? []).filter(({ id }) => id !== this.me);
  }

  /** Their names by what they do, the most telling first. @param {string} conv @returns {{doing: Doing, names: string[]}[]} */
  groups(conv) {
    const others = this.others(conv);
    return DOINGS.map((doing) => ({ doing, names: others.filter((one) => one.doing === doing).map(({ name }) => name) }))
      .filter(({ names }) => names.length > 0);
  }

  /** All there is, of a new connection; and what this window shows is told to it. @param {Record<string, Companion[]>} company */
  begin(company) {
    const before = [...this.#at.keys()];
    this.#at = new Map(Object.entries(company));
    for (const conv of new Set([...before, ...this.#at.keys()])) this.onchange(conv);
    this.#told = "";
    this.#tell();
  }

  /** @param {string} conv @param {Companion[]} agents */
  set(conv, agents) {
    if (agents.length > 0) this.#at.set(conv, agents);
    else this.#at.delete(conv);
    this.onchange(conv);
  }

  /** The conversation on this window's screen. @param {string | null} conv */
  look(conv) {
    if (conv === this.#conv) return;
    this.#conv = conv;
    this.rest();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#tell(), SETTLES_MS);
  }

  /** Something was typed. @param {"noting" | "replying"} doing */
  write(doing) {
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => this.rest(), WRITES_FOR_MS);
    if (doing === this.#doing) return;
    this.#doing = doing;
    this.#tell();
  }

  /** What was written is sent or put aside. */
  rest() {
    clearTimeout(this.#writing);
    if (this.#doing === "looking") return;
    this.#doing = "looking";
    this.#tell();
  }

  stop() {
    clearTimeout(this.#settling);
    clearTimeout(this.#writing);
  }

  /** Nobody looks at a page behind others. @param {boolean} isInSight */
  show(isInSight) {
    this.#isInSight = isInSight;
    this.#tell();
  }

  #tell() {
    const conv = this.#isInSight ? this.#conv : null;
    /** @type {import("/common/types.d.ts").ClientFrame} */
    const frame = conv ? { type: "looking", conv, doing: this.#doing } : { type: "looking" };
    const sign = JSON.stringify(frame);
    if (sign === this.#told) return;
    if (this.send(frame)) this.#told = sign;
  }
}
