// The middle pane: head with what can be done now, the brief until somebody has answered, the transcript, the
// composer.

import { h } from "/common/dom.js";
import { exact } from "/common/time.js";
import { Transcript } from "/common/transcript.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { toast } from "../toast.js";
import { currentWords, lang, t, waitText } from "../words.js";
import { briefOf, isAnswered, lastHandoff } from "./brief.js";
import { Composer, refusalText } from "./composer.js";
import { lineOf } from "./side.js";
import { nameOf } from "./words.js";

/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("../types.d.ts").SendBody} SendBody */

const NEAR_PX = 60;

export class ConversationPane {
  /** @type {boolean | null} the agent's own choice; null: open until somebody answered */ #briefOpen = null;
  #briefSign = "";
  #headSign = "";
  #stick = true;
  #acting = false;
  /** @type {string} */ #typingText = "";

  /**
   * @param {Desk} desk
   * @param {string} conv
   * @param {{onside: () => void, shop: string}} options
   */
  constructor(desk, conv, { onside, shop }) {
    this.desk = desk;
    this.conv = conv;
    this.onside = onside;
    this.head = h("header", { class: "conv-head" });
    this.brief = h("div", { class: "brief-place" });
    this.edge = h("div", { class: "log-edge" });
    this.log = h("div", { class: "transcript", role: "log", "aria-label": t("log.label"), "aria-live": "polite" });
    this.typing = h("p", { class: "typing", role: "status" });
    this.scroller = h("div", { class: "scroller log-scroller", tabindex: "0", onscroll: () => this.#scrolled() },
      h("div", { class: "log-column" }, this.edge, this.log, this.typing));
    this.below = h("button", { type: "button", class: "button small new-below", onclick: () => this.#toEnd() }, icon("down"), t("log.new_below"));
    this.below.hidden = true;
    this.composer = new Composer(desk, conv, { ontake: () => this.take() });
    this.element = h("section", { class: "pane desk-conversation", "aria-label": t("desk.conversation") },
      this.head, this.brief, h("div", { class: "log-place" }, this.scroller, this.below), this.composer.element);
    this.transcript = new Transcript(this.log, { perspective: "agent", words: currentWords(), shop, system: lineOf });

    this.onlog = (/** @type {Event} */ event) => event instanceof CustomEvent && event.detail === this.conv && this.#later();
    this.onchange = () => this.#later();
    desk.addEventListener("log", this.onlog);
    for (const name of ["rows", "outbox", "link"]) desk.addEventListener(name, this.onchange);
    document.addEventListener("visibilitychange", this.onchange);
    addEventListener("focus", this.onchange);
    this.timer = setInterval(() => this.#updateHead(), 15_000);
    desk.view(conv);
    this.update();
  }

  dispose() {
    this.desk.removeEventListener("log", this.onlog);
    for (const name of ["rows", "outbox", "link"]) this.desk.removeEventListener(name, this.onchange);
    document.removeEventListener("visibilitychange", this.onchange);
    removeEventListener("focus", this.onchange);
    clearInterval(this.timer);
    this.composer.dispose();
    this.desk.view(null);
  }

  #queued = false;
  /** Several frames at once are one drawing. */
  #later() {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      if (this.element.isConnected) this.update();
    });
  }

  update() {
    this.#updateHead();
    this.#updateBrief();
    this.composer.update();
    this.#updateLog();
  }

  take() {
    // Who pressed the button goes on writing; who pressed `t` goes on with keys, and an `r` must not land in a reply.
    const pressed = document.activeElement instanceof HTMLElement && document.activeElement.dataset.act === "take";
    return this.#act({ do: "take" }, () => {
      toast(t("done.took"), { tone: "good" });
      if (pressed) this.composer.write("reply");
    });
  }

  handBack() {
    this.#leave("hand_back");
  }

  release() {
    this.#leave("release");
  }

  resolve() {
    this.#leave("resolve");
  }

  /** Undoes a planned hand-back or resolution. */
  stay() {
    if (!this.desk.leaving(this.conv)) return false;
    this.desk.stay(this.conv, "undo");
    return true;
  }

  toggleBrief() {
    const handoff = lastHandoff(this.desk.items(this.conv));
    if (!handoff) return false;
    this.#briefOpen = !this.#isBriefOpen(handoff);
    this.#updateBrief();
    return true;
  }

  /** @param {import("../types.d.ts").HandoffItem} handoff */
  #isBriefOpen(handoff) {
    return this.#briefOpen ?? !isAnswered(this.desk.items(this.conv), handoff);
  }

  /** @param {"hand_back" | "release" | "resolve"} deed */
  #leave(deed) {
    const { desk, conv } = this;
    if (!desk.isMine(conv)) return void toast(t("refused.not_yours"));
    if (!desk.isOnline) return void toast(t("refused.offline"), { tone: "bad" });
    desk.leaveSoon(conv, deed);
  }

  /** @param {SendBody} body @param {() => void} done */
  async #act(body, done) {
    if (this.#acting) return;
    this.#acting = true;
    const refusal = await this.desk.act(this.conv, body);
    this.#acting = false;
    if (refusal) toast(refusalText(refusal, false), { tone: "bad" });
    else done();
    if (this.element.isConnected) this.update();
  }

  #updateHead() {
    const row = this.desk.rows.get(this.conv);
    const isMine = this.desk.isMine(this.conv);
    const wait = row?.status === "queued" && row.queued_at ? t("desk.waiting_since", { wait: waitText(this.desk.now() - row.queued_at) }) : "";
    const leaving = this.desk.leaving(this.conv);
    const sign = JSON.stringify([row?.status, row?.who, row?.assignee, isMine, wait, leaving]);
    if (sign === this.#headSign) return;
    this.#headSign = sign;
    const focusedAct = document.activeElement instanceof HTMLElement && this.head.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
    const status = !row ? t("desk.loading")
      : leaving ? t(`leaving.${leaving}`)
      : row.status === "assigned" ? (isMine ? t("desk.held_by_me") : t("desk.held_by", { name: row.assignee?.name ?? "" }))
      : t(`status.${row.status}`);
    this.head.replaceChildren(
      h("a", { class: "icon-button conv-back", href: hashOf("desk"), "aria-label": t("desk.back") }, icon("previous")),
      h("div", { class: "conv-who" },
        h("h2", {}, row ? nameOf(row) : ""),
        h("p", { class: `conv-status is-${row?.status ?? "bot"}`, title: wait && row?.queued_at ? t("desk.waiting_exact", { time: exact(row.queued_at, lang()) }) : null },
          icon(row?.status ?? "bot"), wait || status)),
      h("div", { class: "conv-acts" },
        row && !isMine && (row.status === "queued" || row.status === "bot") && this.#button("take", "t", () => this.take(), "primary"),
        leaving && h("button", { type: "button", class: "button primary", "aria-keyshortcuts": "z", onclick: () => this.stay() }, t("toast.undo"), h("kbd", { "aria-hidden": "true" }, "z")),
        isMine && !leaving && this.#button("hand_back", "b", () => this.handBack()),
        isMine && !leaving && this.#button("release", "q", () => this.release()),
        isMine && !leaving && this.#button("resolve", "e", () => this.resolve()),
        h("button", { type: "button", class: "icon-button side-toggle", "aria-label": t("act.details"), title: `${t("act.details")} (i)`, "aria-keyshortcuts": "i", onclick: this.onside }, icon("side"))));
    if (focusedAct) this.head.querySelector("button")?.focus();
  }

  /** @param {"take" | "hand_back" | "release" | "resolve"} name @param {string} key @param {() => void} run @param {string} [kind] */
  #button(name, key, run, kind = "") {
    return h("button", { type: "button", class: `button ${kind}`, "data-act": name, "aria-keyshortcuts": key, onclick: run },
      icon(name === "resolve" ? "done" : name === "take" ? "assigned" : name === "release" ? "queued" : name), h("span", { class: "button-text" }, t(`act.${name}`)), h("kbd", { "aria-hidden": "true" }, key));
  }

  #updateBrief() {
    const handoff = lastHandoff(this.desk.items(this.conv));
    const open = handoff !== null && this.#isBriefOpen(handoff);
    const sign = handoff ? `${handoff.seq} ${open}` : "";
    if (sign === this.#briefSign) return;
    this.#briefSign = sign;
    const hadFocus = this.brief.contains(document.activeElement);
    const spoken = this.desk.rows.get(this.conv)?.lang ?? lang();
    const drawn = handoff && briefOf(handoff, { open, spoken, ontoggle: () => this.toggleBrief() });
    this.brief.replaceChildren(...(drawn ? [drawn] : []));
    if (hadFocus) this.brief.querySelector("button")?.focus();
  }

  #updateLog() {
    const log = this.desk.log(this.conv);
    if (!log) {
      this.edge.textContent = t("desk.loading");
      return;
    }
    const before = { height: this.scroller.scrollHeight, top: this.scroller.scrollTop, first: this.#firstSeq };
    const items = this.desk.items(this.conv);
    const pending = this.desk.unsent(this.conv).flatMap(({ cid, body, at, state }) =>
      state === "waiting" && body.do === "message" ? [{ cid, text: body.text, at, state }] : []);
    this.transcript.update({ items, pending, seen: log.seen, offline: !this.desk.isOnline });
    this.#markNotes();
    this.#updateEdge();
    this.#updateTyping(log.typing);
    this.#firstSeq = items[0]?.seq ?? 0;
    const grewAbove = before.first !== 0 && this.#firstSeq < before.first;
    if (grewAbove) this.scroller.scrollTop = before.top + this.scroller.scrollHeight - before.height;
    else if (this.#stick) this.#toEnd();
    else if (this.#lastSeq !== 0 && (items.at(-1)?.seq ?? 0) > this.#lastSeq) this.below.hidden = false;
    this.#lastSeq = items.at(-1)?.seq ?? 0;
    this.#maybeSeen();
    // Too short to scroll, but there is more: fetch it, or the scroll that would ask for it never comes.
    if (!this.desk.earlier(this.conv).failed) this.#loadIfAtTop();
  }
  #firstSeq = 0;
  #lastSeq = 0;

  /** A note says in words that it is private: colour and border alone could be missed. */
  #markNotes() {
    for (const note of this.log.querySelectorAll(".message[data-kind=note]:not(:has(.note-mark))")) {
      note.querySelector(".said")?.prepend(h("p", { class: "note-mark" }, icon("lock"), t("log.note")));
    }
  }

  #updateEdge() {
    const earlier = this.desk.earlier(this.conv);
    if (earlier.all) this.edge.replaceChildren(h("p", { class: "day" }, t("log.beginning")));
    else if (earlier.loading) this.edge.replaceChildren(h("p", { class: "day" }, t("log.loading_earlier")));
    else this.edge.replaceChildren(h("button", { type: "button", class: "button small", onclick: () => this.desk.loadEarlier(this.conv) }, earlier.failed ? icon("warn") : null, t("log.earlier")));
  }

  /** @param {import("/common/log.js").Log["typing"]} typing */
  #updateTyping(typing) {
    const text = !typing || (typing.who === "agent" && this.desk.isMine(this.conv)) ? ""
      : typing.who === "shopper" ? t("log.typing")
      : typing.who === "bot" ? t("log.typing_bot")
      : t("log.typing_agent", { name: typing.name ?? "" });
    if (text === this.#typingText) return;
    this.#typingText = text;
    this.typing.textContent = text;
  }

  #toEnd() {
    this.#stick = true;
    this.below.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #scrolled() {
    this.#stick = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_PX;
    if (this.#stick) {
      this.below.hidden = true;
      this.#maybeSeen();
    }
    this.#loadIfAtTop();
  }

  #loadIfAtTop() {
    if (this.scroller.clientHeight > 0 && this.scroller.scrollTop < NEAR_PX) this.desk.loadEarlier(this.conv);
  }

  /** Read is what an agent has had in front of the eyes. */
  #maybeSeen() {
    if (this.#stick && document.visibilityState === "visible" && document.hasFocus()) this.desk.markSeen(this.conv);
  }
}
