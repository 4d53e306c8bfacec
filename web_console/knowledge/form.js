// The fields of an article as a form: a tab per language, errors beside the field they are about.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { icon } from "../icons.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { toast } from "../toast.js";
import { lang, t } from "../words.js";
import { AdviceList } from "./advice.js";
import { categories, categoryName } from "./categories.js";
import { MarkdownField } from "./markdown.js";
import { emptyFields, emptyText, staleLangs } from "./merge.js";
import { Questions } from "./questions.js";
import { sourceBeside } from "./source.js";

/** @typedef {import("../types.d.ts").Fields} Fields */
/** @typedef {import("../types.d.ts").Lang} Lang */

export class ArticleForm {
  /** @type {Fields} */ #fields = emptyFields();
  /** @type {Lang} the version on screen */ #shown;
  /** @type {Map<string, string>} sentence by field */ #errors = new Map();
  /** @type {MarkdownField} */ #markdown;

  /** @param {{id: string | null, me: import("../types.d.ts").Agent, onchange: () => void}} options `id`: null for a new one */
  constructor({ id, me, onchange }) {
    const isNew = id === null;
    this.articleId = id;
    this.onchange = onchange;
    this.advice = new AdviceList();
    /** @type {Lang | null} shown beside the version that is written */
    this.beside = /** @type {Lang | null} */ (LANGS.find((one) => one === loadSetting("editor.beside", "")) ?? null);
    this.#shown = lang();
    this.idField = h("input", { class: "input", id: "article-id", autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 80, oninput: () => this.#edited("id") });
    this.category = h("select", { class: "input", id: "article-category", onchange: () => this.#edited("category", () => { this.#fields.category = this.category.value; }) },
      categories().map((one) => h("option", { value: one }, categoryName(one))));
    this.products = h("input", { class: "input", id: "article-products", autocomplete: "off", spellcheck: "false", oninput: () => this.#edited("products", () => { this.#fields.products = this.products.value.split(/[\s,，、;；]+/).filter(Boolean); }) });
    this.from = this.#date("valid_from");
    this.until = this.#date("valid_until");
    this.reviewOn = this.#date("review_on");
    this.audience = h("select", { class: "input", id: "article-audience", onchange: () => this.#edited("audience", () => { this.#fields.audience = /** @type {"everyone" | "staff"} */ (this.audience.value); }) },
      ["everyone", "staff"].map((one) => h("option", { value: one }, t(`studio.audience.${one}`))));
    this.owner = h("input", { class: "input", id: "article-owner", autocomplete: "off", maxlength: 60, list: "article-owners", oninput: () => this.#edited("owner", () => { this.#fields.owner = this.owner.value || null; }) });
    this.effectPlace = h("div", {});
    this.title_ = h("input", { class: "input title-field", id: "article-title", dir: "auto", autocomplete: "off", oninput: () => this.#edited(`title:${this.#shown}`, () => { this.#text().title = this.title_.value; this.#drawTabs(); }) });
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": t("editor.languages") });
    this.panel = h("div", { class: "editor-panel", role: "tabpanel", id: "article-version" });
    this.previewPlace = h("div", {});
    this.errorPlaces = new Map();
    this.settings = h("section", { class: "editor-settings", "aria-label": t("editor.settings") },
      h("h2", {}, t("editor.settings")),
      isNew && this.#field("id", "article-id", t("editor.id"), this.idField, t("editor.id_help")),
      this.#field("category", "article-category", t("editor.category"), this.category),
      this.#field("products", "article-products", t("editor.products"), this.products, t("editor.products_help")),
      h("div", { class: "two" },
        this.#field("valid_from", "article-valid_from", t("editor.valid_from"), this.from),
        this.#field("valid_until", "article-valid_until", t("editor.valid_until"), this.until)),
      h("p", { class: "help" }, t("editor.validity_help")),
      this.#field("audience", "article-audience", t("editor.audience"), this.audience),
      h("div", { class: "two" },
        this.#field("owner", "article-owner", t("editor.owner"), this.owner),
        this.#field("review_on", "article-review_on", t("editor.review_on"), this.reviewOn)),
      h("datalist", { id: "article-owners" }, h("option", { value: me.name })));
    this.fieldset = h("fieldset", { class: "editor-form" },
      h("div", { class: "editor-main" }, this.tabs, this.#errorPlace("texts"), this.panel),
      h("div", { class: "editor-beside" }, this.previewPlace, this.settings, this.effectPlace));
    this.locked = h("span", {});
    this.archived = h("p", { class: "banner" }, icon("archived"), this.locked);
    this.archived.hidden = true;
    this.element = h("div", {}, this.archived, this.fieldset);
    this.#markdown = this.#showVersion(this.#shown);
  }

  dispose() {
    this.#markdown.dispose();
    this.advice.dispose();
  }

  /** The server has what is written here. */
  showSaved() {
    this.#markdown.showSaved();
  }

  /** @param {HTMLElement | null} panel */
  showEffect(panel) {
    this.effectPlace.replaceChildren(...(panel ? [panel] : []));
  }

  /** @param {Fields} fields @param {string} id */
  set(fields, id) {
    this.#fields = structuredClone(fields);
    this.idField.value = id;
    if (![...this.category.options].some((one) => one.value === fields.category)) this.category.append(h("option", { value: fields.category }, fields.category));
    this.category.value = fields.category;
    this.products.value = fields.products.join(", ");
    this.from.value = fields.valid_from ?? "";
    this.until.value = fields.valid_until ?? "";
    this.audience.value = fields.audience;
    this.owner.value = fields.owner ?? "";
    this.reviewOn.value = fields.review_on ?? "";
    // The reader's own language first, else one that has something to read.
    if (!this.#fields.texts[this.#shown]) this.#shown = LANGS.find((one) => this.#fields.texts[one]) ?? this.#shown;
    this.#errors.clear();
    this.#markdown = this.#showVersion(this.#shown);
    this.#drawErrors();
  }

  /** @returns {Fields} a copy */
  fields() {
    return structuredClone(this.#fields);
  }

  id() {
    return this.idField.value.trim();
  }

  /** The title to show above. */
  title() {
    const found = [this.#shown, lang(), ...LANGS].find((one) => this.#fields.texts[one]?.title.trim());
    return found ? this.#fields.texts[found]?.title.trim() ?? "" : "";
  }

  /** @param {string | null} why key of the reason; null: it may be written */
  lock(why) {
    this.fieldset.disabled = why !== null;
    this.archived.hidden = why === null;
    if (why !== null) this.locked.textContent = t(why);
  }

  /** Shows what is wrong and goes to the first. @param {Map<string, string>} errors by field */
  mark(errors) {
    this.#errors = errors;
    const [first] = errors.keys();
    if (first?.includes(":")) {
      const wanted = /** @type {Lang} */ (first.split(":")[1]);
      const here = [...errors.keys()].find((field) => field.endsWith(`:${this.#shown}`));
      if (!here && wanted !== this.#shown) this.#markdown = this.#showVersion(wanted);
    }
    this.#drawErrors();
    if (first) this.focus([...errors.keys()].find((field) => field.endsWith(`:${this.#shown}`)) ?? first);
  }

  /** @param {string} field */
  focus(field) {
    const [name] = field.split(":");
    if (name === "questions") this.panel.querySelector(".questions")?.querySelector("input")?.focus();
    else document.getElementById(name === "texts" ? "article-title" : `article-${name}`)?.focus();
  }

  /** Where the caret is, to come back to after a save. */
  place() {
    const focused = document.activeElement;
    const caret = focused instanceof HTMLTextAreaElement || (focused instanceof HTMLInputElement && focused.type === "text") ? focused.selectionStart : null;
    return { id: focused?.id ?? "", caret };
  }

  /** @param {{id: string, caret: number | null}} place */
  returnTo({ id, caret }) {
    const field = id ? document.getElementById(id) : null;
    if (!(field instanceof HTMLInputElement) && !(field instanceof HTMLTextAreaElement)) return;
    field.focus();
    if (caret !== null) field.setSelectionRange(caret, caret);
  }

  #text() {
    return (this.#fields.texts[this.#shown] ??= emptyText());
  }

  /** @param {string} field @param {() => void} [change] */
  #edited(field, change) {
    change?.();
    // An error goes when its field is touched; the next save looks again.
    if (this.#errors.delete(field) || this.#errors.delete("texts")) this.#drawErrors();
    if (/^(title|questions|body):/.test(field)) this.#adviseLater();
    this.onchange();
  }

  #adviseLater() {
    this.advice.askLater(this.articleId ?? this.id(), this.#shown, this.#fields.texts[this.#shown] ?? emptyText());
  }

  /** @param {"valid_from" | "valid_until" | "review_on"} name */
  #date(name) {
    const field = h("input", { type: "date", class: "input", id: `article-${name}` });
    field.addEventListener("input", () => this.#edited(name, () => { this.#fields[name] = field.value || null; }));
    return field;
  }

  /** @param {Lang} written @returns {MarkdownField} */
  #showVersion(written) {
    this.#markdown?.dispose();
    this.#shown = written;
    const text = this.#fields.texts[written] ?? emptyText();
    const markdown = new MarkdownField(this.articleId, written, (body) => this.#edited(`body:${this.#shown}`, () => { this.#text().body = body; this.#drawTabs(); }));
    const questions = new Questions(written, (values) => this.#edited(`questions:${this.#shown}`, () => { this.#text().questions = values; this.#drawTabs(); }));
    for (const name of ["title", "questions", "body"]) for (const one of LANGS) this.errorPlaces.delete(`${name}:${one}`);
    this.title_.value = text.title;
    this.title_.lang = written;
    questions.set(text.questions);
    markdown.set(text.body);
    this.advice.element.replaceChildren();
    this.#adviseLater();
    const { bar, column } = sourceBeside({
      fields: this.#fields, written, beside: this.beside,
      onbeside: (beside) => {
        this.beside = beside;
        keepSetting("editor.beside", beside ?? "");
        this.#markdown = this.#showVersion(written);
      },
      onstart: (from) => this.#startFrom(from),
      onuptodate: () => this.#follow(this.#fields.translated[written]?.from ?? written),
    });
    this.panel.classList.toggle("has-source", column !== null);
    this.panel.replaceChildren(bar, ...(column ? [column] : []), h("div", { class: "written" },
      this.#field(`title:${written}`, "article-title", t("editor.title"), this.title_, t("editor.title_help")),
      this.#field(`body:${written}`, "article-body", t("editor.body"), markdown.element, t("editor.body_help"), markdown.field),
      h("div", { class: "field" }, h("span", { class: "label" }, t("editor.questions")), h("p", { class: "help" }, t("editor.questions_help")), this.#errorPlace(`questions:${written}`), questions.element, this.advice.element)));
    this.previewPlace.replaceChildren(markdown.previewElement);
    this.#drawTabs();
    this.#drawErrors();
    return markdown;
  }

  /** The version on screen begins with the text of another language; its own phrasings stay. @param {Lang} from */
  #startFrom(from) {
    const source = this.#fields.texts[from];
    if (!source) return;
    const own = this.#text();
    const before = structuredClone(own);
    const made = this.#fields.translated[this.#shown];
    const written = this.#shown;
    Object.assign(own, { title: source.title, body: source.body });
    if (own.questions.length === 0) own.questions = [...source.questions];
    this.#follow(from);
    toast(t("studio.started_from", { lang: LANG_NAMES[from] }), { action: { label: t("toast.undo"), run: () => {
      this.#fields.texts[written] = before;
      if (made) this.#fields.translated[written] = made;
      else delete this.#fields.translated[written];
      this.#markdown = this.#showVersion(written);
      this.onchange();
    } } });
  }

  /** The version on screen says what that language says now. @param {Lang} from */
  #follow(from) {
    const source = this.#fields.texts[from];
    if (source && from !== this.#shown) this.#fields.translated[this.#shown] = { from, title: source.title.trim(), body: source.body.trim() };
    this.#markdown = this.#showVersion(this.#shown);
    this.onchange();
  }

  #drawTabs() {
    const stale = staleLangs(this.#fields);
    const hadFocus = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(...LANGS.map((one) => {
      const text = this.#fields.texts[one];
      const written = Boolean(text && (text.title.trim() || text.body.trim() || text.questions.length));
      const wrong = [...this.#errors.keys()].some((field) => field.endsWith(`:${one}`));
      return h("button", {
        type: "button", role: "tab", class: "tab", lang: one, "aria-selected": String(one === this.#shown), "aria-controls": "article-version",
        tabindex: one === this.#shown ? "0" : "-1",
        onclick: () => { this.#markdown = this.#showVersion(one); },
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#arrow(event, one),
      }, LANG_NAMES[one],
        wrong ? h("span", { class: "tab-mark wrong", lang: lang() }, icon("warn"), h("span", { class: "spoken" }, t("editor.lang_wrong")))
          : stale.includes(one) ? h("span", { class: "tab-mark stale", lang: lang() }, icon("warn"), t("studio.stale"))
          : written ? h("span", { class: "tab-mark" }, icon("done")) : h("span", { class: "tab-mark quiet", lang: lang() }, t("editor.lang_missing")));
    }));
    if (hadFocus) this.tabs.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    const selected = this.tabs.querySelector("[aria-selected=true]");
    if (hadFocus && selected instanceof HTMLElement) selected.focus();
  }

  /** @param {KeyboardEvent} event @param {Lang} from */
  #arrow(event, from) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    this.#markdown = this.#showVersion(LANGS[(LANGS.indexOf(from) + step + LANGS.length) % LANGS.length]);
  }

  /**
   * @param {string} name
   * @param {string} id
   * @param {string} label
   * @param {HTMLElement} control
   * @param {string} [help]
   * @param {HTMLElement} [input] the focusable part where `control` is more than that
   */
  #field(name, id, label, control, help, input = control) {
    const error = this.#errorPlace(name);
    input.setAttribute("aria-describedby", `${help ? `help-${id} ` : ""}error-${name}`);
    error.id = `error-${name}`;
    return h("div", { class: "field" },
      h("label", { class: "label", for: id }, label),
      help ? h("p", { class: "help", id: `help-${id}` }, help) : null,
      control, error);
  }

  /** @param {string} name */
  #errorPlace(name) {
    const place = h("p", { class: "field-error" });
    place.hidden = true;
    this.errorPlaces.set(name, place);
    return place;
  }

  #drawErrors() {
    for (const [name, place] of this.errorPlaces) {
      const error = this.#errors.get(name);
      place.hidden = !error;
      place.replaceChildren(...(error ? [icon("warn"), error] : []));
      const field = document.getElementById(`article-${name.split(":")[0]}`);
      if (error) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
    this.#drawTabs();
  }
}
