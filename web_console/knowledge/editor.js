// Writes one article: three language versions, similar questions, answer with preview, category and validity. What
// is typed is kept in this browser at once; what is saved never overwrites a colleague's work.

import { h } from "/common/dom.js";
import { ApiError, api } from "../api.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { errorCode, errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { bindKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { toast, toastWithUndo } from "../toast.js";
import { lang, moment, t } from "../words.js";
import { showConflict, whoSaved } from "./conflict.js";
import { ArticleForm } from "./form.js";
import { emptyText, fieldsOf, mistakes, sameFields, tidied } from "./merge.js";

/** @typedef {import("../types.d.ts").Article} Article */
/** @typedef {import("../types.d.ts").Fields} Fields */
/** What this browser keeps of unsaved work. @typedef {{id: string, version: number, base: Fields, fields: Fields, kept_at: number}} LocalDraft */

/** @returns {Fields} */
const emptyFields = () => ({ category: "general", products: [], valid_from: null, valid_until: null, texts: {} });

export class EditorView {
  /** @type {Article | null} as the server has it */ #article = null;
  /** What the work started from. @type {Fields} */ #base = emptyFields();
  #version = 0;
  #saving = false;
  /** @type {boolean} */ #gone = false;

  /** @param {import("../types.d.ts").Agent} me @param {string | null} id null for a new one */
  constructor(me, id) {
    this.me = me;
    this.id = id;
    this.draftName = `article:${id ?? "new"}`;
    this.form = new ArticleForm({ isNew: id === null, onchange: () => this.#changed() });
    this.heading = h("h1", {}, id === null ? t("editor.new") : "");
    this.statusMark = h("span", { class: "mark" });
    this.saved = h("p", { class: "quiet save-state", role: "status" });
    this.acts = h("div", { class: "editor-acts" });
    this.banners = h("div", { class: "banners" });
    this.body = h("div", { class: "scroller editor-body" }, h("p", { class: "empty" }, t("editor.loading")));
    this.element = h("div", { class: "editor" },
      h("header", { class: "place-head editor-head" },
        h("a", { class: "icon-button", href: hashOf("knowledge"), "aria-label": t("editor.back"), title: `${t("editor.back")} (u)` }, icon("previous")),
        h("div", { class: "editor-name" }, this.heading, h("div", { class: "editor-state" }, this.statusMark, this.saved)),
        this.acts),
      this.banners, this.body);
    this.unbind = bindKeys("nav.knowledge", [
      { key: "s", mod: true, whileTyping: true, label: "knowledge.key.save", run: () => this.#save(this.#article?.status === "published") },
      { key: "Enter", mod: true, whileTyping: true, label: "knowledge.key.publish", run: () => this.#save(true) },
      { key: "u", label: "knowledge.key.back", run: () => go(hashOf("knowledge")) },
      { key: "Escape", label: "key.leave_field", whileTyping: true, run: () => {
        const focused = document.activeElement;
        if (!(focused instanceof HTMLElement) || focused === document.body) return false;
        focused.blur();
      } },
    ]);
  }

  dispose() {
    this.#gone = true;
    this.unbind();
    this.form.dispose();
  }

  /** @param {string | undefined} _id @param {URLSearchParams} query */
  show(_id, query) {
    if (this.id === null) this.#begin(query.get("question") ?? "");
    else this.#load();
  }

  /** A new article; `question` is what a shopper asked in vain. @param {string} question */
  #begin(question) {
    const kept = /** @type {LocalDraft | null} */ (loadDraft(this.me.id, this.draftName));
    const fields = kept?.fields ?? emptyFields();
    if (question && !kept) fields.texts[lang()] = { ...emptyText(), questions: [question] };
    this.form.set(fields, kept?.id ?? "");
    this.body.replaceChildren(this.form.element);
    if (kept) this.#offerDrop(kept, () => this.form.set(emptyFields(), ""));
    this.#refresh();
    this.form.focus("id");
  }

  async #load() {
    if (this.id === null) return;
    try {
      const article = await api.article(this.id);
      if (this.#gone) return;
      this.#adopt(article);
      this.#offerKept(article);
      this.body.replaceChildren(this.form.element);
      this.#refresh();
    } catch (error) {
      if (this.#gone) return;
      const lost = error instanceof ApiError && error.status === 404;
      this.body.replaceChildren(h("div", { class: "empty" }, h("p", {}, lost ? t("editor.lost") : errorText(error)),
        lost ? h("a", { class: "button", href: hashOf("knowledge") }, t("editor.back"))
          : h("button", { type: "button", class: "button", onclick: () => this.#load() }, t("error.retry"))));
    }
  }

  /** The server's version becomes ours. @param {Article} article */
  #adopt(article) {
    this.#article = article;
    this.#base = fieldsOf(article);
    this.#version = article.version;
    this.form.set(fieldsOf(article), article.id);
    this.banners.replaceChildren();
  }

  /** Brings back what was typed and never saved. @param {Article} article */
  #offerKept(article) {
    const kept = /** @type {LocalDraft | null} */ (loadDraft(this.me.id, this.draftName));
    if (!kept) return;
    if (sameFields(tidied(kept.fields), tidied(fieldsOf(article)))) return void keepDraft(this.me.id, this.draftName, null);
    this.#base = kept.base;
    this.#version = kept.version;
    this.form.set(kept.fields, article.id);
    this.#offerDrop(kept, () => this.#adopt(article));
    if (kept.version !== article.version) this.#tellNewer(article);
  }

  /** @param {LocalDraft} kept @param {() => void} drop */
  #offerDrop(kept, drop) {
    const run = () => {
      keepDraft(this.me.id, this.draftName, null);
      drop();
      banner.remove();
      this.#refresh();
      toastWithUndo(t("editor.draft_dropped"), () => {
        keepDraft(this.me.id, this.draftName, kept);
        if (this.#gone) return go(hashOf("knowledge", this.id ?? "new"));
        if (this.#article) this.#offerKept(this.#article);
        else this.form.set(kept.fields, kept.id);
        this.#refresh();
      });
    };
    const banner = h("div", { class: "banner" }, icon("draft"), h("p", {}, t("editor.draft_back", { when: moment(kept.kept_at) })),
      h("button", { type: "button", class: "button small", onclick: run }, t("editor.draft_drop")));
    this.banners.append(banner);
  }

  /** @param {Article} current */
  async #tellNewer(current) {
    const { text } = await whoSaved(current, this.me);
    if (this.#gone) return;
    this.banners.append(h("div", { class: "banner banner-warn", role: "alert" }, icon("warn"), h("p", {}, text),
      h("button", { type: "button", class: "button small", onclick: () => this.#merge(current, null) }, t("editor.compare"))));
  }

  #changed() {
    this.#keep();
    this.#refresh();
  }

  #isChanged() {
    return !sameFields(tidied(this.form.fields()), tidied(this.#base)) || (this.id === null && this.form.id() !== "");
  }

  #keep() {
    /** @type {LocalDraft} */
    const draft = { id: this.form.id(), version: this.#version, base: this.#base, fields: this.form.fields(), kept_at: Date.now() };
    this.kept = keepDraft(this.me.id, this.draftName, this.#isChanged() ? draft : null);
  }
  kept = true;

  #refresh() {
    const status = this.#article?.status;
    this.heading.textContent = this.form.title() || (this.id === null ? t("editor.new") : t("editor.untitled"));
    this.statusMark.hidden = !status;
    if (status) {
      this.statusMark.className = `mark is-${status}`;
      this.statusMark.replaceChildren(icon(status), t(`article.${status}`));
    }
    const changed = this.#isChanged();
    this.saved.textContent = this.#saving ? t("editor.saving") : changed ? t(this.kept ? "editor.unsaved" : "editor.unsaved_nowhere") : this.#article ? t("editor.saved") : "";
    this.form.lock(status === "archived");
    this.#drawActs(changed);
  }

  /** @param {boolean} changed */
  #drawActs(changed) {
    const status = this.#article?.status;
    const focused = this.acts.contains(document.activeElement) && document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined;
    /** @param {string} act @param {() => void} run @param {{kind?: string, keys?: string, off?: boolean}} [how] */
    const button = (act, run, { kind = "", keys, off = false } = {}) => h("button", {
      type: "button", class: `button ${kind}`, "data-act": act, onclick: run, disabled: this.#saving || off, title: keys,
    }, t(`editor.${act}`));
    const acts = status === "archived" ? [button("restore", () => this.#restore(), { kind: "primary" })]
      : status === "published" ? [
        button("archive", () => this.#archive()),
        button("unpublish", () => this.#save(false)),
        button("publish_changes", () => this.#save(true), { kind: "primary", keys: "Ctrl+S", off: !changed })]
      : [
        this.#article && button("archive", () => this.#archive()),
        button("save_draft", () => this.#save(false), { keys: "Ctrl+S", off: !changed }),
        button("publish", () => this.#save(true), { kind: "primary", keys: "Ctrl+Enter" })];
    this.acts.replaceChildren(...acts.filter((act) => act !== null));
    const again = focused && this.acts.querySelector(`[data-act="${focused}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** @param {boolean} publish */
  async #save(publish) {
    if (this.#saving || this.#article?.status === "archived") return;
    const fields = tidied(this.form.fields());
    const id = this.id ?? this.form.id();
    const wrong = mistakes(fields, { id, isNew: this.id === null });
    this.form.mark(new Map([...wrong].map(([field, { key, values }]) => [field, t(key, values)])));
    if (wrong.size > 0) return void toast(t("editor.fix"), { tone: "bad" });
    this.#saving = true;
    this.#refresh();
    try {
      const draft = { ...fields, publish };
      const article = this.id === null
        ? await api.createArticle({ id, ...draft })
        : await api.saveArticle(this.id, { ...draft, version: this.#version });
      this.#saving = false;
      this.#savedAs(article, fields, publish);
    } catch (error) {
      this.#saving = false;
      this.#refresh();
      this.#failed(error, publish);
    }
  }

  /** @param {Article} article @param {Fields} sent @param {boolean} publish */
  #savedAs(article, sent, publish) {
    const typedMeanwhile = !sameFields(tidied(this.form.fields()), sent);
    keepDraft(this.me.id, this.draftName, null);
    const [question] = Object.values(article.texts).flatMap((text) => text.questions.length ? text.questions : [text.title]);
    toast(t(publish ? "editor.done.published" : "editor.done.draft"), {
      tone: "good",
      action: publish && question ? { label: t("editor.try"), run: () => go(hashOf("bench", undefined, { q: question })) } : undefined,
    });
    if (this.id === null) return go(hashOf("knowledge", article.id), { replace: true });
    if (this.#gone) return;
    if (typedMeanwhile) {
      this.#article = article;
      this.#base = fieldsOf(article);
      this.#version = article.version;
      this.#keep();
    } else {
      const at = this.form.place();
      this.#adopt(article);
      this.form.returnTo(at);
    }
    this.#refresh();
  }

  /** @param {unknown} error @param {boolean} publish */
  #failed(error, publish) {
    if (!(error instanceof ApiError) || error.status === 401 || error.status === 0) return toastError(error);
    const current = /** @type {Article | undefined} */ (error.body?.current);
    if (error.status === 409 && current && this.id !== null) return void this.#merge(current, publish);
    if (error.status === 409 && this.id === null) {
      this.form.mark(new Map([["id", t("editor.id_taken")]]));
      return;
    }
    /** @type {{field: string, message: string}[]} named as `valid_until`, `texts.en.title`, … */
    const problems = error.body?.problems ?? [];
    if (problems.length > 0) {
      this.form.mark(new Map(problems.map(({ field, message }) => [fieldOf(field), message])));
      return void toast(t("editor.fix"), { tone: "bad" });
    }
    toast(t("editor.failed", { message: errorText(error) }), { tone: "bad", small: errorCode(error) });
  }

  /** Their version beside mine. @param {Article} current @param {boolean | null} publish what was being done */
  async #merge(current, publish) {
    const mine = tidied(this.form.fields());
    const chosen = await showConflict({ base: this.#base, mine, current, me: this.me, publish });
    if (this.#gone || !chosen) return;
    const before = { base: this.#base, version: this.#version, fields: this.form.fields() };
    this.#article = current;
    this.#base = fieldsOf(current);
    this.#version = current.version;
    this.form.set(chosen.fields, current.id);
    this.banners.replaceChildren();
    this.#changed();
    if (chosen.save !== null) return this.#save(chosen.save);
    toastWithUndo(t("conflict.applied"), () => {
      if (this.#gone) return;
      this.#base = before.base;
      this.#version = before.version;
      this.form.set(before.fields, current.id);
      this.#changed();
      this.#tellNewer(current);
      toast(t("conflict.undone"));
    });
  }

  async #archive() {
    if (!this.#article) return;
    const { id } = this.#article;
    const wasPublished = this.#article.status === "published";
    try {
      const archived = await api.archiveArticle(id, this.#article.version);
      toastWithUndo(t("editor.done.archived"), async () => {
        try {
          // Restoring brings back a draft; undoing brings back what was.
          const restored = await api.restoreArticle(id);
          if (wasPublished) await api.saveArticle(id, { ...fieldsOf(restored), version: restored.version, publish: true });
          toast(t("editor.done.restored"), { tone: "good" });
          if (!this.#gone) this.#load();
        } catch (error) {
          toastError(error);
        }
      });
      if (archived?.version !== undefined) {
        this.#article = archived;
        this.#version = archived.version;
        this.#refresh();
      } else await this.#load();
    } catch (error) {
      this.#failed(error, false);
    }
  }

  async #restore() {
    if (!this.#article) return;
    try {
      await api.restoreArticle(this.#article.id);
      toast(t("editor.done.restored"), { tone: "good" });
      await this.#load();
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {string} path @returns {string} our name of the field */
function fieldOf(path) {
  const found = /^texts\.([\w-]+)\.(title|questions|body)/.exec(path);
  return found ? `${found[2]}:${found[1]}` : path;
}

