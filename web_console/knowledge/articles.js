// All articles in one dense table: search, filters, sorting, and at a glance which language is missing.

import { h } from "/common/dom.js";
import { LANGS, LANG_SHORT } from "/common/i18n.js";
import { ago, exact, isoDay } from "/common/time.js";
import { api } from "../api.js";
import { keepSetting, loadDraft, loadSetting } from "../drafts.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { bindKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { lang, t, tOr } from "../words.js";
import { categories, categoryName } from "./categories.js";
import { editsPanel } from "./effect.js";

/** @typedef {import("../types.d.ts").ArticleRow} ArticleRow */
/** @typedef {"title" | "category" | "status" | "updated"} Column */

const SEARCH_AFTER_MS = 200;
const STATUSES = ["published", "draft", "archived"];
const STAGES = ["writing", "review", "scheduled", "held"];

export class ArticlesView {
  /** Those that were asked for so far. @type {ArticleRow[]} */ #articles = [];
  /** On the server. */ #total = 0;
  /** All of them came at once: their order is ours to choose. */ #isWhole = true;
  /** @type {"loading" | "here" | "failed"} */ #state = "loading";
  #selected = 0;
  /** @type {Column} */ #sort = "updated";
  #descending = true;
  /** @type {AbortController | null} */ #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    const [column, order] = loadSetting("articles.sort", "updated down").split(" ");
    this.#sort = /** @type {Column} */ (["title", "category", "status", "updated"].includes(column) ? column : "updated");
    this.#descending = order === "down";
    this.search = h("input", {
      type: "search", class: "search-input", placeholder: t("articles.search"), "aria-label": t("articles.search"), "aria-keyshortcuts": "/",
      oninput: () => this.#askLater(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") this.search.blur(); },
    });
    this.category = this.#select("articles.category", [["", t("articles.any_category")], ...categories().map((one) => /** @type {[string, string]} */ ([one, categoryName(one)]))]);
    this.status = this.#select("articles.status", [["", t("articles.any_status")], ...STATUSES.map((one) => /** @type {[string, string]} */ ([one, t(`article.${one}`)]))]);
    this.stage = this.#select("articles.stage", [["", t("articles.any_stage")], ...STAGES.map((one) => /** @type {[string, string]} */ ([one, t(`articles.stage.${one}`)]))]);
    this.count = h("p", { class: "quiet articles-count", role: "status" });
    this.head = h("tr", {});
    this.body = h("tbody", {});
    this.table = h("table", { class: "articles-table" }, h("thead", {}, this.head), this.body);
    this.empty = h("div", { class: "empty" });
    this.more = h("button", { type: "button", class: "button articles-more", hidden: true, onclick: () => this.#ask(this.#articles.length) });
    this.element = h("div", { class: "articles" },
      h("header", { class: "place-head" },
        h("h1", {}, t("articles.title")), this.count,
        h("a", { class: "button primary", href: hashOf("knowledge", "new"), "aria-keyshortcuts": "c" }, icon("plus"), t("articles.new"), h("kbd", { "aria-hidden": "true" }, "c"))),
      h("div", { class: "articles-filters" },
        h("label", { class: "search" }, icon("search"), this.search, h("kbd", { "aria-hidden": "true" }, "/")), this.category, this.status, this.stage),
      h("div", { class: "scroller" }, this.table, this.more, this.empty, editsPanel()));
    this.unbind = bindKeys("nav.knowledge", [
      { key: "j", label: "knowledge.key.next", run: () => this.#move(1) },
      { key: "k", label: "knowledge.key.previous", run: () => this.#move(-1) },
      { key: "c", label: "knowledge.key.new", run: () => go(hashOf("knowledge", "new")) },
      { key: "/", label: "knowledge.key.search", run: () => this.search.focus() },
    ]);
    const filter = JSON.parse(sessionStorage.getItem("warmline.console.articles") ?? "{}");
    this.search.value = filter.q ?? "";
    this.category.value = filter.category ?? "";
    this.status.value = filter.status ?? "";
    this.stage.value = filter.stage ?? "";
    this.#drawHead();
    this.#draw();
    this.#ask();
  }

  show() {}

  dispose() {
    this.unbind();
    this.#asking?.abort();
    clearTimeout(this.#timer);
  }

  /** @param {string} label @param {[string, string][]} options */
  #select(label, options) {
    return h("select", { class: "input", "aria-label": t(label), onchange: () => this.#ask() },
      options.map(([value, text]) => h("option", { value }, text)));
  }

  #askLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), SEARCH_AFTER_MS);
  }

  /** @param {number} [offset] what is there already stays */
  async #ask(offset = 0) {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const filter = { q: this.search.value.trim(), category: this.category.value, status: this.status.value, stage: this.stage.value };
    sessionStorage.setItem("warmline.console.articles", JSON.stringify(filter));
    // A search comes back best match first; that order is worth more than the day of the last change.
    const isByMatch = filter.q !== "" && this.#sort === "updated";
    const order = isByMatch ? {} : { sort: this.#sort, descending: this.#descending, lang: lang() };
    try {
      const { articles, total } = await api.articles({ ...filter, ...order, offset }, asking.signal);
      this.#articles = offset ? [...this.#articles, ...articles] : articles;
      this.#total = total;
      this.#isWhole = offset === 0 && articles.length === total;
      this.#state = "here";
    } catch (error) {
      if (asking.signal.aborted) return;
      if (offset) return toastError(error);
      this.#state = "failed";
      this.empty.replaceChildren(h("p", {}, errorText(error)), h("button", { type: "button", class: "button", onclick: () => this.#ask() }, t("error.retry")));
      toastError(error);
    }
    this.#selected = Math.min(this.#selected, Math.max(0, this.#articles.length - 1));
    this.#draw();
    const first = offset ? this.body.querySelectorAll("td.col-title a")[offset] : null;
    if (first instanceof HTMLElement) first.focus();
  }

  /** @param {Column} column */
  #sortBy(column) {
    this.#descending = this.#sort === column ? !this.#descending : column === "updated";
    this.#sort = column;
    keepSetting("articles.sort", `${column} ${this.#descending ? "down" : "up"}`);
    this.#drawHead();
    if (!this.#isWhole) this.#ask();
    this.#draw();
    this.head.querySelector(`[data-column=${column}]`)?.querySelector("button")?.focus();
  }

  #sorted() {
    const collator = new Intl.Collator(lang());
    /** @type {Record<Column, (article: ArticleRow) => string | number>} */
    const keys = {
      title: (article) => titleOf(article).text,
      category: (article) => categoryName(article.category),
      status: (article) => STATUSES.indexOf(article.status),
      updated: (article) => article.updated_at,
    };
    const key = keys[this.#sort];
    const sign = this.#descending ? -1 : 1;
    if (this.search.value.trim() && this.#sort === "updated") return this.#articles;
    // More is on the server, in its order.
    if (!this.#isWhole) return this.#articles;
    return this.#articles.toSorted((a, b) => {
      const [left, right] = [key(a), key(b)];
      return sign * (typeof left === "number" ? left - Number(right) : collator.compare(left, String(right))) || collator.compare(a.id, b.id);
    });
  }

  #drawHead() {
    /** @param {string} name @param {Column | null} column */
    const head = (name, column) => {
      const sorted = column !== null && column === this.#sort;
      return h("th", { scope: "col", class: `col-${name}`, "data-column": column, "aria-sort": sorted && (this.#descending ? "descending" : "ascending") },
        column ? h("button", { type: "button", onclick: () => this.#sortBy(column) }, t(`articles.col.${name}`), sorted && h("span", { class: this.#descending ? "sort-down" : "sort-up" }, icon("down"))) : t(`articles.col.${name}`));
    };
    this.head.replaceChildren(head("title", "title"), head("category", "category"), head("status", "status"), head("langs", null), head("validity", null), head("updated", "updated"));
  }

  #draw() {
    const articles = this.#state === "failed" ? [] : this.#sorted();
    this.count.textContent = this.#state === "here" ? t("articles.count", { n: this.#total }) : "";
    this.table.hidden = articles.length === 0;
    this.more.hidden = articles.length === 0 || articles.length >= this.#total;
    this.more.textContent = t("articles.more", { n: articles.length, total: this.#total });
    this.empty.hidden = articles.length > 0;
    if (this.#state === "loading") this.empty.replaceChildren(h("p", {}, t("articles.loading")));
    if (this.#state === "here" && articles.length === 0) this.empty.replaceChildren(...this.#emptyWords());
    keepInStep(this.body, articles.map((article, at) => this.#row(article, at)));
  }

  #emptyWords() {
    const text = this.search.value.trim();
    if (!text && !this.category.value && !this.status.value && !this.stage.value) return [h("p", {}, t("articles.empty"))];
    const clear = () => {
      this.search.value = this.category.value = this.status.value = this.stage.value = "";
      this.#ask();
    };
    return [h("p", {}, t("articles.empty_search")),
      h("p", { class: "empty-acts" },
        h("button", { type: "button", class: "button", onclick: clear }, t("articles.clear")),
        ...(text ? [h("a", { class: "button", href: hashOf("knowledge", "new", { question: text }) }, t("articles.write_it", { text }))] : []))];
  }

  /** @param {ArticleRow} article @param {number} at @returns {import("../keyed.js").KeyedRow} */
  #row(article, at) {
    const title = titleOf(article);
    const unsaved = loadDraft(this.me.id, `article:${article.id}`) !== null;
    const by = typeof article.updated_by === "string" ? article.updated_by : article.updated_by?.name;
    const validity = validityOf(article);
    const make = () => h("tr", { class: "article-row", onclick: (/** @type {MouseEvent} */ event) => {
      if (event.target instanceof Element && !event.target.closest("a") && !getSelection()?.toString()) go(hashOf("knowledge", article.id));
    } },
      h("td", { class: "col-title" },
        h("a", { href: hashOf("knowledge", article.id), lang: title.lang, onfocus: () => { this.#selected = at; } }, title.text || t("editor.untitled")),
        h("span", { class: "article-id", translate: "no" }, article.id),
        article.draft && (article.status === "published" || article.draft.stage !== "writing") && h("span", { class: "mark" }, icon("draft"),
          t(`studio.stage.${article.draft.stage}`, { when: article.draft.publish_at ? exact(article.draft.publish_at, lang()) : "" })),
        unsaved && h("span", { class: "mark mark-warn" }, icon("draft"), t("articles.has_draft")),
        article.stale && article.stale.length > 0 && h("span", { class: "mark mark-warn" }, icon("warn"), `${t("studio.stale")}: ${article.stale.map((one) => t(`lang.${one}`)).join(", ")}`),
        article.audience === "staff" && h("span", { class: "mark" }, icon("lock"), t("articles.staff_only"))),
      h("td", { class: "col-category" }, categoryName(article.category)),
      h("td", { class: "col-status" }, h("span", { class: `mark is-${article.status}` }, icon(article.status), t(`article.${article.status}`))),
      h("td", { class: "col-langs" }, LANGS.map((one) => {
        const has = Boolean(article.titles[one]);
        return h("span", { class: has ? "lang-mark has" : "lang-mark", title: t(has ? "articles.has_lang" : "articles.lacks_lang", { lang: t(`lang.${one}`) }) },
          h("span", { "aria-hidden": "true", lang: one }, LANG_SHORT[one]),
          h("span", { class: "spoken" }, t(has ? "articles.has_lang" : "articles.lacks_lang", { lang: t(`lang.${one}`) })));
      })),
      h("td", { class: "col-validity" }, validity.state && h("span", { class: "mark mark-warn" }, icon("warn"), t(`articles.${validity.state}`)), h("span", { class: validity.quiet ? "quiet" : "" }, validity.text)),
      h("td", { class: "col-updated" }, h("time", { datetime: new Date(article.updated_at).toISOString(), title: exact(article.updated_at, lang()) }, ago(article.updated_at, lang())), by && h("span", { class: "quiet" }, by)));
    return { key: article.id, sign: JSON.stringify([article, unsaved, at]), make };
  }

  /** @param {1 | -1} step */
  #move(step) {
    const links = [...this.body.querySelectorAll("td.col-title a")];
    if (links.length === 0) return;
    const inTable = this.body.contains(document.activeElement);
    this.#selected = inTable ? Math.min(links.length - 1, Math.max(0, this.#selected + step)) : this.#selected;
    const link = links[this.#selected];
    if (link instanceof HTMLElement) link.focus();
  }
}

/** In the reader's language or the nearest one. @param {ArticleRow} article */
function titleOf(article) {
  const found = [lang(), ...LANGS].find((one) => article.titles[one]);
  return { lang: found ?? lang(), text: found ? article.titles[found] ?? "" : "" };
}

/** @param {ArticleRow} article @returns {{text: string, quiet: boolean, state: "" | "expired" | "not_yet"}} */
function validityOf({ valid_from: from, valid_until: until }) {
  const today = new Date().toLocaleDateString("sv");
  const state = until && until < today ? "expired" : from && from > today ? "not_yet" : "";
  const days = { from: from ? isoDay(from, lang()) : "", until: until ? isoDay(until, lang()) : "" };
  const text = from && until ? t("articles.from_until", days) : from ? t("articles.from", days) : until ? t("articles.until", days) : t("articles.always");
  return { text, quiet: !from && !until, state };
}
