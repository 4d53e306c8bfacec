// Where an agent writes: a reply the shopper reads or a note only colleagues read, told apart at a glance.
// The draft of each conversation and mode survives reload, sign-out and a closed tab.

import { h } from "/common/dom.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { icon } from "../icons.js";
import { PhrasePicker } from "../phrases/picker.js";
import { gapIn, valuesOf } from "../phrases/pick.js";
import { t, tOr, waitText } from "../words.js";
import { Attached } from "./attached.js";
import { Coach } from "./coach.js";
import { Collision } from "./collision.js";
import { CompanyBar } from "./company_bar.js";
import { Unfilled } from "./unfilled.js";
import { namedIn } from "./mention_pick.js";
import { MentionPicker } from "./mention_picker.js";
import { promiseBar } from "./promise_bar.js";
import { Suggestions } from "./suggestions.js";
import { previewText } from "./words.js";
import { writtenSince } from "./written.js";

/** @typedef {"reply" | "note"} Mode */
/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("/common/outbox.js").Outgoing} Outgoing */

/** Longest message the server takes, in characters. */
const MAX_CHARS = 4_000;
const TOUCH = matchMedia("(pointer: coarse)");
const TYPING_EVERY_MS = 3_000;
const TYPING_ENDS_MS = 5_000;

export class Composer {
  /** @type {Mode} */ #mode = "reply";
  /** Sent already, as soon as the files are up. */ #goesWhenReady = false;
  #typingSince = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #typingTimer = undefined;
  #blockedSign = "";
  #asking = false;
  #promiseSign = "";
  /** The shopper's last words that the coach knows of. */ #heard = 0;

