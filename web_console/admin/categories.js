// Categories of articles: their names, their order, and which team writes and which publishes in each.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { api } from "../api.js";
import { errorText } from "../errors.js";
import { icon } from "../icons.js";
import { categoryName, loadCategories } from "../knowledge/categories.js";
import { go, hashOf } from "../router.js";
import { toast } from "../toast.js";
import { t, tOr } from "../words.js";
import { field, formError, saving } from "./form.js";

/** @typedef {import("../types.d.ts").Category} Category */
/** @typedef {import("../types.d.ts").CategoryRight} CategoryRight */

const NEW = "new";
/** Files of the playbook have rights as categories do. */
const FILES = ["intents", "policies"];

/** @type {import("./view.js").Page} */
export async function categoriesPage({ query, mayChange }) {
  let desk, rights, categories;
  try {
    [desk, { rights }, categories] = await Promise.all([api.desk(), api.studio(), loadCategories()]);
  } catch (error) {
    return h("p", { class: "empty" }, errorText(error));
  }
  const wanted = query.get("id");
  const chosen = categories.find(({ id }) => id === wanted);
  const byId = new Map(rights.map((right) => [right.category, right]));
  /** @param {string} category @param {"edit_team" | "publish_team"} which @param {string} label */
  const team = (category, which, label) => {
    const now = byId.get(category) ?? { category, edit_team: null, publish_team: null };
    const select = h("select", { class: "input", "aria-label": label, onchange: async () => {
      const before = now[which];
      now[which] = select.value || null;
      byId.set(category, now);
      try {
        await api.setCategoryRight(now);
        toast(t("admin.saved"), { tone: "good" });
      } catch (error) {
        now[which] = before;
        select.value = before ?? "";
        toast(errorText(error), { tone: "bad" });
      }
    } }, h("option", { value: "" }, t("admin.categories.everybody")), desk.teams.map(({ id, name }) => h("option", { value: id }, name)));
    select.value = now[which] ?? "";
    return select;
  };
  const rows = h("tbody", {});
  const mover = new Mover(rows);
  const row = (/** @type {string} */ id, /** @type {string} */ name, /** @type {number | null} */ articles) => h("tr", articles === null ? {} : { "data-category": id },
    h("th", { scope: "row" }, mayChange && articles !== null ? h("a", { href: hashOf("admin", "categories", { id }) }, name) : name),
    mayChange && h("td", { class: "category-moves" }, articles === null ? "" : mover.buttons(id, name)),
    h("td", {}, articles === null ? "" : String(articles)),
    h("td", {}, team(id, "edit_team", t("admin.categories.edit_of", { name }))),
    h("td", {}, team(id, "publish_team", t("admin.categories.publish_of", { name }))));
  rows.append(...categories.map(({ id, articles }) => row(id, categoryName(id), articles)), ...FILES.map((id) => row(id, tOr(`studio.category.${id}`, id), null)));
  mover.mark();
  return h("div", { class: "admin-section" },
    h("header", { class: "place-head" }, h("h1", {}, t("admin.categories")),
      mayChange && h("a", { class: "button primary", href: hashOf("admin", "categories", { id: NEW }) }, icon("plus"), t("admin.categories.add"))),
    h("p", { class: "help admin-lead" }, t("admin.categories.help")),
    mayChange && (chosen || wanted === NEW) && categoryForm(chosen),
    h("p", { class: "scroll-hint", "aria-hidden": "true" }, t("admin.scroll"), " →"),
    h("div", { class: "admin-table-frame" }, h("table", { class: "admin-table" },
      h("thead", {}, h("tr", {}, ["name", ...(mayChange ? ["order"] : []), "articles", "edit", "publish"].map((name) => h("th", { scope: "col" }, t(`admin.categories.${name}`))))),
      rows)));
}

/** Puts rows in another order, one step at a time, and keeps it. */
class Mover {
  /** One after the other: each order is whole. @type {Promise<unknown>} */ #saving = Promise.resolve();

