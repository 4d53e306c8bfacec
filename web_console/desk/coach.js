// The tone coach at the composer: what it says about a reply that is about to be sent, and a better sentence. It never
// stops anybody: Enter once more sends the reply as it is, and that is kept with the message.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { icon } from "../icons.js";
import { t, tOr } from "../words.js";

/** @typedef {import("../types.d.ts").ToneFinding} ToneFinding */

/** After a pause of this length what is written is heard in advance, so that Enter need not wait. */
const PAUSE_MS = 350;
/** A coach that takes longer is not waited for. */
const PATIENCE_MS = 900;
/** Of texts heard before, for who writes, takes back and writes again. */
const MOST_KNOWN = 20;

export class Coach {
  /** @type {Map<string, Promise<ToneFinding | null>>} by text */ #known = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;
  /** @type {{text: string, finding: ToneFinding} | null} */ #shown = null;

  /** @param {string} conv @param {{onuse: (better: string) => void, onsend: () => void}} on */
  constructor(conv, { onuse, onsend }) {
    this.conv = conv;
    this.onuse = onuse;
    this.onsend = onsend;
    this.element = h("div", { class: "coach", role: "status" });
    this.element.hidden = true;
  }

  dispose() {
    clearTimeout(this.#timer);
  }

  /** What stands in the field changed. @param {string} text */
  typed(text) {
    clearTimeout(this.#timer);
    if (this.#shown && this.#shown.text !== text) this.clear();
    if (text) this.#timer = setTimeout(() => void this.#hear(text), PAUSE_MS);
  }

  /** The shopper has said something else: what was heard before may be wrong now. */
  forget() {
    this.#known.clear();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#shown = null;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** What is shown about this text, which the agent has read. @param {string} text @returns {string | null} the kind */
  saidOf(text) {
    return this.#shown?.text === text ? this.#shown.finding.tone : null;
  }

  /** @returns {string | null} */
  better() {
    return this.#shown?.finding.better ?? null;
  }

  /**
   * Whether this may go without a word; else what is wrong is on the screen.
   * @param {string} text
   */
  async allows(text) {
    clearTimeout(this.#timer);
    /** @type {Promise<null>} */
    const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
    const finding = await Promise.race([this.#hear(text), late]);
    if (finding) this.#show(text, finding);
    return finding === null;
  }

  /** @param {string} text */
  #hear(text) {
    const known = this.#known.get(text);
    if (known) return known;
    // A coach that cannot be reached has nothing to say; the reply goes.
    const heard = api.coach(this.conv, text).catch(() => {
      this.#known.delete(text);
      return null;
    });
    if (this.#known.size >= MOST_KNOWN) this.#known.delete(this.#known.keys().next().value ?? "");
    this.#known.set(text, heard);
    return heard;
  }

  /** @param {string} text @param {ToneFinding} finding */
  #show(text, finding) {
    this.#shown = { text, finding };
    const { tone, said, wrong, better } = finding;
    this.element.replaceChildren(
      h("p", { class: "coach-wrong" }, icon("warn"), h("strong", {}, tOr(`tone.${tone}`, tone)), h("span", {}, wrong)),
      ...(said.length > 0 ? [h("p", { class: "coach-said" }, said.map((words) => h("q", {}, words)))] : []),
      h("p", { class: "coach-better" }, h("span", { class: "quiet" }, t("coach.better")), better),
      h("div", { class: "coach-acts" },
        h("button", { type: "button", class: "button small", "aria-keyshortcuts": "Alt+Enter", onclick: () => this.onuse(better) }, t("coach.use"), h("kbd", { "aria-hidden": "true" }, "Alt ↵")),
        h("button", { type: "button", class: "button small quiet-button", "aria-keyshortcuts": "Enter", onclick: () => this.onsend() }, t("coach.send_anyway"), h("kbd", { "aria-hidden": "true" }, "↵"))));
    this.element.hidden = false;
  }
}