  /**
   * @param {Desk} desk
   * @param {string} conv
   * @param {{ontake: () => void, shop: string, files: import("/common/files.js").Files}} on
   */
  constructor(desk, conv, { ontake, shop, files }) {
    this.desk = desk;
    this.conv = conv;
    this.modes = h("div", { class: "modes", role: "radiogroup", "aria-label": t("composer.mode") }, this.#modeButton("reply", "r"), this.#modeButton("note", "n"));
    this.field = h("textarea", {
      class: "composer-field", rows: 2, dir: "auto",
      oninput: () => this.#typed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyDown(event),
      onclick: () => { this.picker.update(); this.mentions.update(this.#mode === "note"); },
      onblur: () => { this.#endTyping(); this.picker.close(); this.mentions.close(); },
    });
    const langOf = () => desk.rows.get(conv)?.lang ?? "zh-Hant";
    this.picker = new PhrasePicker(this.field, {
      lang: langOf, values: () => valuesOf(desk.rows.get(conv), desk.items(conv), { agent: desk.me.name, shop }), onchange: () => this.#typed(),
    });
    this.colleagues = () => desk.seats.all().map(({ agent }) => agent).filter(({ id }) => id !== desk.me.id);
    this.mentions = new MentionPicker(this.field, { staff: this.colleagues, onchange: () => this.#typed() });
    this.suggestions = new Suggestions(conv, { oninsert: (offer) => this.#insert(offer) });
    this.promise = h("div", { class: "promise-place" });
    this.hint = h("p", { class: "composer-hint", id: "composer-hint" });
    this.field.setAttribute("aria-describedby", "composer-hint");
    this.sendButton = h("button", { type: "button", class: "button primary", onclick: () => this.#send() });
    this.blocked = h("div", { class: "blocked" });
    this.takeButton = h("button", { type: "button", class: "button", "data-act": "take", onclick: ontake }, t("act.take"), h("kbd", { "aria-hidden": "true" }, "t"));
    this.tray = h("div", { class: "unsent", role: "alert" });
    this.coach = new Coach(conv, { onuse: (better) => this.#use(better), onsend: () => this.#send() });
    this.company = new CompanyBar(desk.company, conv);
    this.unfilled = new Unfilled({ onsend: () => this.#send() });
    this.collision = new Collision({ onsend: () => this.#send() });
    this.attached = new Attached(desk, conv, { files, field: this.field, onchange: () => this.#filesChanged() });
    this.writing = h("div", { class: "composer-writing" }, this.unfilled.element, this.collision.element, this.coach.element, this.suggestions.element, this.picker.element, this.mentions.element, this.attached.element, this.field,
      h("div", { class: "composer-foot" }, this.attached.button, this.attached.chooser, this.hint, this.sendButton));
    this.element = h("div", { class: "composer" }, this.promise, this.company.element, this.tray, this.modes, this.blocked, this.writing);
    this.#mode = loadDraft(desk.me.id, `mode:${conv}`) === "note" ? "note" : "reply";
    this.#load();
    this.update();
  }

  dispose() {
    this.#endTyping();
    clearTimeout(this.#typingTimer);
    this.desk.company.rest();
    this.coach.dispose();
    this.attached.dispose();
  }

  /** Files that are dropped on this, or pasted, go with the reply. @param {HTMLElement} place */
  receive(place) {
    this.attached.receive(place, () => (this.#mode === "note" ? t("file.not_in_notes") : this.writing.hidden ? this.#whyBlocked() : null));
  }

  #whyBlocked() {
    const row = this.desk.rows.get(this.conv);
    return row ? t(`composer.why.${row.status}`, { name: row.assignee?.name ?? "" }) : t("desk.loading");
  }

  get mode() {
    return this.#mode;
  }

  /** @param {Mode} mode */
  write(mode) {
    this.#mode = mode;
    this.coach.clear();
    this.unfilled.clear();
    this.collision.clear();
    this.desk.company.rest();
    keepDraft(this.desk.me.id, `mode:${this.conv}`, mode === "note" ? mode : null);
    this.#load();
    this.update();
    if (!this.writing.hidden) {
      this.field.focus();
      this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    }
  }

  /** Brings words, rights and the unsent tray in step with the conversation. */
  update() {
    const heard = this.desk.items(this.conv).findLast((item) => item.kind === "message" && item.author.role === "shopper")?.seq ?? 0;
    if (heard !== this.#heard) this.coach.forget();
    this.#heard = heard;
    const answered = this.desk.items(this.conv).findLast((item) => item.kind === "message" && item.author.role === "agent")?.seq ?? 0;
    this.suggestions.update(this.desk.isMine(this.conv) && this.#mode === "reply" && heard > answered ? heard : 0);
    this.#updatePromise();
    this.company.update();
    const row = this.desk.rows.get(this.conv);
    const isMine = this.desk.isMine(this.conv);
    const mayWrite = this.#mode === "note" || isMine;
    for (const button of this.modes.children) button.setAttribute("aria-checked", String(button.getAttribute("data-mode") === this.#mode));
    this.element.dataset.mode = this.#mode;
    this.writing.hidden = !mayWrite;
    this.blocked.hidden = mayWrite;
    const draft = mayWrite ? "" : this.field.value.trim();
    const sign = `${row?.status} ${row?.assignee?.name} ${draft}`;
    if (!mayWrite && sign !== this.#blockedSign) {
      this.#blockedSign = sign;
      this.blocked.replaceChildren(h("p", {}, this.#whyBlocked()));
      if (row?.status === "queued" || row?.status === "bot") this.blocked.append(this.takeButton);
      if (draft) this.blocked.append(this.#keptDraft(draft));
    }
    const placeholder = t(`composer.${this.#mode}_placeholder`);
    this.attached.staged.root.classList.toggle("elsewhere", this.#mode === "note");
    this.attached.button.classList.toggle("elsewhere", this.#mode === "note");
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", placeholder);
    this.sendButton.replaceChildren(icon(this.#mode === "note" ? "lock" : "send"), t(`composer.send_${this.#mode}`));
    this.#updateHint();
    this.#updateTray();
  }

  /** @param {import("./suggestions.js").Offer} offer */
  #insert(offer) {
    if (this.#mode !== "reply") this.write("reply");
    if (offer.phrase) return this.picker.insert(offer.phrase);
    this.field.focus();
    this.field.setRangeText(offer.text ?? "", this.field.selectionStart, this.field.selectionEnd, "end");
    this.#typed();
  }

  #updatePromise() {
    const bar = promiseBar(this.desk.promises, this.conv);
    const sign = bar?.textContent ?? "";
    if (sign === this.#promiseSign) return;
    this.#promiseSign = sign;
    this.promise.replaceChildren(...(bar ? [bar] : []));
  }

  /** @param {Mode} mode @param {string} key */
  #modeButton(mode, key) {
    return h("button", { type: "button", role: "radio", class: "mode", "data-mode": mode, "aria-keyshortcuts": key, onclick: () => this.write(mode) },
      mode === "note" && icon("lock"), t(`act.${mode}`), h("kbd", { "aria-hidden": "true" }, key));
  }

  #load() {
    this.field.value = /** @type {string | null} */ (loadDraft(this.desk.me.id, `${this.#mode}:${this.conv}`)) ?? "";
    this.#grow();
  }

  /** What was being written when the conversation changed hands. @param {string} draft */
  #keptDraft(draft) {
    const asNote = () => {
      this.desk.say(this.conv, { do: "note", text: draft });
      this.field.value = "";
      this.#keep();
      this.update();
    };
    return h("div", { class: "kept-draft" }, h("p", { class: "quiet" }, t("draft.kept")), h("p", { class: "unsent-text" }, draft),
      h("button", { type: "button", class: "button small", onclick: asNote }, t("draft.as_note")));
  }

  /** Where the log stood when this draft was begun; kept with it. */
  #beginDraft() {
    const place = `begun:${this.conv}`;
    if (!this.field.value) keepDraft(this.desk.me.id, place, null);
    else if (loadDraft(this.desk.me.id, place) === null) keepDraft(this.desk.me.id, place, this.desk.items(this.conv).at(-1)?.seq ?? 0);
  }

  #keep() {
    if (this.#mode === "reply") this.#beginDraft();
    return keepDraft(this.desk.me.id, `${this.#mode}:${this.conv}`, this.field.value);
  }

  #typed() {
    this.#keep();
    this.#grow();
    this.#updateHint();
    this.unfilled.typed(this.field.value);
    this.picker.update();
    this.mentions.update(this.#mode === "note");
    if (this.field.value) this.desk.company.write(this.#mode === "note" ? "noting" : "replying");
    else this.desk.company.rest();
    if (this.#mode === "reply" && this.field.value) this.#saysTyping();
    else this.#endTyping();
    if (this.#mode === "reply") this.coach.typed(this.field.value.trim());
  }

  /** In the place of what was written; it may still be changed. @param {string} text */
  #use(text) {
    this.field.value = text;
    this.coach.clear();
    this.#typed();
    this.field.focus();
    // What is left to fill in is selected.
    const gap = gapIn(text) ?? { at: text.length, length: 0 };
    this.field.setSelectionRange(gap.at, gap.at + gap.length);
  }

  /** As tall as its text, within the limits of the stylesheet. */
  #grow() {
    this.field.style.setProperty("height", "auto");
    if (this.field.scrollHeight > 0) this.field.style.setProperty("height", `${this.field.scrollHeight + 2}px`);
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    // Enter that ends the choice of a Chinese word must not send.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.mentions.takes(event) || this.picker.takes(event)) return;
    const number = event.altKey && !event.ctrlKey && !event.metaKey ? Number(event.code.match(/^Digit([1-9])$/u)?.[1] ?? 0) : 0;
    if (number > 0 && this.suggestions.insert(number)) return void event.preventDefault();
    // On a phone's keyboard Enter is the only way to a new line; the button sends.
    const sends = event.ctrlKey || event.metaKey || !TOUCH.matches;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && sends) {
      event.preventDefault();
      void this.#send();
    } else if (event.key === "Enter" && event.altKey && this.coach.better() !== null) {
      event.preventDefault();
      this.#use(this.coach.better() ?? "");
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.field.blur();
    }
  }

  /** Files go with replies: a note is about what is there. */
  get #files() {
    return this.#mode === "reply" ? this.attached.staged : null;
  }

  #filesChanged() {
    if (this.#files?.hasFailed) this.#goesWhenReady = false;
    if (this.#goesWhenReady && !this.#files?.isBusy) void this.#send();
    else this.#updateHint();
  }

  async #send() {
    const text = this.field.value.trim();
    const staged = this.#files;
    // What failed is tried again or taken out first: nobody should believe that it went.
    if (staged?.hasFailed) return;
    this.#goesWhenReady = staged?.isBusy ?? false;
    if (this.#goesWhenReady) return staged?.tell(t("file.goes_when_ready"));
    if (this.#asking || !(text || staged?.count) || [...text].length > MAX_CHARS || this.writing.hidden) return;
    const mode = this.#mode;
    if (mode === "reply" && !this.unfilled.allows(text, this.field)) return;
    if (mode === "reply" && !this.collision.allows(this.#writtenByOthers())) return;
    const despite = mode === "reply" && text ? this.coach.saidOf(text) : null;
    if (mode === "reply" && text && despite === null) {
      this.#asking = true;
      const mayGo = await this.coach.allows(text);
      this.#asking = false;
      // Who goes on writing meanwhile, or turns to something else, has not sent this.
      if (!mayGo || this.field.value.trim() !== text || this.#mode !== mode || !this.element.isConnected) return;
    }
    const epoch = this.desk.rows.get(this.conv)?.epoch ?? 0;
    const mentions = mode === "note" ? namedIn(text, this.colleagues()) : [];
    const files = staged?.ready.map(({ id }) => id) ?? [];
    this.desk.say(this.conv, mode === "note" ? { do: "note", text, ...(mentions.length > 0 && { mentions }) } : { do: "message", text, epoch, ...(files.length > 0 && { files }), ...(despite && { despite }) });
    this.coach.clear();
    this.unfilled.clear();
    this.desk.company.rest();
    staged?.clear();
    this.field.value = "";
    this.#keep();
    this.#grow();
    this.#endTyping();
    // A note is an aside; what comes next is a reply.
    if (this.#mode === "note" && this.desk.isMine(this.conv)) this.write("reply");
    else this.#updateHint();
    this.field.focus();
  }

  /** Since this reply was begun. */
  #writtenByOthers() {
    const begun = loadDraft(this.desk.me.id, `begun:${this.conv}`);
    return writtenSince(this.desk.items(this.conv), Number(begun ?? Infinity), this.desk.me.id);
  }

  #updateHint() {
    const count = [...this.field.value.trim()].length;
    const over = count - MAX_CHARS;
    this.hint.classList.toggle("wrong", over > 0);
    this.hint.textContent = over > 0 ? t("composer.too_long", { max: MAX_CHARS, over })
      : this.#mode === "note" ? t("log.private") : TOUCH.matches ? (count > 0 ? t("composer.draft_kept") : "")
      : t(count > 0 ? "composer.hint_draft" : "composer.hint");
    this.sendButton.disabled = (count === 0 && !this.#files?.count) || over > 0;
  }

  #saysTyping() {
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => this.#endTyping(), TYPING_ENDS_MS);
    if (Date.now() - this.#typingSince < TYPING_EVERY_MS || !this.desk.isMine(this.conv)) return;
    this.#typingSince = Date.now();
    this.desk.typing(this.conv, true);
  }

  #endTyping() {
    clearTimeout(this.#typingTimer);
    if (this.#typingSince === 0) return;
    this.#typingSince = 0;
    this.desk.typing(this.conv, false);
  }

  /** What was not accepted stays in sight, right where it was written, until the agent decides. */
  #updateTray() {
    const stuck = this.desk.unsent(this.conv).filter((message) => message.state === "failed" || (message.body.do === "note" && !this.desk.isOnline));
    this.tray.hidden = stuck.length === 0;
    this.tray.replaceChildren(...stuck.map((message) => this.#stuck(message)));
  }

  /** @param {Outgoing} message */
  #stuck(message) {
    const { body } = message;
    const text = "text" in body ? body.text : "";
    const failed = message.state === "failed";
    const discard = () => this.desk.outbox.discard(message.cid);
    const edit = () => {
      const mode = body.do === "note" ? "note" : "reply";
      discard();
      this.write(mode);
      this.field.value = this.field.value ? `${this.field.value}\n${text}` : text;
      this.#typed();
    };
    const asNote = () => {
      discard();
      this.desk.say(this.conv, { do: "note", text });
    };
    const mayRetry = failed && (body.do === "note" || this.desk.isMine(this.conv));
    return h("div", { class: "unsent-one" },
      h("p", { class: failed ? "unsent-why" : "unsent-why waits" }, icon(failed ? "warn" : "queued"), failed ? refusalText(this.desk.refusalOf(message), true) : t("send.waiting")),
      h("p", { class: "unsent-text" }, previewText(text, "files" in body ? body.files?.length : 0)),
      failed && h("div", { class: "unsent-acts" },
        mayRetry && h("button", { type: "button", class: "button small", onclick: () => this.desk.sayAgain(message) }, t("send.retry")),
        h("button", { type: "button", class: "button small", onclick: edit }, t("send.edit")),
        body.do === "message" && h("button", { type: "button", class: "button small", onclick: asNote }, t("send.as_note")),
        h("button", { type: "button", class: "button small quiet-button", onclick: discard }, t("send.discard"))));
  }
}

/**
 * A refusal in the agent's words.
 * @param {import("./model.js").Refusal} refusal
 * @param {boolean} isText something written was refused, not an action
 */
export function refusalText({ code, message, who, retry_after_ms: retryAfterMs }, isText) {
  const name = typeof who === "string" ? who : who?.name;
  if (code === "taken") return name ? t("refused.taken", { name }) : t("refused.taken_by_other");
  if (code === "stale") return t(isText ? "refused.stale" : "refused.stale_action");
  if (code === "rate_limited") return retryAfterMs ? t("refused.rate_limited", { wait: waitText(retryAfterMs) }) : t("refused.rate_limited_soon");
  return tOr(`refused.${code}`, t("refused.other", { message: message || code }));
}
