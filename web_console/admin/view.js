// The admin's place: its sections beside each other, one of them open. What each shows and saves is in a file of its own.

import { h } from "/common/dom.js";
import { bindKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { t } from "../words.js";
import { auditPage } from "./audit.js";
import { categoriesPage } from "./categories.js";
import { filesPage } from "./files.js";
import { inboxPage } from "./inbox.js";
import { staffPage } from "./staff.js";
import { teamsPage } from "./teams.js";

/** @typedef {{me: import("../types.d.ts").Agent, mayChange: boolean, query: URLSearchParams}} Context `mayChange`: accounts and rules */
/** @typedef {(context: Context) => Promise<HTMLElement>} Page */

/** Their numbers are keys; a new one goes behind them. @type {Record<string, Page>} */
const PAGES = { staff: staffPage, teams: teamsPage, inbox: inboxPage, files: filesPage, audit: auditPage, categories: categoriesPage };
const NAMES = Object.keys(PAGES);

export class AdminView {
  #shown = "";

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    this.links = new Map(NAMES.map((name) => [name, h("a", { class: "admin-link", href: hashOf("admin", name) }, t(`admin.${name}`))]));
    this.page = h("div", { class: "admin-page scroller", tabindex: "-1" });
    this.element = h("div", { class: "admin" },
      h("nav", { class: "admin-nav", "aria-label": t("nav.admin") }, [...this.links.values()]), this.page);
    this.unbind = bindKeys("nav.admin", NAMES.map((name, at) => ({ key: String(at + 1), label: `admin.${name}`, run: () => go(hashOf("admin", name)) })));
  }

  dispose() {
    this.unbind();
  }

  /** @param {string | undefined} id @param {URLSearchParams} query */
  show(id, query) {
    const name = id && id in PAGES ? id : NAMES[0];
    for (const [one, link] of this.links) {
      if (one === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const shown = `${name}?${query}`;
    if (this.#shown === shown) return;
    this.#shown = shown;
    void this.#draw(name, query, shown);
  }

  /** @param {string} name @param {URLSearchParams} query @param {string} shown */
  async #draw(name, query, shown) {
    this.page.replaceChildren(h("p", { class: "empty" }, t("admin.loading")));
    const page = await PAGES[name]({ me: this.me, mayChange: this.me.role === "admin", query });
    if (this.#shown === shown) this.page.replaceChildren(page);
  }
}
