// The page where phrases are edited: everybody's and one's own on the left, the one that is open on the right.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { ApiError, api } from "../api.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { bindKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { toast } from "../toast.js";
import { lang, t, tOr } from "../words.js";
import { loadPhrases, phrasesNow } from "./library.js";
import { fitting, textOf } from "./pick.js";

/** @typedef {import("../types.d.ts").Phrase} Phrase */
/** @typedef {import("../types.d.ts").PhraseDraft} PhraseDraft */

const PLACES = ["contact", "order", "return", "agent", "shop"];
const NEW = "new";

export class PhrasesView {
  /** @type {string | undefined} */ #id;
  #search = "";

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    // As service::phrases has it; the server decides.
    this.mayShare = me.role !== "agent";
    this.search = h("input", {
      type: "search", class: "search-input", placeholder: t("phrases.search"), "aria-label": t("phrases.search"), "aria-keyshortcuts": "/",
      oninput: () => { this.#search = this.search.value.trim(); this.#draw(); },
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Escape") this.search.blur(); },
    });
    this.rows = h("ul", { class: "rows phrase-rows" });
    this.empty = h("p", { class: "empty" });
    this.form = h("div", { class: "phrase-form scroller" });
    this.element = h("div", { class: "phrases" },
      h("section", { class: "pane phrases-list", "aria-label": t("phrases.title") },
        h("header", { class: "place-head" }, h("h1", {}, t("phrases.title")),
          h("a", { class: "button primary", href: hashOf("phrases", NEW), "aria-keyshortcuts": "c" }, icon("plus"), t("phrases.new"), h("kbd", { "aria-hidden": "true" }, "c"))),
        h("label", { class: "search" }, icon("search"), this.search, h("kbd", { "aria-hidden": "true" }, "/")),
        h("div", { class: "scroller" }, this.rows, this.empty)),
      this.form);
    this.unbind = bindKeys("nav.phrases", [
      { key: "j", label: "phrases.key.next", run: () => this.#move(1) },
      { key: "k", label: "phrases.key.previous", run: () => this.#move(-1) },
      { key: "c", label: "phrases.new", run: () => go(hashOf("phrases", NEW)) },
      { key: "/", label: "phrases.search", run: () => this.search.focus() },
    ]);
    void this.#load();
  }

  dispose() {
    this.unbind();
  }

  /** @param {string | undefined} id */
  show(id) {
    this.#id = id;
    this.element.dataset.shows = id ? "phrase" : "list";
    this.#draw();
    this.#drawForm();
  }

  async #load() {
    try {
      await loadPhrases({ anew: true });
    } catch (error) {
      this.empty.textContent = errorText(error);
      return toastError(error);
    }
    this.#draw();
    this.#drawForm();
  }

  #shown() {
    return this.#search ? fitting(phrasesNow(), this.#search, lang()) : phrasesNow();
  }

