// Writes one article: what is typed lives on the server as a draft, so that another machine or a colleague goes on with
// it; the published text stays answered until somebody publishes, and nobody ever overwrites anybody.

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
import { effectPanel } from "./effect.js";
import { ArticleForm } from "./form.js";
import { showHistory } from "./history.js";
import { emptyFields, emptyText, fieldsOf, mistakes, sameFields, tidied, wired } from "./merge.js";
import { showPublish } from "./publish.js";
import { askWhy } from "./why.js";

/** @typedef {import("../types.d.ts").Article} Article */
/** @typedef {import("../types.d.ts").Fields} Fields */
/** @typedef {import("../types.d.ts").ServerDraft} ServerDraft */
/** What this browser keeps until the server has it. @typedef {{id: string, version: number, revision?: number, base: Fields, fields: Fields, kept_at: number}} LocalDraft */

const SAVE_AFTER_MS = 1_000;
const RETRY_AFTER_MS = 5_000;
/** A draft may be published, or an article archived, by somebody else or by its time. */
const LOOK_EVERY_MS = 4_000;
/** A new article that is to be published as soon as its draft is kept. */
const PUBLISH = "warmline.console.publish";

export class EditorView {
  /** @type {Article | null} as the server has it; version 0: only a draft of it is there */ #article = null;
  /** @type {ServerDraft | null} */ #draft = null;
  /** What the server last had of the work. @type {Fields} */ #base = emptyFields();
  /** The article's version that the work started from. */ #version = 0;
  /** The revision of the draft it goes on from; 0: there is none. */ #revision = 0;
  /** When it would have published itself, had nobody typed. @type {number | null} */ #lostTime = null;
  /** What was sent and what came back of it: a look at the server from before is an old one. */ #round = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;
  /** @type {Promise<boolean> | null} a save under way */ #saving = null;
  #busy = false;
  /** Theirs and ours are not put together yet: nothing of ours is sent until they are. */ #isHeld = false;
  /** @type {boolean} */ #gone = false;

