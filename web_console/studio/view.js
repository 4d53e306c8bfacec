// Intents, flows and policies as forms, or as the files they are: checked with the line, tried on real past messages, then put into force.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { ApiError, api } from "../api.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { bindKeys } from "../keys.js";
import { diffOf } from "../knowledge/changes.js";
import { trialReport } from "../knowledge/trial.js";
import { hashOf } from "../router.js";
import { toast, toastWithUndo } from "../toast.js";
import { lang, t, tOr } from "../words.js";
import { FileForm } from "./form.js";

const TRY_AFTER_MS = 900;
const CATEGORIES = /** @type {const} */ (["policies", "intents"]);

export class FilesView {
  /** @type {{path: string, category: string}[]} */ #files = [];
  /** @type {string | null} */ #path = null;
  /** What is in force. */ #base = "";
  /** Nobody has written this file yet: what the bot does without it is shown. */ #isNew = false;
  /** @type {string | null} */ #wanted = null;
  #mayPublish = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;
  /** @type {AbortController | null} */ #asking = null;
  #isFine = false;
  /** @type {"form" | "text"} */ #way = "form";

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    this.search = h("input", { type: "search", class: "search-input", placeholder: t("studio.files_search"), "aria-label": t("studio.files_search"), oninput: () => this.#drawList() });
    this.list = h("nav", { class: "file-list", "aria-label": t("studio.files") });
    this.field = h("textarea", { class: "input file-field", id: "file-content", spellcheck: "false", autocapitalize: "none", wrap: "off", oninput: () => this.#changed() });
    this.numbers = h("div", { class: "file-numbers", "aria-hidden": "true" });
    this.field.addEventListener("scroll", () => { this.numbers.scrollTop = this.field.scrollTop; });
    this.heading = h("h1", {}, t("studio.files"));
    this.state = h("p", { class: "quiet save-state", role: "status" });
    this.told = h("div", { class: "file-told", "aria-live": "polite" });
    this.history = h("details", { class: "file-history" });
    this.why = h("input", { class: "input", id: "file-why", maxlength: 300, placeholder: t("studio.why_help") });
    this.save_ = h("button", { type: "button", class: "button primary", onclick: () => this.#save() }, t("studio.file_save"));
    this.reset = h("button", { type: "button", class: "button", onclick: () => this.#reset() }, t("studio.file_reset"));
    this.may = h("p", { class: "quiet", hidden: true }, t("studio.file_may_not"));
    const ontyped = () => {
      this.#isFine = false;
      this.#refresh();
    };
    this.form = new FileForm({ path: () => this.#path, content: () => this.field.value, ontyped, onwritten: (content) => {
      this.field.value = content;
      this.#changed();
    } });
    this.ways = new Map((/** @type {const} */ (["form", "text"])).map((way) => [way, h("button", { type: "button", class: "button small", onclick: () => void this.#show(way) }, t(`studio.way.${way}`))]));
    this.text = h("div", {}, h("label", { class: "label", for: "file-content" }, t("studio.file")), h("div", { class: "file-place" }, this.numbers, this.field));
    this.editor = h("div", { class: "file-editor" },
      h("div", { class: "file-write" },
        h("div", { class: "file-ways", role: "group", "aria-label": t("studio.way") }, [...this.ways.values()]),
        this.form.element, this.text,
        h("div", { class: "file-acts" }, h("label", { class: "label", for: "file-why" }, t("studio.why")), this.why, this.reset, this.save_), this.may, this.history),
      this.told);
    this.editor.hidden = true;
    this.lead = h("p", { class: "empty" }, t("studio.files_lead"));
    this.element = h("div", { class: "files" },
      h("aside", { class: "files-side" }, h("label", { class: "search" }, icon("search"), this.search), this.list),
      h("div", { class: "scroller files-main" }, h("header", { class: "place-head" }, h("div", { class: "editor-name" }, this.heading, this.state)), this.lead, this.editor));
    this.unbind = bindKeys("nav.intents", [
      { key: "/", label: "studio.files_search", run: () => this.search.focus() },
      { key: "s", mod: true, whileTyping: true, label: "studio.file_save", run: () => void this.#save() },
    ]);
    void this.#load();
  }

  dispose() {
    this.form.dispose();
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.unbind();
  }

  /** @param {string | undefined} path */
  show(path) {
    if (path && path !== this.#wanted) void this.#open(path);
  }

  async #load() {
    try {
      this.#files = await api.studioFiles();
      this.#drawList();
    } catch (error) {
      toastError(error);
    }
  }

  #drawList() {
    const wanted = this.search.value.trim().toLowerCase();
    const named = (/** @type {string} */ path) => {
      const name = path.replace(/^.*\//, "").replace(/\.toml$/, "");
      return { name, title: path.startsWith("intents/") ? tOr(`intent.${name}`, name) : tOr(`studio.policy.${name}`, name) };
    };
    this.list.replaceChildren(...CATEGORIES.map((category) => h("section", {}, h("h2", {}, t(`studio.category.${category}`)),
      h("ul", {}, this.#files.filter((file) => file.category === category).map(({ path }) => ({ path, ...named(path) }))
        .filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted))
        .map(({ path, name, title }) => h("li", {}, h("a", { href: hashOf("intents", path), "aria-current": path === this.#path && "page" }, h("span", {}, title), h("code", {}, name))))))));
  }

  /** @param {string} path */
  async #open(path) {
    const wanted = (this.#wanted = path);
    // What was typed last belongs to the file of before, and so does what is being found out about it.
    await this.form.settle();
    if (this.#wanted !== wanted) return;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.form.dispose();
    this.#path = path;
    this.#drawList();
    try {
      const file = await api.studioFile(path);
      if (this.#path !== path) return;
      this.#base = file.content;
      this.#isNew = file.is_new;
      this.#mayPublish = file.may_publish;
      const kept = /** @type {{base: string, content: string} | null} */ (loadDraft(this.me.id, `file:${path}`));
      this.field.value = kept?.content ?? file.content;
      this.lead.hidden = true;
      this.editor.hidden = false;
      this.may.hidden = file.may_publish;
      this.heading.textContent = path;
      this.told.replaceChildren();
      this.#drawHistory(file.versions);
      await this.#show(this.#way);
      if (this.#path !== path) return;
      if (kept && kept.base !== file.content) this.#conflict(kept.base, file.content);
      else this.#refresh();
      if (this.#isChanged()) this.#tryLater(0);
    } catch (error) {
      if (this.#path !== path) return;
      // Nothing of the file of before stays, neither its name nor what was typed.
      this.#path = this.#wanted = null;
      this.heading.textContent = t("studio.files");
      this.state.textContent = "";
      this.field.value = this.#base = "";
      this.told.replaceChildren();
      this.editor.hidden = true;
      this.lead.hidden = false;
      this.lead.textContent = errorText(error);
    }
  }

  /** The form, or the text where it is wanted or the form cannot be had. @param {"form" | "text"} way */
  async #show(way) {
    let isForm = way === "form";
    try {
      const mistake = isForm ? await this.form.read() : null;
      if (mistake) {
        isForm = false;
        this.#markMistake(mistake);
      }
    } catch (error) {
      isForm = false;
      toastError(error);
    }
    this.#way = isForm ? "form" : "text";
    this.form.element.hidden = !isForm;
    this.text.hidden = isForm;
    for (const [one, button] of this.ways) button.setAttribute("aria-pressed", String(one === this.#way));
  }

  #isChanged() {
    return this.field.value !== this.#base;
  }

  #changed() {
    keepDraft(this.me.id, `file:${this.#path}`, this.#isChanged() ? { base: this.#base, content: this.field.value } : null);
    this.#isFine = false;
    this.#refresh();
    this.#tryLater(TRY_AFTER_MS);
  }

  #refresh() {
    const changed = this.#isChanged();
    this.state.textContent = t(changed ? "studio.file_changed" : "studio.file_same");
    this.save_.disabled = !changed || !this.#mayPublish || !this.#isFine || this.form.isUnfinished();
    this.reset.disabled = !changed;
    const lines = this.field.value.split("\n").length;
    if (this.numbers.childElementCount !== lines) this.numbers.replaceChildren(...Array.from({ length: lines }, (_, at) => h("span", {}, at + 1)));
  }

  /** @param {number} ms */
  #tryLater(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#try(), ms);
  }

  async #try() {
    const path = this.#path;
    if (path === null) return;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.#mark(null);
    if (!this.#isChanged()) return this.told.replaceChildren();
    this.told.replaceChildren(h("p", { class: "quiet" }, t("studio.file_trying")));
    try {
      const trial = await api.tryStudioFile(path, this.field.value, asking.signal);
      if (asking.signal.aborted) return;
      this.#isFine = true;
      this.form.tell(null);
      this.told.replaceChildren(h("p", { class: "file-fine" }, icon("done"), t("studio.file_fine")), trialReport(trial));
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#tellMistake(error);
    }
    this.#refresh();
  }

  /** @param {unknown} error */
  #tellMistake(error) {
    const mistake = error instanceof ApiError ? /** @type {import("../types.d.ts").FileMistake | undefined} */ (error.body?.mistake) : undefined;
    if (!mistake) return this.told.replaceChildren(h("p", { class: "field-error" }, errorText(error)));
    this.#markMistake(mistake);
  }

  /** @param {import("../types.d.ts").FileMistake} mistake */
  #markMistake(mistake) {
    this.#mark(mistake.line);
    this.form.tell(mistake);
    this.told.replaceChildren(h("p", { class: "field-error", role: "alert" }, icon("warn"),
      h("button", { type: "button", class: "link-button", onclick: () => this.#goTo(mistake.line) }, t("studio.file_mistake", { line: mistake.line, message: mistake.message }))));
  }

  /** @param {number | null} line 1-based */
  #mark(line) {
    this.field.setAttribute("aria-invalid", String(line !== null));
    for (const [at, number] of [...this.numbers.children].entries()) number.classList.toggle("wrong", at + 1 === line);
  }

  /** @param {number} line */
  async #goTo(line) {
    await this.#show("text");
    const lines = this.field.value.split("\n");
    const from = lines.slice(0, Math.max(0, line - 1)).join("\n").length + (line > 1 ? 1 : 0);
    this.field.focus();
    this.field.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
  }

  async #save() {
    const path = this.#path;
    if (path === null || this.save_.disabled) return;
    this.save_.disabled = true;
    const content = this.field.value;
    try {
      const { versions, tests } = await api.saveStudioFile({ path, content, base: this.#isNew ? null : this.#base, why: this.why.value.trim() });
      this.#base = content;
      this.#isNew = false;
      this.why.value = "";
      keepDraft(this.me.id, `file:${path}`, null);
      this.#drawHistory(versions);
      this.told.replaceChildren();
      toast(t("studio.file_saved"), { tone: "good" });
      if (tests && tests.broken.length > 0) toast(t("studio.tests_broken", { n: tests.broken.length }), { tone: "bad" });
    } catch (error) {
      const current = error instanceof ApiError && error.status === 409 ? /** @type {string | null} */ (error.body?.current ?? null) : null;
      if (current !== null) this.#conflict(this.#base, current);
      else if (error instanceof ApiError && error.code === "tests_broken") toast(t("studio.refused"), { tone: "bad" });
      else this.#tellMistake(error);
    }
    this.#refresh();
  }

  /** What a colleague changed below ours. @param {string} before @param {string} current */
  #conflict(before, current) {
    const take = () => {
      this.#base = current;
      this.#isNew = false;
      this.#changed();
    };
    this.told.replaceChildren(h("div", { class: "banner banner-warn", role: "alert" }, icon("warn"), h("p", {}, t("studio.file_conflict")),
      h("button", { type: "button", class: "button small", onclick: take }, t("studio.file_take_base"))), diffOf(before.split("\n"), current.split("\n")));
    this.#refresh();
  }

  /** Another text, in the form as well. @param {string} content */
  #put(content) {
    this.field.value = content;
    this.#changed();
    void this.#show(this.#way);
  }

  #reset() {
    const mine = this.field.value;
    this.#put(this.#base);
    toastWithUndo(t("studio.file_reset"), () => this.#put(mine));
  }

  /** @param {import("../types.d.ts").FileVersion[]} versions */
  #drawHistory(versions) {
    this.history.hidden = versions.length === 0;
    this.history.replaceChildren(h("summary", {}, t("studio.file_history")), h("ol", { class: "versions" }, versions.map((version, at) => h("li", {},
      h("details", {}, h("summary", {}, h("strong", {}, t("studio.version_n", { n: version.version })), " ", h("span", { class: "quiet" }, version.by ?? t("studio.how.imported"), " ",
        h("time", { title: exact(version.at, lang()) }, ago(version.at, lang())), version.why && ` · ${version.why}`)),
        versions[at + 1] && diffOf(versions[at + 1].content.split("\n"), version.content.split("\n")),
        h("button", { type: "button", class: "button small", onclick: () => this.#put(version.content) }, t("studio.file_bring_back")))))));
  }
}