  /** @param {1 | -1} step */
  #move(step) {
    const shown = this.#shown();
    const at = shown.findIndex((phrase) => phrase.id === this.#id);
    const next = shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + step))];
    if (next) go(hashOf("phrases", next.id), { replace: this.#id !== undefined });
  }

  #draw() {
    const shown = this.#shown();
    keepInStep(this.rows, shown.map((phrase) => ({
      key: phrase.id,
      sign: JSON.stringify([phrase, phrase.id === this.#id]),
      make: () => h("li", {}, h("a", { class: "row", href: hashOf("phrases", phrase.id), "aria-current": phrase.id === this.#id && "true" },
        h("span", { class: "row-lead" }, icon(phrase.owner ? "assigned" : "phrase")),
        h("span", { class: "row-name" }, h("span", { class: "name" }, `/${phrase.shortcut}`),
          h("span", { class: "mark quiet" }, phrase.owner ? t("phrases.own") : tOr(`phrases.category.${phrase.category}`, phrase.category))),
        h("span", { class: "row-time" }, phrase.uses > 0 && t("phrases.uses", { n: phrase.uses })),
        h("span", { class: "row-preview" }, h("span", { class: "row-words" }, textOf(phrase, lang()))))),
    })));
    this.empty.hidden = shown.length > 0;
    this.empty.textContent = this.#search ? t("desk.empty.search", { text: this.#search }) : t("phrases.empty");
  }

  #drawForm() {
    const stored = phrasesNow().find((phrase) => phrase.id === this.#id);
    if (!this.#id || (!stored && this.#id !== NEW)) {
      return void this.form.replaceChildren(h("p", { class: "empty" }, t("phrases.pick")));
    }
    this.form.replaceChildren(this.#formOf(stored));
    if (!stored) this.form.querySelector("input")?.focus();
  }

  /** @param {Phrase | undefined} stored undefined: a new one */
  #formOf(stored) {
    const key = `phrase:${stored?.id ?? NEW}`;
    const kept = /** @type {PhraseDraft | null} */ (loadDraft(this.me.id, key));
    const start = kept ?? { shortcut: stored?.shortcut ?? "", category: stored?.category ?? "", texts: stored?.texts ?? {}, version: stored?.version ?? 0, shared: stored ? !stored.owner : false };
    const mayChange = !stored || Boolean(stored.owner) || this.mayShare;
    const keep = () => keepDraft(this.me.id, key, { ...draft(), version: start.version });
    const shortcut = h("input", { class: "input", id: "phrase-shortcut", value: start.shortcut, disabled: !mayChange, autocomplete: "off", oninput: keep });
    const category = h("input", { class: "input", id: "phrase-category", value: start.category, disabled: !mayChange, autocomplete: "off", oninput: keep });
    const shared = h("input", { type: "checkbox", checked: Boolean(start.shared), disabled: !this.mayShare, onchange: keep });
    const texts = LANGS.map((one) => h("textarea", { class: "input phrase-field", id: `phrase-${one}`, rows: 4, lang: one, value: start.texts[one] ?? "", disabled: !mayChange, oninput: keep }));
    const problem = h("p", { class: "form-error", role: "alert" });
    problem.hidden = true;
    /** @returns {PhraseDraft} */
    const draft = () => ({
      shortcut: shortcut.value, category: category.value, shared: shared.checked,
      texts: Object.fromEntries(LANGS.flatMap((one, at) => (texts[at].value.trim() ? [[one, texts[at].value.trim()]] : []))),
    });
    /** @param {string} place */
    const insert = (place) => {
      const field = texts.find((one) => one === document.activeElement) ?? texts[0];
      field.setRangeText(`{${place}}`, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      keep();
    };
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const saved = stored ? await api.savePhrase(stored.id, { ...draft(), version: start.version }) : await api.createPhrase(draft());
        keepDraft(this.me.id, key, null);
        await loadPhrases({ anew: true });
        toast(t("phrases.saved"), { tone: "good" });
        if (stored) this.show(saved.id);
        else go(hashOf("phrases", saved.id), { replace: true });
      } catch (error) {
        problem.hidden = false;
        problem.replaceChildren(icon("warn"), error instanceof ApiError && error.code === "conflict" ? t("phrases.conflict") : error instanceof ApiError && error.code === "invalid" ? this.#problems(error) : errorText(error));
        problem.scrollIntoView({ block: "nearest" });
      }
    };
    const remove = async () => {
      if (!stored) return;
      try {
        await api.removePhrase(stored.id, stored.version);
        keepDraft(this.me.id, key, null);
        await loadPhrases({ anew: true });
        const back = { ...draft(), shared: !stored.owner };
        toast(t("phrases.removed"), { action: { label: t("toast.undo"), run: () => void api.createPhrase(back).then(() => this.#load(), toastError) } });
        go(hashOf("phrases"));
      } catch (error) {
        toastError(error);
      }
    };
    return h("form", { class: "phrase-edit", onsubmit: save, onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save(event);
      if (event.key === "Escape" && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    } },
      h("h2", {}, stored ? `/${stored.shortcut}` : t("phrases.new")),
      stored && h("p", { class: "quiet" }, t("phrases.used", { n: stored.uses, own: stored.own_uses })),
      !mayChange && h("p", { class: "banner" }, t("phrases.read_only")),
      h("div", { class: "phrase-short" },
        h("div", { class: "field" }, h("label", { class: "label", for: "phrase-shortcut" }, t("phrases.shortcut")), shortcut),
        h("div", { class: "field" }, h("label", { class: "label", for: "phrase-category" }, t("phrases.category")), category)),
      !stored && h("label", { class: "check" }, shared, this.mayShare ? t("phrases.shared") : t("phrases.shared_not_yours")),
      h("div", { class: "phrase-places" }, h("span", { class: "quiet" }, t("phrases.places")),
        PLACES.map((place) => h("button", { type: "button", class: "button small", disabled: !mayChange, onpointerdown: (/** @type {Event} */ event) => event.preventDefault(), onclick: () => insert(place) }, `{${place}}`, h("span", { class: "quiet" }, t(`phrases.place.${place}`))))),
      LANGS.map((one, at) => h("div", { class: "field" }, h("label", { class: "label", for: `phrase-${one}` }, LANG_NAMES[one]), texts[at])),
      problem,
      mayChange && h("div", { class: "phrase-acts" },
        h("button", { type: "submit", class: "button primary", "aria-keyshortcuts": "Control+Enter" }, t("phrases.save"), h("kbd", { "aria-hidden": "true" }, "Ctrl ↵")),
        stored && h("button", { type: "button", class: "button", onclick: remove }, t("phrases.remove"))));
  }

  /** @param {ApiError} error */
  #problems(error) {
    /** @type {{field: string}[]} */
    const problems = error.body?.problems ?? [];
    const kinds = new Set(problems.map(({ field }) => (field.startsWith("texts.") ? "place" : field)));
    return [...kinds].map((kind) => t(`phrases.wrong.${kind}`)).join(" ");
  }
}
