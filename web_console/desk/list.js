// The left pane: four lists, the most urgent conversation always in the same spot, dense rows that say who, why,
// how they feel and how long they wait.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { go, hashOf } from "../router.js";
import { lang, t, waitText } from "../words.js";
import { VIEWS, matching, rowsOf } from "./order.js";
import { mainFeeling, nameOf, reasonMark, searchedWords } from "./words.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("./order.js").View} View */
/** @typedef {import("./model.js").Desk} Desk */

/** Often enough for "3 min" to be true. */
const TICK_MS = 15_000;

export class ConversationList {
  /** @type {string | null} */ #selected = null;
  /** @type {View} */ view;
  #search = "";
  #loadedClosed = false;

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    const kept = loadSetting("view", "queue");
    this.view = /** @type {View | undefined} */ (VIEWS.find((view) => view === kept)) ?? "queue";
    this.tabs = h("div", { class: "tabs list-tabs", role: "tablist", "aria-label": t("desk.lists") });
    this.search = h("input", {
      type: "search", class: "search-input", placeholder: t("desk.search"), "aria-label": t("desk.search"),
      "aria-keyshortcuts": "/", oninput: () => { this.#search = this.search.value; this.update(); },
    });
    this.nextUp = h("div", { class: "next-up" });
    this.rows = h("ul", { class: "rows" });
    this.empty = h("p", { class: "empty" });
    this.element = h("section", { class: "pane desk-list", "aria-label": t("desk.lists") },
      h("h1", { class: "spoken" }, t("nav.desk")),
      this.tabs,
      h("label", { class: "search" }, icon("search"), this.search, h("kbd", { "aria-hidden": "true" }, "/")),
      this.nextUp,
      h("div", { class: "scroller", id: "desk-rows", role: "tabpanel" }, this.rows, this.empty));
    this.update = this.update.bind(this);
    desk.addEventListener("rows", this.update);
    this.timer = setInterval(this.update, TICK_MS);
    if (this.view === "closed") this.#loadClosed();
  }

  dispose() {
    this.desk.removeEventListener("rows", this.update);
    clearInterval(this.timer);
  }

  /** @param {string | null} conv the one on screen */
  select(conv) {
    this.#selected = conv;
    this.update();
    this.rows.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {View} view */
  show(view) {
    this.view = view;
    keepSetting("view", view);
    if (view === "closed") this.#loadClosed();
    this.update();
  }

  /** The rows as they are on screen. @returns {DeskRow[]} */
  shown() {
    return matching(rowsOf(this.desk.rows.values(), this.view, this.desk.me.id), this.#search, searchedWords);
  }

  /** Opens the neighbour of the conversation on screen. @param {1 | -1} step */
  move(step) {
    const rows = this.shown();
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.conv === this.#selected);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    go(hashOf("desk", rows[next].conv), { replace: this.#selected !== null });
  }

  update() {
    this.#updateTabs();
    this.#updateNextUp();
    const rows = this.shown();
    keepInStep(this.rows, rows.map((row, at) => this.#row(row, at)));
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = this.#search.trim()
      ? t("desk.empty.search", { text: this.#search.trim() })
      : t(`desk.empty.${this.view}`);
  }

  #updateTabs() {
    keepInStep(this.tabs, VIEWS.map((view) => {
      const rows = view === "queue" || view === "mine" ? rowsOf(this.desk.rows.values(), view, this.desk.me.id) : [];
      const unread = view === "mine" ? rows.reduce((sum, row) => sum + this.desk.unread(row), 0) : 0;
      const selected = view === this.view;
      return {
        key: view,
        sign: `${selected} ${rows.length} ${unread}`,
        make: () => h("button", {
          type: "button", role: "tab", class: "tab", "aria-selected": String(selected), "aria-controls": "desk-rows",
          onclick: () => this.show(view),
        }, t(`desk.view.${view}`),
          rows.length > 0 && h("span", { class: "count" }, rows.length),
          unread > 0 && h("span", { class: "dot" }, h("span", { class: "spoken" }, t("desk.unread", { n: unread })))),
      };
    }));
  }

  /** Outside the queue's own list, its head stays in sight on top. */
  #updateNextUp() {
    const [first] = rowsOf(this.desk.rows.values(), "queue", this.desk.me.id);
    const shown = first !== undefined && this.view !== "queue";
    this.nextUp.hidden = !shown;
    keepInStep(this.nextUp, shown ? [this.#row(first, 0, true)] : []);
  }

  /** @param {DeskRow} row @param {number} at @param {boolean} [isNextUp] @returns {import("../keyed.js").KeyedRow} */
  #row(row, at, isNextUp = false) {
    const waits = row.status === "queued";
    const isMine = this.desk.isMine(row.conv);
    const unread = this.desk.unread(row);
    const isNew = waits && this.desk.fresh.has(row.conv);
    const current = row.conv === this.#selected;
    const place = waits && (this.view === "queue" || isNextUp)
      ? rowsOf(this.desk.rows.values(), "queue", "").findIndex(({ conv }) => conv === row.conv) + 1 : 0;
    const since = waits ? row.queued_at ?? row.updated_at : row.updated_at;
    const time = waits ? waitText(this.desk.now() - since) : ago(since, lang(), this.desk.now());
    const make = () => {
      const link = h("a", { class: "row", href: hashOf("desk", row.conv), "aria-current": current && "true" },
        h("span", { class: "row-lead" }, place > 0
          ? [h("span", { class: "place", "aria-hidden": "true" }, place), h("span", { class: "spoken" }, t("desk.place", { n: place }))]
          : [icon(row.status), h("span", { class: "spoken" }, t(`status.${row.status}`))]),
        h("span", { class: "row-name" }, h("span", { class: unread ? "name unread" : "name" }, nameOf(row)),
          row.reason && row.status !== "closed" && reasonMark(row.reason)),
        h("time", {
          class: "row-time", datetime: new Date(since).toISOString(),
          title: waits ? t("desk.waiting_exact", { time: exact(since, lang()) }) : exact(since, lang()),
        }, time, waits && h("span", { class: "spoken" }, t("desk.waiting_since", { wait: time }))),
        h("span", { class: "row-preview" }, waits && mainFeeling(row), h("span", { class: "row-words", lang: row.lang }, row.preview)),
        h("span", { class: "row-trail" },
          unread > 0 ? h("span", { class: "badge-count" }, h("span", { "aria-hidden": "true" }, unread), h("span", { class: "spoken" }, t("desk.unread", { n: unread })))
            : isNew ? h("span", { class: "new-mark" }, t("desk.new"))
            : row.assignee && !isMine && row.status === "assigned" ? h("span", { class: "holder" }, row.assignee.name) : null));
      return isNextUp
        ? h("div", { class: "next-up-row" }, h("p", { class: "eyebrow" }, t("desk.next_up")), link)
        : h("li", {}, link);
    };
    const sign = JSON.stringify([row, place, time, unread, current, isMine, isNew]);
    return { key: row.conv, sign, make };
  }

  #loadClosed() {
    if (this.#loadedClosed) return;
    this.#loadedClosed = true;
    this.desk.loadRows("closed").catch((error) => {
      this.#loadedClosed = false;
      toastError(error);
    });
  }
}
