// The left pane: the lists, the most urgent conversation always in the same spot, dense rows that say who, why,
// how they feel and how long they wait.

import { h } from "/common/dom.js";
import { ApiError, api } from "../api.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { go, hashOf } from "../router.js";
import { t } from "../words.js";
import { choicesNow, loadChoices, nameOfChoice } from "./choices.js";
import { Marks } from "./marks.js";
import { countDown } from "./offer.js";
import { VIEWS, matching, rowsOf } from "./order.js";
import { keyedRow } from "./row.js";
import { wantedOf } from "./search.js";
import { ToDoPanel } from "./to_do_panel.js";
import { searchedWords } from "./words.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("./order.js").View} View */
/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {{category?: string, tag?: string}} Filter */

const CHANGES = ["rows", "company", "typing", "teams"];
/** Often enough for "3 min" to be true. */
const TICK_MS = 15_000;
const SEARCH_AFTER_MS = 350;
/** Several frames at once are one drawing. */
const DRAW_AFTER_MS = 30;
const NEAR_END_PX = 600;
/** Lists of which the server sends a page at a time. @type {ReadonlySet<View>} */
const PAGED = new Set(["all", "closed"]);

export class ConversationList {
  /** @type {string | null} */ #selected = null;
  /** @type {View} */ view;
  #search = "";
  /** For one thing that is done to all of them. */ marks = new Marks();
  /** @type {Filter} */ #chosen = {};
  /** @type {Set<View>} */ #loading = new Set();
  /** Loaded to their end. @type {Set<View>} */ #whole = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #drawing = undefined;
  /** @type {Map<string, number>} by conversation */ #places = new Map();
  /** The queue as it was drawn, in its order. @type {DeskRow[]} */ #queue = [];
  /** Found by the server in what was said, by conversation. @type {string[]} */ #found = [];
  /** @type {AbortController | null} */ #searching = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #searchTimer = undefined;

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    const kept = loadSetting("view", "queue");
    this.view = /** @type {View | undefined} */ (VIEWS.find((view) => view === kept)) ?? "queue";
    this.tabs = h("div", { class: "tabs list-tabs", role: "tablist", "aria-label": t("desk.lists") });
    this.search = h("input", {
      type: "search", class: "search-input", placeholder: t("desk.search"), "aria-label": t("desk.search"),
      "aria-describedby": "search-help", "aria-keyshortcuts": "/", oninput: () => { this.#search = this.search.value; this.update(); this.#searchLater(); },
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && !event.isComposing) void this.#searchNow(); },
    });
    this.filter = h("div", { class: "list-filter", role: "group", "aria-label": t("filter.label") });
    this.toDo = new ToDoPanel(desk);
    this.nextUp = h("div", { class: "next-up" });
    this.rows = h("ul", { class: "rows" });
    this.empty = h("p", { class: "empty" });
    this.scroller = h("div", { class: "scroller", id: "desk-rows", role: "tabpanel", onscroll: () => this.#scrolled() }, this.rows, this.empty);
    this.element = h("section", { class: "pane desk-list", "aria-label": t("desk.lists") },
      h("h1", { class: "spoken" }, t("nav.desk")),
      this.tabs,
      h("label", { class: "search" }, icon("search"), this.search, h("kbd", { "aria-hidden": "true" }, "/")),
      h("p", { class: "search-help help", id: "search-help" }, t("desk.search_help")),
      this.filter,
      this.toDo.element,
      this.nextUp,
      this.scroller);
    this.update = this.update.bind(this);
    this.later = this.later.bind(this);
    // What was fetched before may be old: the long lists begin anew.
    this.onlink = () => { if (desk.isOnline) this.#whole.delete("all"); };
    desk.addEventListener("link", this.onlink);
    for (const name of CHANGES) desk.addEventListener(name, this.later);
    desk.promises.addEventListener("change", this.later);
    this.marks.addEventListener("change", this.later);
    this.timer = setInterval(this.update, TICK_MS);
    this.countdown = setInterval(() => countDown(this.element, desk.now()), 1_000);
    loadChoices().then(() => this.#makeFilter(), () => {});
    this.#makeFilter();
    void this.#loadMore();
  }

  dispose() {
    this.toDo.dispose();
    for (const name of CHANGES) this.desk.removeEventListener(name, this.later);
    this.desk.promises.removeEventListener("change", this.later);
    this.desk.removeEventListener("link", this.onlink);
    clearTimeout(this.#drawing);
    clearInterval(this.timer);
    clearInterval(this.countdown);
    clearTimeout(this.#searchTimer);
    this.#searching?.abort();
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
    this.update();
    this.scroller.scrollTop = 0;
    void this.#loadMore();
  }

  /** The rows as they are on screen. @returns {DeskRow[]} */
  shown() {
    return [...this.#ofList(), ...this.#elsewhere()];
  }

  /** Closed conversations by what was said of them. */
  #makeFilter() {
    const rules = choicesNow();
    /** @param {"category" | "tag"} name @param {import("../types.d.ts").NamedChoice[]} choices */
    const select = (name, choices) => h("select", {
      name, "aria-label": t(`wrap.${name === "tag" ? "tags" : name}`),
      onchange: (/** @type {Event} */ event) => {
        const chosen = event.target instanceof HTMLSelectElement ? event.target.value : "";
        const { [name]: _, ...others } = this.#chosen;
        this.#chosen = chosen ? { ...others, [name]: chosen } : others;
        this.#whole.delete("closed");
        void this.#loadMore();
        this.update();
      },
    }, h("option", { value: "" }, t(`filter.${name}`)), choices.map(({ id }) => h("option", { value: id, selected: this.#chosen[name] === id }, nameOfChoice(choices, id))));
    this.filter.replaceChildren(...(rules ? [select("category", rules.categories), select("tag", rules.tags)] : []));
    this.update();
  }

  #ofList() {
    const { category, tag } = this.view === "closed" ? this.#chosen : /** @type {Filter} */ ({});
    return this.#ofView().filter((row) => (!category || row.category === category) && (!tag || row.tags?.includes(tag)));
  }

  #ofView() {
    return matching(rowsOf(this.desk.rows.values(), this.view, this.desk.me.id, this.desk.teams), this.#search, searchedWords);
  }

  /** Found in what was said, whatever list they are in. */
  #elsewhere() {
    if (!this.#search.trim()) return [];
    const here = new Set(this.#ofList().map((row) => row.conv));
    return this.#found.flatMap((conv) => this.desk.rows.get(conv) ?? []).filter((row) => !here.has(row.conv));
  }

  #searchLater() {
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => void this.#searchNow(), SEARCH_AFTER_MS);
  }

  /** Asks the server for what was said anywhere. */
  async #searchNow() {
    clearTimeout(this.#searchTimer);
    this.#searching?.abort();
    const wanted = wantedOf(this.#search, choicesNow());
    if (!wanted) {
      this.#found = [];
      return this.update();
    }
    const asking = (this.#searching = new AbortController());
    try {
      const rows = await api.searchConversations(wanted, asking.signal);
      this.#found = rows.map((row) => row.conv);
      this.desk.know(rows);
    } catch (error) {
      if (asking.signal.aborted) return;
      // Offline says so at the top of the page already.
      if (!(error instanceof ApiError && error.code === "offline")) toastError(error);
    }
    this.update();
  }

  /** Opens the neighbour of the conversation on screen. @param {1 | -1} step */
  move(step) {
    const rows = this.shown();
    if (rows.length === 0) return;
    const at = rows.findIndex((row) => row.conv === this.#selected);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    go(hashOf("desk", rows[next].conv), { replace: this.#selected !== null });
  }

  /** Marks the conversation on screen, or takes the mark away. */
  mark() {
    if (this.#selected === null) return false;
    this.marks.toggle(this.#selected);
    return true;
  }

  /** Marks the conversation on screen and its neighbour, and opens that. @param {1 | -1} step */
  markOn(step) {
    const shown = this.shown().map(({ conv }) => conv);
    if (this.#selected !== null && !this.marks.has(this.#selected)) this.marks.toggle(this.#selected);
    this.move(step);
    if (this.#selected !== null) this.marks.extend(shown, this.#selected);
  }

  /** @param {MouseEvent} event @param {string} conv */
  #clicked(event, conv) {
    if (!event.shiftKey) return;
    event.preventDefault();
    this.marks.extend(this.shown().map((row) => row.conv), conv);
    getSelection()?.removeAllRanges();
  }

  /** Soon, together with whatever else changes until then. */
  later() {
    this.#drawing ??= setTimeout(() => this.update(), DRAW_AFTER_MS);
  }

  update() {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.#queue = rowsOf(this.desk.rows.values(), "queue", this.desk.me.id);
    this.#places = new Map(this.#queue.map(({ conv }, at) => [conv, at + 1]));
    this.#updateTabs();
    this.filter.hidden = this.view !== "closed" || !choicesNow();
    this.#updateNextUp();
    const [own, elsewhere] = [this.#ofList(), this.#elsewhere()];
    const rows = [...own, ...elsewhere];
    const heading = { key: "elsewhere", sign: t("desk.found"), make: () => h("li", { class: "rows-heading eyebrow" }, t("desk.found")) };
    keepInStep(this.rows, [
      ...own.map((row) => this.#row(row)),
      ...(elsewhere.length > 0 ? [heading, ...elsewhere.map((row) => this.#row(row))] : []),
    ]);
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = this.#search.trim()
      ? t("desk.empty.search", { text: this.#search.trim() })
      : t(`desk.empty.${this.view}`);
  }

  #updateTabs() {
    if (this.view === "team" && this.desk.teams.ids.size === 0 && this.desk.knowsTeams) this.view = "queue";
    // Who is in no team needs no list of it; of what is closed nobody counts how much there is.
    keepInStep(this.tabs, VIEWS.filter((view) => view !== "team" || this.desk.teams.ids.size > 0).map((view) => {
      const rows = view === "queue" ? this.#queue : view === "closed" ? [] : rowsOf(this.desk.rows.values(), view, this.desk.me.id, this.desk.teams);
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
    const [first] = this.#queue;
    const shown = first !== undefined && this.view !== "queue";
    this.nextUp.hidden = !shown;
    keepInStep(this.nextUp, shown ? [this.#row(first, true)] : []);
  }

  /** @param {DeskRow} row @param {boolean} [isNextUp] */
  #row(row, isNextUp = false) {
    const place = this.view === "queue" || isNextUp ? (this.#places.get(row.conv) ?? 0) : 0;
    return keyedRow(this.desk, row, {
      place, current: row.conv === this.#selected, isNextUp, marked: this.marks.has(row.conv),
      onclick: (event) => this.#clicked(event, row.conv), onmark: () => this.marks.toggle(row.conv),
    });
  }

  /** The next page of a list that does not come whole; each list on its own. */
  async #loadMore() {
    const { view } = this;
    if (!PAGED.has(view) || this.#loading.has(view) || this.#whole.has(view) || this.#search.trim()) return;
    this.#loading.add(view);
    try {
      if (await this.desk.loadRows(/** @type {"all" | "closed"} */ (view), view === "closed" ? this.#chosen : {})) this.#whole.add(view);
    } catch (error) {
      toastError(error);
    }
    this.#loading.delete(view);
    this.later();
  }

  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) void this.#loadMore();
  }
}