  /** @param {import("../types.d.ts").Agent} me @param {string | null} id null for a new one */
  constructor(me, id) {
    this.me = me;
    this.id = id;
    this.draftName = `article:${id ?? "new"}`;
    this.form = new ArticleForm({ id, me, onchange: () => this.#changed() });
    this.heading = h("h1", {}, id === null ? t("editor.new") : "");
    this.statusMark = h("span", { class: "mark" });
    this.stageMark = h("span", { class: "mark mark-warn" });
    this.saved = h("p", { class: "quiet save-state", role: "status" });
    this.acts = h("div", { class: "editor-acts" });
    this.banners = h("div", { class: "banners" });
    this.time = h("div", { class: "banners", role: "status" });
    this.body = h("div", { class: "scroller editor-body" }, h("p", { class: "empty" }, t("editor.loading")));
    this.element = h("div", { class: "editor" },
      h("header", { class: "place-head editor-head" },
        h("a", { class: "icon-button", href: hashOf("knowledge"), "aria-label": t("editor.back"), title: `${t("editor.back")} (u)` }, icon("previous")),
        h("div", { class: "editor-name" }, this.heading, h("div", { class: "editor-state" }, this.statusMark, this.stageMark, this.saved)),
        this.acts),
      this.banners, this.time, this.body);
    this.looking = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.unbind = bindKeys("nav.knowledge", [
      { key: "s", mod: true, whileTyping: true, label: "knowledge.key.save", run: () => void this.#saveNow() },
      { key: "Enter", mod: true, whileTyping: true, label: "knowledge.key.publish", run: () => void this.#publish() },
      { key: "u", label: "knowledge.key.back", run: () => go(hashOf("knowledge")) },
      { key: "Escape", label: "key.leave_field", whileTyping: true, run: () => {
        const focused = document.activeElement;
        if (!(focused instanceof HTMLElement) || focused === document.body) return false;
        focused.blur();
      } },
    ]);
  }

  dispose() {
    // What the last second brought goes out all the same; this browser keeps it until it is there.
    if (this.id !== null && this.#isChanged()) void this.#save();
    this.#gone = true;
    clearTimeout(this.#timer);
    clearInterval(this.looking);
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
    const fields = { ...emptyFields(), ...kept?.fields };
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
      this.#bringKept();
      this.body.replaceChildren(this.form.element);
      this.#refresh();
      if (sessionStorage.getItem(PUBLISH) === this.id) {
        sessionStorage.removeItem(PUBLISH);
        void this.#publish();
      }
      if (article.version > 0) void effectPanel(this.id).then((panel) => this.form.showEffect(panel));
    } catch (error) {
      if (this.#gone) return;
      const lost = error instanceof ApiError && error.status === 404;
      this.body.replaceChildren(h("div", { class: "empty" }, h("p", {}, lost ? t("editor.lost") : errorText(error)),
        lost ? h("a", { class: "button", href: hashOf("knowledge") }, t("editor.back"))
          : h("button", { type: "button", class: "button", onclick: () => this.#load() }, t("error.retry"))));
    }
  }

  /** The server's state becomes ours: the draft where there is one. @param {Article} article */
  #adopt(article) {
    this.#article = article;
    this.#isHeld = false;
    this.#takeDraft(article.draft ?? null);
    this.#lostTime = null;
    const work = this.#draft ?? article;
    this.#base = fieldsOf(work);
    this.#version = work.version;
    this.form.set(fieldsOf(work), article.id);
    this.#tell(article);
  }

  /** What goes on is this draft, or the article itself. @param {ServerDraft | null} draft */
  #takeDraft(draft) {
    this.#draft = draft;
    this.#revision = draft?.revision ?? 0;
  }

  /** @param {Article} article */
  #tell(article) {
    this.banners.replaceChildren();
    if (this.#draft?.stage === "held") this.#tellHeld();
    if (this.#draft && article.version > 0) this.#tellDraft(this.#draft, article);
  }

  /** Its time has passed, and it is not published: the tests could not be asked yet, or which it would have broken. */
  #tellHeld() {
    const again = this.#draft?.publish_at;
    if (again) return void this.banners.append(h("div", { class: "banner banner-warn", role: "alert" }, icon("warn"), h("p", {}, t("studio.waits_note", { when: moment(again) }))));
    this.banners.append(h("div", { class: "banner banner-warn", role: "alert" }, icon("warn"), h("p", {}, t("studio.held_note")),
      h("button", { type: "button", class: "button small", onclick: () => void this.#publish() }, t("studio.held_look"))));
  }

  /** @param {ServerDraft} draft @param {Article} article */
  #tellDraft(draft, article) {
    if (draft.version !== article.version) {
      this.banners.append(h("div", { class: "banner banner-warn", role: "alert" }, icon("warn"), h("p", {}, t("studio.overtaken", { version: article.version })),
        h("button", { type: "button", class: "button small", onclick: () => this.#mergeArticle(article) }, t("editor.compare"))));
    } else if (draft.updated_by !== this.me.name) {
      this.banners.append(h("div", { class: "banner" }, icon("draft"),
        h("p", {}, t("studio.draft_by", { who: draft.updated_by, when: moment(draft.updated_at) }), " ", article.status === "published" ? t("studio.published_stays") : "", draft.why && ` ${draft.why}`)));
    }
  }

  /** Brings back what was typed and never reached the server. */
  #bringKept() {
    const kept = /** @type {LocalDraft | null} */ (loadDraft(this.me.id, this.draftName));
    if (!kept || !this.#article) return;
    const fields = { ...emptyFields(), ...kept.fields };
    if (sameFields(tidied(fields), tidied(this.#base))) return void keepDraft(this.me.id, this.draftName, null);
    const work = this.#draft ?? this.#article;
    const base = { ...emptyFields(), ...kept.base };
    const isPublished = !this.#draft && sameFields(tidied(base), tidied(this.#base));
    const isSame = isPublished || (kept.version === this.#version && (kept.revision ?? 0) === this.#revision);
    this.form.set(fields, this.#article.id);
    const article = this.#article;
    this.#offerDrop(kept, () => this.#adopt(article));
    if (isSame) return this.#changed();
    // It goes on from where it was: what the server has since is put together with it first.
    this.#base = base;
    this.#version = kept.version;
    this.#revision = kept.revision ?? 0;
    void this.#tellNewer(work);
  }

  /** @param {LocalDraft} kept @param {() => void} drop */
  #offerDrop(kept, drop) {
    const run = () => {
      clearTimeout(this.#timer);
      keepDraft(this.me.id, this.draftName, null);
      drop();
      banner.remove();
      this.#refresh();
      toastWithUndo(t("editor.draft_dropped"), () => {
        keepDraft(this.me.id, this.draftName, kept);
        if (this.#gone) return go(hashOf("knowledge", this.id ?? "new"));
        if (this.#article) this.#bringKept();
        else this.form.set({ ...emptyFields(), ...kept.fields }, kept.id);
        this.#refresh();
      });
    };
    const banner = h("div", { class: "banner" }, icon("draft"), h("p", {}, t("editor.draft_back", { when: moment(kept.kept_at) })),
      h("button", { type: "button", class: "button small", onclick: run }, t("editor.draft_drop")));
    this.banners.append(banner);
  }

  /** Theirs is newer than what ours began with. @param {Article | ServerDraft} current */
  async #tellNewer(current) {
    const { text } = await whoSaved(/** @type {Article} */ (current), this.me);
    if (this.#gone) return;
    this.banners.append(h("div", { class: "banner banner-warn", role: "alert" }, icon("warn"), h("p", {}, text),
      h("button", { type: "button", class: "button small", onclick: () => this.#mergeWith(current) }, t("editor.compare"))));
  }

  #changed() {
    this.#keep();
    this.#refresh();
    if (this.id !== null) this.#saveLater(SAVE_AFTER_MS);
  }

  /** @param {number} ms */
  #saveLater(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), ms);
  }

  #isChanged() {
    return !sameFields(tidied(this.form.fields()), tidied(this.#base)) || (this.id === null && this.form.id() !== "");
  }

  #keep() {
    /** @type {LocalDraft} */
    const draft = { id: this.form.id(), version: this.#version, revision: this.#revision, base: this.#base, fields: this.form.fields(), kept_at: Date.now() };
    this.kept = keepDraft(this.me.id, this.draftName, this.#isChanged() ? draft : null);
  }
  kept = true;

  /** Sends what was typed, one save at a time. @returns {Promise<boolean>} whether the server has all of it */
  async #save() {
    clearTimeout(this.#timer);
    if (this.#isHeld) return false;
    if (this.#saving) {
      await this.#saving;
      return this.#gone ? true : this.#save();
    }
    if (this.id === null || !this.#isChanged() || this.#article?.status === "archived" || this.#article?.may?.edit === false) return true;
    this.#saving = this.#send(this.id);
    this.#refresh();
    const done = await this.#saving;
    this.#saving = null;
    if (!this.#gone) this.#refresh();
    return done;
  }

  /** @param {string} id @returns {Promise<boolean>} */
  async #send(id) {
    const sent = tidied(this.form.fields());
    this.#round++;
    try {
      const draft = await api.keepArticleDraft(id, { ...wired(sent), version: this.#version, revision: this.#revision });
      if (this.#draft?.publish_at && !draft.publish_at) this.#lostTime = this.#draft.publish_at;
      this.#takeDraft(draft);
      this.#base = sent;
      this.#keep();
      this.form.showSaved();
      return true;
    } catch (error) {
      if (this.#gone) return false;
      if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) this.#saveLater(RETRY_AFTER_MS);
      else if (!this.#overtaken(error)) toastError(error);
      return false;
    }
  }

  /** The draft that this goes on from is gone, or went on without us. @param {unknown} error @returns {boolean} whether that is it */
  #overtaken(error) {
    if (!(error instanceof ApiError)) return false;
    const draft = /** @type {ServerDraft | undefined} */ (error.body?.current_draft);
    const current = /** @type {Article | undefined} */ (error.body?.current);
    if (draft) this.#mergeWith(draft);
    else if (current && current.version !== this.#version) this.#goOnFrom(current);
    else if (current || error.status === 404) {
      this.#takeDraft(null);
      this.#note("studio.discarded_elsewhere", {});
      this.#saveLater(SAVE_AFTER_MS);
    } else return false;
    return true;
  }

  /** The draft has become a version: what was typed since is a new draft of that, where it was published as we know it. @param {Article} current */
  #goOnFrom(current) {
    this.#takeDraft(null);
    if (!sameFields(tidied(fieldsOf(current)), tidied(this.#base))) return void this.#mergeArticle(current);
    this.#article = { ...current, may: this.#article?.may };
    this.#version = current.version;
    this.#base = fieldsOf(current);
    this.#tell(current);
    this.#notePublished(current);
    this.#changed();
  }

  /** Hears what became of it elsewhere: published by a colleague or by its time, discarded, archived. */
  async #look() {
    const round = this.#round;
    const mayLook = () => !this.#gone && this.#article !== null && !this.#busy && !this.#saving && !this.#isHeld && round === this.#round && !document.hidden && document.querySelector("dialog[open]") === null;
    if (this.id === null || !mayLook()) return;
    try {
      const article = await api.article(this.id);
      if (mayLook()) this.#hear(article);
    } catch {
      // The next save finds out, or the next look.
    }
  }

  /** @param {Article} article as the server has it now */
  #hear(article) {
    const draft = article.draft ?? null;
    const before = this.#article;
    const isNewer = article.version !== before?.version;
    if (!isNewer && article.status === before?.status && draft?.revision === this.#draft?.revision && draft?.stage === this.#draft?.stage && draft?.publish_at === this.#draft?.publish_at) return;
    if (!this.#isChanged()) {
      const at = this.form.place();
      this.#adopt(article);
      this.form.returnTo(at);
      if (isNewer && !draft && article.status === "published") this.#notePublished(article);
    } else if (draft?.revision === this.#draft?.revision && draft) {
      this.#article = article;
      this.#takeDraft(draft);
      this.#tell(article);
    } else if (isNewer && !draft && sameFields(tidied(fieldsOf(article)), tidied(this.#base))) this.#goOnFrom(article);
    // Else the next save puts it together.
    this.#refresh();
  }

  /** @param {Article} article */
  #notePublished({ version, updated_at, updated_by }) {
    const who = (typeof updated_by === "string" ? updated_by : updated_by?.name) ?? "";
    this.#note("studio.published_elsewhere", { version, who, when: updated_at === undefined ? "" : moment(updated_at) });
  }

  /** @param {string} key @param {Record<string, string | number>} values */
  #note(key, values) {
    this.banners.append(h("div", { class: "banner", role: "status" }, icon("draft"), h("p", {}, t(key, values))));
  }

  /** While a time is set, what typing does to it; once it is lost, the way back. */
  #drawTime() {
    const at = this.#draft?.publish_at ?? null;
    const lost = this.#lostTime;
    const state = at !== null ? `at:${at}` : lost !== null ? `lost:${lost}` : "";
    if (this.time.dataset.state === state) return;
    this.time.dataset.state = state;
    this.time.replaceChildren();
    if (at !== null && this.#draft?.stage === "scheduled") this.time.append(h("div", { class: "banner" }, icon("draft"), h("p", {}, t("studio.stage.scheduled", { when: moment(at) }), t("studio.stop"), t("studio.scheduled_note"))));
    else if (at === null && lost !== null) this.time.append(h("div", { class: "banner banner-warn" }, icon("warn"), h("p", {}, t("studio.time_lost", { when: moment(lost) })),
      h("button", { type: "button", class: "button small", onclick: () => void this.#scheduleAgain(lost) }, t("studio.schedule_again", { when: moment(lost) }))));
  }

  /** @param {number} at */
  async #scheduleAgain(at) {
    if (this.id === null || this.#busy || !await this.#save() || !this.#draft) return;
    this.#busy = true;
    try {
      await this.#schedule(this.id, tidied(this.form.fields()), at, this.#draft.why);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
      if (!this.#gone) this.#refresh();
    }
  }

  async #saveNow() {
    if (this.id !== null) return void await this.#save();
    await this.#create();
  }

  /** The first save of a new article; from then on it saves itself. @returns {Promise<boolean>} */
  async #create() {
    const fields = tidied(this.form.fields());
    const id = this.form.id();
    const wrong = [...mistakes(fields, { id, isNew: true })].filter(([field]) => field === "id");
    this.form.mark(new Map(wrong.map(([field, { key, values }]) => [field, t(key, values)])));
    if (wrong.length > 0) return false;
    try {
      await api.keepArticleDraft(id, { ...wired(fields), version: 0, revision: 0 });
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) this.form.mark(new Map([["id", t("editor.id_taken")]]));
      else this.#failed(error);
      return false;
    }
    keepDraft(this.me.id, this.draftName, null);
    this.form.set(emptyFields(), "");
    go(hashOf("knowledge", id), { replace: true });
    return true;
  }

  #refresh() {
    const status = this.#article?.version === 0 ? "draft" : this.#article?.status;
    this.heading.textContent = this.form.title() || (this.id === null ? t("editor.new") : t("editor.untitled"));
    this.statusMark.hidden = !status;
    if (status) {
      this.statusMark.className = `mark is-${status}`;
      this.statusMark.replaceChildren(icon(status), t(`article.${status}`));
    }
    const stage = this.#draft?.stage;
    this.stageMark.hidden = !stage || (stage === "writing" && status !== "published");
    if (stage) this.stageMark.replaceChildren(icon("draft"), t(`studio.stage.${stage === "held" && this.#draft?.publish_at ? "waits" : stage}`, { when: this.#draft?.publish_at ? moment(this.#draft.publish_at) : "" }));
    const changed = this.#isChanged();
    this.saved.textContent = this.#saving || this.#busy ? t("editor.saving") : changed ? t(this.kept ? "editor.unsaved" : "editor.unsaved_nowhere")
      : this.#draft ? t("studio.draft_saved", { when: moment(this.#draft.updated_at) }) : this.#article ? t("editor.saved") : "";
    const may = this.#article?.may ?? { edit: true, publish: true };
    this.#drawTime();
    this.form.lock(status === "archived" ? "editor.archived_note" : may.edit ? null : "studio.may_not_edit");
    this.#drawActs(changed, may);
  }

  /** @param {boolean} changed @param {{edit: boolean, publish: boolean}} may */
  #drawActs(changed, may) {
    const status = this.#article?.status;
    const focused = this.acts.contains(document.activeElement) && document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined;
    const draft = this.#draft;
    const wasPublished = status === "published";
    /** @param {string} key @param {string} act @param {() => void} run @param {{kind?: string, keys?: string, off?: boolean}} [how] */
    const button = (key, act, run, { kind = "", keys, off = false } = {}) => h("button", {
      type: "button", class: `button ${kind}`, "data-act": act, onclick: run, disabled: this.#busy || off, title: keys,
    }, t(key));
    const isOld = this.#article !== null && this.#article.version > 0;
    const more = [
      isOld && button("studio.history", "history", () => void this.#history(), { kind: "menu-item" }),
      wasPublished && may.publish && button("editor.unpublish", "unpublish", () => void this.#unpublish(), { kind: "menu-item" }),
      isOld && may.publish && button("editor.archive", "archive", () => void this.#archive(), { kind: "menu-item" }),
      draft && may.edit && button("studio.discard", "discard", () => void this.#discard(), { kind: "menu-item" }),
    ].filter((act) => act !== null && act !== false);
    const stageAct = !draft || !may.edit ? null
      : draft.publish_at !== null ? button("studio.unschedule", "unschedule", () => void this.#move("unschedule", "studio.unscheduled"))
        : draft.stage === "review" ? button("studio.send_back", "send_back", () => void this.#move("send_back", "studio.sent_back"))
          : button("studio.submit", "submit", () => void this.#move("submit", "studio.submitted"));
    const acts = status === "archived" ? [isOld && button("studio.history", "history", () => void this.#history()), button("editor.restore", "restore", () => void this.#restore(), { kind: "primary" })] : [
      more.length > 0 && h("details", { class: "menu acts-menu" }, h("summary", { class: "button" }, t("studio.more")), h("div", { class: "menu-sheet", onclick: (/** @type {Event} */ event) => { const menu = event.currentTarget instanceof HTMLElement && event.currentTarget.closest("details"); if (menu) menu.open = false; } }, more)),
      this.id === null && button("editor.save_draft", "save", () => void this.#saveNow(), { keys: "Ctrl+S", off: !changed }),
      stageAct,
      button(wasPublished ? "editor.publish_changes" : "editor.publish", "publish", () => void this.#publish(),
        { kind: "primary", keys: may.publish ? "Ctrl+Enter" : t("studio.may_not_publish"), off: !may.publish || (wasPublished && !draft && !changed) }),
    ];
    const isOpen = this.acts.querySelector("details")?.open ?? false;
    this.acts.replaceChildren(...acts.filter((act) => act !== null && act !== false));
    const details = this.acts.querySelector("details");
    if (details) details.open = isOpen;
    const again = focused && this.acts.querySelector(`[data-act="${focused}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** Shows what it would do, then does it: now or at a time. */
  async #publish() {
    if (this.#busy || this.#article?.status === "archived" || this.#article?.may?.publish === false) return;
    const fields = tidied(this.form.fields());
    const wrong = mistakes(fields, { id: this.id ?? this.form.id(), isNew: this.id === null });
    this.form.mark(new Map([...wrong].map(([field, { key, values }]) => [field, t(key, values)])));
    if (wrong.size > 0) return void toast(t("editor.fix"), { tone: "bad" });
    // A new one is kept first: its own place goes on from there.
    if (this.id === null) {
      sessionStorage.setItem(PUBLISH, this.form.id());
      if (!await this.#create()) sessionStorage.removeItem(PUBLISH);
      return;
    }
    const { id } = this;
    if (!await this.#save()) return;
    const wanted = await showPublish({ id, fields: wired(fields), why: this.#draft?.why ?? "" });
    if (!wanted || this.#gone) return;
    this.#busy = true;
    this.#refresh();
    try {
      if (wanted.at !== null) await this.#schedule(id, fields, wanted.at, wanted.why);
      else {
        const article = await api.saveArticle(id, { ...wired(fields), version: this.#version, publish: true, why: wanted.why, revision: this.#draft?.revision });
        this.#done(article, fields);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
      if (!this.#gone) this.#refresh();
    }
  }

  /** @param {string} id @param {Fields} fields @param {number} at @param {string} why */
  async #schedule(id, fields, at, why) {
    this.#round++;
    if (!this.#draft) this.#takeDraft(await api.keepArticleDraft(id, { ...wired(fields), version: this.#version, revision: 0 }));
    const { tests, ...draft } = await api.moveArticleDraft(id, { revision: this.#revision, act: "schedule", at, why });
    this.#takeDraft(draft);
    this.#lostTime = null;
    toast(t("studio.scheduled"), { tone: "good" });
    if (tests && tests.broken.length > 0) toast(t("studio.tests_broken", { n: tests.broken.length }), { tone: "bad" });
  }

  /** @param {Article} article @param {Fields} sent */
  #done(article, sent) {
    const typedMeanwhile = !sameFields(tidied(this.form.fields()), sent);
    const [question] = Object.values(article.texts).flatMap((text) => text.questions.length ? text.questions : [text.title]);
    toast(t("editor.done.published"), {
      tone: "good",
      action: question ? { label: t("editor.try"), run: () => go(hashOf("bench", undefined, { q: question })) } : undefined,
    });
    if (article.tests && article.tests.broken.length > 0) toast(t("studio.tests_broken", { n: article.tests.broken.length }), { tone: "bad" });
    const may = this.#article?.may;
    keepDraft(this.me.id, this.draftName, null);
    if (this.#gone) return;
    if (typedMeanwhile) {
      this.#article = { ...article, may };
      this.#takeDraft(null);
      this.#lostTime = null;
      this.#base = sent;
      this.#version = article.version;
      return this.#changed();
    }
    const at = this.form.place();
    this.#adopt({ ...article, draft: null, may });
    this.form.returnTo(at);
  }

  /** @param {"submit" | "send_back" | "unschedule"} act @param {string} done */
  async #move(act, done) {
    if (this.id === null || !await this.#save() || !this.#draft) return;
    this.#round++;
    try {
      this.#takeDraft(await api.moveArticleDraft(this.id, { revision: this.#draft.revision, act, why: this.#draft.why }));
      this.#lostTime = null;
      toast(t(done), { tone: "good" });
    } catch (error) {
      this.#failed(error);
    }
    this.#refresh();
  }

  async #discard() {
    if (this.id === null || !this.#draft) return;
    const fields = this.form.fields();
    const base = { version: this.#version };
    try {
      await this.#save();
      await api.dropArticleDraft(this.id, this.#draft.revision);
      keepDraft(this.me.id, this.draftName, null);
      const { id } = this;
      const isOld = this.#article !== null && this.#article.version > 0;
      toastWithUndo(t("studio.discarded"), async () => {
        try {
          await api.keepArticleDraft(id, { ...wired(tidied(fields)), version: base.version, revision: 0 });
          if (this.#gone) go(hashOf("knowledge", id));
          else await this.#load();
        } catch (error) {
          toastError(error);
        }
      });
      this.#base = tidied(fields);
      if (!isOld) return go(hashOf("knowledge"));
      await this.#load();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #history() {
    if (this.id === null || !this.#article) return;
    const article = await showHistory({ id: this.id, version: this.#article.version, mayRollBack: this.#article.may?.publish !== false && this.#article.status !== "archived" });
    if (!article || this.#gone) return;
    toast(t("studio.rolled_back"), { tone: "good" });
    await this.#load();
  }

  /** Takes it off the shelf as it is published; a draft of it stays. */
  async #unpublish() {
    if (this.id === null || !this.#article) return;
    try {
      const article = await api.saveArticle(this.id, { ...wired(fieldsOf(this.#article)), version: this.#article.version, publish: false });
      // The text is the same: the draft starts from this version as well.
      if (await this.#save() && this.#draft) await api.keepArticleDraft(this.id, { ...wired(fieldsOf(this.#draft)), version: article.version, revision: this.#draft.revision });
      toast(t("editor.done.draft"), { tone: "good" });
      await this.#load();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof ApiError) || error.status === 401 || error.status === 0) return toastError(error);
    const draft = /** @type {ServerDraft | undefined} */ (error.body?.current_draft);
    if (error.status === 409 && draft) return void this.#mergeWith(draft);
    const current = /** @type {Article | undefined} */ (error.body?.current);
    if (error.status === 409 && current) return sameFields(tidied(fieldsOf(current)), tidied(this.#base)) ? this.#goOnFrom(current) : void this.#mergeArticle(current);
    // What is no more was published or discarded elsewhere.
    if (error.status === 404) void this.#look();
    if (error.code === "tests_broken") return void toast(t("studio.refused"), { tone: "bad" });
    /** @type {{field: string, message: string}[]} named as `valid_until`, `texts.en.title`, … */
    const problems = error.body?.problems ?? [];
    if (problems.length > 0) {
      this.form.mark(new Map(problems.map(({ field, message }) => [fieldOf(field), message])));
      return void toast(t("editor.fix"), { tone: "bad" });
    }
    toast(t("editor.failed", { message: errorText(error) }), { tone: "bad", small: errorCode(error) });
  }

  /** A draft or an article that went on without us. @param {Article | ServerDraft} current */
  #mergeWith(current) {
    return "revision" in current
      ? this.#merge(current, this.#base, t("studio.conflict_lead", { who: current.updated_by, when: moment(current.updated_at) }))
      : this.#mergeArticle(current);
  }

  /** A newer version of the article under our draft. @param {Article} current */
  async #mergeArticle(current) {
    this.#takeDraft(this.#draft);
    const base = await this.#begunWith();
    if (!this.#gone) await this.#merge(current, base, undefined);
  }

  /** The version that ours began with; null where nobody can say: then nothing is taken over unseen. @returns {Promise<Fields | null>} */
  async #begunWith() {
    if (this.#version === 0 || this.id === null) return emptyFields();
    if (this.#article?.version === this.#version) return fieldsOf(this.#article);
    try {
      return fieldsOf(await api.articleVersion(this.id, this.#version));
    } catch {
      return null;
    }
  }

  /** Their state beside mine. @param {Article | ServerDraft} current @param {Fields | null} base @param {string | undefined} lead */
  async #merge(current, base, lead) {
    clearTimeout(this.#timer);
    const mine = tidied(this.form.fields());
    const chosen = await showConflict({ base, mine, current: /** @type {Article} */ (current), me: this.me, publish: null, lead });
    if (this.#gone) return;
    this.#isHeld = chosen === null;
    if (!chosen) {
      this.banners.replaceChildren();
      return void this.#tellNewer(current);
    }
    const isDraft = "revision" in current;
    if (isDraft) {
      this.#takeDraft(current);
      this.#base = fieldsOf(current);
    } else {
      const may = this.#article?.may;
      this.#article = { ...current, may, draft: this.#draft };
    }
    this.#version = current.version;
    this.form.set(chosen.fields, this.id ?? current.id);
    this.banners.replaceChildren();
    // The draft is saved on top of theirs, even where it says the same: it starts from another version now.
    if (!isDraft) await this.#rebase(chosen.fields);
    this.#changed();
    toast(t("conflict.applied"));
  }

  /** @param {Fields} fields */
  async #rebase(fields) {
    if (this.id === null) return;
    try {
      this.#takeDraft(await api.keepArticleDraft(this.id, { ...wired(tidied(fields)), version: this.#version, revision: this.#revision }));
      this.#base = tidied(fields);
    } catch (error) {
      if (!this.#overtaken(error)) toastError(error);
    }
  }

  async #archive() {
    if (!this.#article) return;
    const { id } = this.#article;
    const wasPublished = this.#article.status === "published";
    const why = await askWhy({ title: t("studio.archive_title"), act: t("editor.archive") });
    if (why === null || !this.#article) return;
    try {
      await api.archiveArticle(id, this.#article.version, why);
      toastWithUndo(t("editor.done.archived"), async () => {
        try {
          // Restoring brings back a draft; undoing brings back what was.
          const restored = await api.restoreArticle(id, t("toast.undo"));
          if (wasPublished) await api.saveArticle(id, { ...wired(fieldsOf(restored)), version: restored.version, publish: true });
          toast(t("editor.done.restored"), { tone: "good" });
          if (!this.#gone) this.#load();
        } catch (error) {
          toastError(error);
        }
      });
      await this.#load();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #restore() {
    const why = await askWhy({ title: t("studio.restore_title"), act: t("editor.restore") });
    if (why === null || !this.#article) return;
    try {
      await api.restoreArticle(this.#article.id, why);
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
