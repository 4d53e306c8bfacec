// The place where the knowledge base gets better: what was asked in vain, what is wrong with articles, files in and out.

import { h } from "/common/dom.js";
import { hashOf } from "../router.js";
import { t } from "../words.js";
import { EffectTab } from "./effect.js";
import { FilesTab } from "./files.js";
import { GapsTab } from "./gaps.js";
import { HealthTab } from "./health.js";

/** @typedef {{element: HTMLElement, show: (id: string | undefined) => void, dispose: () => void}} Tab */

/** @type {Record<string, (me: import("../types.d.ts").Agent) => Tab>} */
const MADE = { gaps: () => new GapsTab(), health: (me) => new HealthTab(me), effect: () => new EffectTab(), files: () => new FilesTab() };
const TABS = /** @type {const} */ (["gaps", "health", "effect", "files"]);

export class ImproveView {
  /** @type {{name: string, tab: Tab} | null} */ #current = null;

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    this.links = new Map(TABS.map((name) => [name, h("a", { class: "improve-tab", href: hashOf("improve", name === "gaps" ? undefined : name) }, t(`improve.${name}`))]));
    this.body = h("div", { class: "improve-body" });
    this.element = h("div", { class: "improve" },
      h("header", { class: "place-head" }, h("h1", {}, t("nav.improve")), h("nav", { class: "improve-tabs", "aria-label": t("improve.tabs") }, [...this.links.values()])),
      this.body);
  }

  /** @param {string | undefined} id a tab, or a gap */
  show(id) {
    const name = TABS.find((one) => one === id) ?? "gaps";
    if (this.#current?.name !== name) {
      this.#current?.tab.dispose();
      this.#current = { name, tab: MADE[name](this.me) };
      this.body.replaceChildren(this.#current.tab.element);
    }
    for (const [one, link] of this.links) {
      if (one === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#current.tab.show(name === "gaps" ? id : undefined);
  }

  dispose() {
    this.#current?.tab.dispose();
  }
}
