// Where an agent writes: a reply the shopper reads or a note only colleagues read, told apart at a glance.
// The draft of each conversation and mode survives reload, sign-out and a closed tab.

import { h } from "/common/dom.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { icon } from "../icons.js";
import { t, tOr, waitText } from "../words.js";

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
  #typingSince = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #typingTimer = undefined;
  #blockedSign = "";

  /**
   * @param {Desk} desk
   * @param {string} conv
   * @param {{ontake: () => void}} on
   */
  constructor(desk, conv, { ontake }) {
    this.desk = desk;
    this.conv = conv;
    this.modes = h("div", { class: "modes", role: "radiogroup", "aria-label": t("composer.mode") }, this.#modeButton("reply", "r"), this.#modeButton("note", "n"));
    this.field = h("textarea", {
      class: "composer-field", rows: 2, dir: "auto",
      oninput: () => this.#typed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keyDown(event),
      onblur: () => this.#endTyping(),
    });
    this.hint = h("p", { class: "composer-hint", id: "composer-hint" });
    this.field.setAttribute("aria-describedby", "composer-hint");
    this.sendButton = h("button", { type: "button", class: "button primary", onclick: () => this.#send() });
    this.blocked = h("div", { class: "blocked" });
    this.takeButton = h("button", { type: "button", class: "button", "data-act": "take", onclick: ontake }, t("act.take"), h("kbd", { "aria-hidden": "true" }, "t"));
    this.tray = h("div", { class: "unsent", role: "alert" });
    this.writing = h("div", { class: "composer-writing" }, this.field, h("div", { class: "composer-foot" }, this.hint, this.sendButton));
    this.element = h("div", { class: "composer" }, this.tray, this.modes, this.blocked, this.writing);
    this.#mode = loadDraft(desk.me.id, `mode:${conv}`) === "note" ? "note" : "reply";
    this.#load();
    this.update();
  }

  dispose() {
    this.#endTyping();
    clearTimeout(this.#typingTimer);
  }

  get mode() {
    return this.#mode;
  }

  /** @param {Mode} mode */
  write(mode) {
    this.#mode = mode;
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
    const row = this.desk.rows.get(this.conv);
    const isMine = this.desk.isMine(this.conv);
    const mayWrite = this.#mode === "note" || isMine;
    for (const button of this.modes.children) button.setAttribute("aria-checked", String(button.getAttribute("data-mode") === this.#mode));
    this.element.dataset.mode = this.#mode;
    this.writing.hidden = !mayWrite;
    this.blocked.hidden = mayWrite;
    const sign = `${row?.status} ${row?.assignee?.name}`;
    if (!mayWrite && sign !== this.#blockedSign) {
      this.#blockedSign = sign;
      const why = row ? t(`composer.why.${row.status}`, { name: row.assignee?.name ?? "" }) : t("desk.loading");
      this.blocked.replaceChildren(h("p", {}, why));
      if (row?.status === "queued" || row?.status === "bot") this.blocked.append(this.takeButton);
    }
    const placeholder = t(`composer.${this.#mode}_placeholder`);
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", placeholder);
    this.sendButton.replaceChildren(icon(this.#mode === "note" ? "lock" : "send"), t(`composer.send_${this.#mode}`));
    this.#updateHint();
    this.#updateTray();
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

  #keep() {
    return keepDraft(this.desk.me.id, `${this.#mode}:${this.conv}`, this.field.value);
  }

  #typed() {
    this.#keep();
    this.#grow();
    this.#updateHint();
    if (this.#mode === "reply" && this.field.value) this.#saysTyping();
    else this.#endTyping();
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
    // On a phone's keyboard Enter is the only way to a new line; the button sends.
    const sends = event.ctrlKey || event.metaKey || !TOUCH.matches;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && sends) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.field.blur();
    }
  }

  #send() {
    const text = this.field.value.trim();
    if (!text || [...text].length > MAX_CHARS || this.writing.hidden) return;
    const epoch = this.desk.rows.get(this.conv)?.epoch ?? 0;
    this.desk.say(this.conv, this.#mode === "note" ? { do: "note", text } : { do: "message", text, epoch });
    this.field.value = "";
    this.#keep();
    this.#grow();
    this.#endTyping();
    // A note is an aside; what comes next is a reply.
    if (this.#mode === "note" && this.desk.isMine(this.conv)) this.write("reply");
    else this.#updateHint();
    this.field.focus();
  }

  #updateHint() {
    const count = [...this.field.value.trim()].length;
    const over = count - MAX_CHARS;
    this.hint.classList.toggle("wrong", over > 0);
    this.hint.textContent = over > 0 ? t("composer.too_long", { max: MAX_CHARS, over })
      : this.#mode === "note" ? t("log.private") : TOUCH.matches ? (count > 0 ? t("composer.draft_kept") : "")
      : t(count > 0 ? "composer.hint_draft" : "composer.hint");
    this.sendButton.disabled = count === 0 || over > 0;
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
      h("p", { class: "unsent-text" }, text),
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