  /** @param {HTMLElement} rows */
  constructor(rows) {
    this.rows = rows;
  }

  /** @returns {HTMLElement[]} those that have a place */
  #placed() {
    return [...this.rows.children].filter((row) => row instanceof HTMLElement && row.dataset.category !== undefined).map((row) => /** @type {HTMLElement} */ (row));
  }

  /** @param {string} id @param {string} name */
  buttons(id, name) {
    return (/** @type {const} */ (["up", "down"])).map((way) => h("button", {
      type: "button", class: "icon-button", "data-way": way, "aria-label": t(`admin.categories.${way}`, { name }), title: t(`admin.categories.${way}`, { name }),
      onclick: () => this.#move(id, name, way === "up" ? -1 : 1),
    }, icon(way)));
  }

  /** The first goes no further up, the last no further down. */
  mark() {
    const rows = this.#placed();
    for (const [at, row] of rows.entries()) {
      for (const button of row.querySelectorAll("button")) button.disabled = at === (button.dataset.way === "up" ? 0 : rows.length - 1);
    }
  }

  /** @param {string} id @param {string} name @param {number} step */
  #move(id, name, step) {
    const rows = this.#placed();
    const at = rows.findIndex((row) => row.dataset.category === id);
    const other = rows[at + step];
    if (!other) return;
    if (step < 0) other.before(rows[at]);
    else other.after(rows[at]);
    this.mark();
    // The way that was taken may be at its end: the other one is beside it.
    const buttons = [...rows[at].querySelectorAll("button")];
    (buttons.find((button) => button.dataset.way === (step < 0 ? "up" : "down") && !button.disabled) ?? buttons.find((button) => !button.disabled))?.focus();
    const order = this.#placed().map((row) => row.dataset.category ?? "");
    this.#saving = this.#saving.then(async () => {
      try {
        await api.orderCategories(order);
        await loadCategories();
        toast(t("admin.categories.moved", { name, n: at + step + 1 }), { tone: "good" });
      } catch (error) {
        toast(errorText(error), { tone: "bad" });
        this.#fallBack(await loadCategories());
      }
    });
  }

  /** To the order that the server has. @param {Category[]} stored */
  #fallBack(stored) {
    const rows = new Map(this.#placed().map((row) => [row.dataset.category, row]));
    this.rows.prepend(...stored.flatMap(({ id }) => rows.get(id) ?? []));
    this.mark();
  }
}

/** @param {Category | undefined} stored */
function categoryForm(stored) {
  const id = h("input", { value: stored?.id ?? "", disabled: Boolean(stored), autocomplete: "off", pattern: "[a-z0-9\\-]{1,40}" });
  const names = LANGS.map((lang) => h("input", { value: stored?.names[lang] ?? "", lang, autocomplete: "off" }));
  const form = h("form", {
    class: "admin-form", "aria-label": stored ? categoryName(stored.id) : t("admin.categories.add"), novalidate: true,
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const wanted = Object.fromEntries(LANGS.map((lang, at) => [lang, names[at].value.trim()]));
      if (await saving(form, () => api.nameCategory(id.value.trim(), wanted))) go(hashOf("admin", "categories"));
    },
  },
  h("h2", {}, stored ? categoryName(stored.id) : t("admin.categories.add")),
  h("div", { class: "admin-fields" }, field("id", t("admin.categories.id"), id, t("admin.categories.id_help")),
    LANGS.map((lang, at) => field(`names.${lang}`, `${t("admin.categories.name")} · ${LANG_NAMES[lang]}`, names[at]))),
  formError(),
  h("div", { class: "admin-acts" },
    h("button", { type: "submit", class: "button primary" }, t("admin.save")),
    stored && stored.articles === 0 && h("button", { type: "button", class: "button", onclick: async () => {
      if (await saving(form, () => api.removeCategory(stored.id))) go(hashOf("admin", "categories"));
    } }, t("admin.categories.remove")),
    h("a", { class: "button quiet-button", href: hashOf("admin", "categories") }, t("admin.close"))));
  return form;
}
