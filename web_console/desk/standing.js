// How the conversation stands: its four clocks, what is owed until when, the shopper's tier and why it has its priority.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { toastError } from "../errors.js";
import { clocksAt } from "../wall/figures.js";
import { t, waitText } from "../words.js";
import { factorText } from "./words.js";

/** @typedef {import("../types.d.ts").Standing} Standing */

const CLOCKS = /** @type {const} */ (["bot", "queue", "agent", "shopper"]);

export class StandingPanel {
  /** @type {string | null} */ #conv = null;
  /** @type {Standing | null} */ #standing = null;
  #sign = "";

  /** @param {() => number} now the server's clock */
  constructor(now) {
    this.now = now;
    this.element = h("section", { class: "side-section standing", hidden: true });
  }

  /** Asked anew when the conversation's log or hands have changed. @param {string} conv @param {string} sign */
  async show(conv, sign) {
    if (this.#conv !== conv) {
      this.#conv = conv;
      this.#standing = null;
      this.element.hidden = true;
    } else if (this.#sign === sign) {
      return this.#draw();
    }
    this.#sign = sign;
    try {
      const standing = await api.standing(conv);
      if (this.#conv !== conv) return;
      this.#standing = standing;
      this.#draw();
    } catch {
      // The rest of the pane does without it.
      this.#sign = "";
    }
  }

  #draw() {
    const standing = this.#standing;
    if (!standing || this.element.contains(document.activeElement)) return;
    const now = this.now();
    const clocks = clocksAt(standing, now);
    const factors = standing.priority.factors.map(factorText);
    this.element.hidden = false;
    this.element.replaceChildren(
      h("h3", {}, t("standing.title")),
      h("dl", { class: "side-facts standing-clocks" },
        CLOCKS.map((name) => h("div", { class: standing.clocks.running === name ? "is-running" : null },
          h("dt", {}, t(`standing.${name}`)), h("dd", {}, waitText(clocks[name]), standing.clocks.running === name ? h("span", { class: "quiet" }, ` ${t("standing.now")}`) : null))),
        standing.debts.map(({ owed, warn_at, due_at }) => h("div", { class: due_at <= now ? "is-late" : warn_at <= now ? "is-near" : null },
          h("dt", {}, t(`standing.owed.${owed}`)), h("dd", {}, due_at > now ? t("standing.left", { wait: waitText(due_at - now) }) : t("standing.late", { wait: waitText(now - due_at) })))),
        this.#tier(standing)),
      standing.priority.score > 0 ? h("p", { class: "quiet" }, t("standing.priority", { score: standing.priority.score, factors: factors.join(" · ") })) : "");
  }

  /** Only where the shop has tiers. @param {Standing} standing */
  #tier({ tier, tiers }) {
    const names = Object.keys(tiers);
    if (names.length === 0) return null;
    const choice = h("select", { class: "input", "aria-label": t("standing.tier"), onchange: () => void this.#setTier(choice.value || null) },
      h("option", { value: "" }, t("standing.no_tier")), names.map((name) => h("option", { value: name, selected: name === tier }, name)));
    return h("div", {}, h("dt", {}, t("standing.tier")), h("dd", {}, choice));
  }

  /** @param {string | null} tier */
  async #setTier(tier) {
    const conv = this.#conv;
    if (!conv) return;
    try {
      const standing = await api.setTier(conv, tier);
      if (this.#conv !== conv) return;
      this.#standing = standing;
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      this.#draw();
    } catch (error) {
      toastError(error);
    }
  }
}
