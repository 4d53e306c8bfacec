// The middle pane: head with what can be done now, the brief until somebody has answered, the transcript, the
// composer.

import { h } from "/common/dom.js";
import { exact } from "/common/time.js";
import { Files } from "/common/files.js";
import { asText, save } from "/common/saved.js";
import { Transcript } from "/common/transcript.js";
import { api } from "../api.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { toast } from "../toast.js";
import { currentWords, lang, t, waitText } from "../words.js";
import { briefOf, feelsOtherwise, isAnswered, lastHandoff } from "./brief.js";
import { Composer, refusalText } from "./composer.js";
import { lastOwn, showEdit, toolsOf } from "./corrections.js";
import { OfferBar } from "./offer.js";
import { noticeable } from "./order.js";
import { lineOf } from "./side.js";
import { TagBar } from "./tags.js";
import { showTransfer } from "./transfer.js";
import { lastWhy, whyOf } from "./why.js";
import { nameOf } from "./words.js";
import { showWrapUp } from "./wrap_up.js";

/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("../types.d.ts").SendBody} SendBody */

const NEAR_PX = 60;
const HEARD_AFTER_MS = 6_000;
/** So often it is asked whether a page has come. */
const LOADING_MS = 50;
const CHANGES = ["rows", "outbox", "link", "company"];

export class ConversationPane {
  /** @type {boolean | null} the agent's own choice; null: open until somebody answered */ #briefOpen = null;
  #briefSign = "";
  #headSign = "";
  #stick = true;
  /** Where the log was scrolled to when somebody last looked. */ #top = 0;
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
    this.offer = new OfferBar(desk, conv, { onaccept: () => this.take(), ondecline: () => this.decline() });
    this.edge = h("div", { class: "log-edge" });
    this.log = h("div", { class: "transcript", role: "log", "aria-label": t("log.label"), "aria-live": "polite" });
    this.typing = h("p", { class: "typing", role: "status" });
    this.column = h("div", { class: "log-column" }, this.edge, this.log, this.typing);
    this.scroller = h("div", { class: "scroller log-scroller", tabindex: "0", onscroll: () => this.#scrolled() }, this.column);
    this.below = h("button", { type: "button", class: "button small new-below", onclick: () => this.#toEnd() }, icon("down"), t("log.new_below"));
    this.below.hidden = true;
    this.tags = new TagBar(desk, conv);
    this.files = new Files(({ id }) => api.attachment(conv, id));
    this.composer = new Composer(desk, conv, { ontake: () => this.take(), shop, files: this.files });
    this.element = h("section", { class: "pane desk-conversation", "aria-label": t("desk.conversation") },
      this.head, this.tags.element, this.offer.element, this.brief, h("div", { class: "log-place" }, this.scroller, this.below), this.composer.element);
    this.composer.receive(this.element);
    this.transcript = new Transcript(this.log, { perspective: "agent", words: currentWords(), files: this.files, shop,
      // That words were taken out stands where they were.
      system: (item) => (item.kind === "redacted" ? null : lineOf(item)),
      tools: (item) => toolsOf(desk, conv, item), toolsSign: () => String(desk.isMine(conv)) });

    this.onlog = (/** @type {Event} */ event) => event instanceof CustomEvent && event.detail === this.conv && this.#later();
    this.onchange = () => this.#later();
    this.onsight = () => desk.company.show(document.visibilityState === "visible");
    desk.addEventListener("log", this.onlog);
    for (const name of CHANGES) desk.addEventListener(name, this.onchange);
    desk.promises.addEventListener("change", this.onchange);
    document.addEventListener("visibilitychange", this.onchange);
    document.addEventListener("visibilitychange", this.onsight);
    addEventListener("focus", this.onchange);
    // A composer that grows takes its height from the log, a picture that comes gives it some: the last words stay in sight.
    this.sized = new ResizeObserver(() => { if (this.#stick) this.#toEnd(); });
    this.sized.observe(this.scroller);
    this.sized.observe(this.column);
    this.timer = setInterval(() => this.#updateHead(), 15_000);
    desk.view(conv);
    this.update();
  }

  dispose() {
    this.desk.removeEventListener("log", this.onlog);
    for (const name of CHANGES) this.desk.removeEventListener(name, this.onchange);
    this.desk.promises.removeEventListener("change", this.onchange);
    document.removeEventListener("visibilitychange", this.onchange);
    document.removeEventListener("visibilitychange", this.onsight);
    removeEventListener("focus", this.onchange);
    clearInterval(this.timer);
    clearTimeout(this.#feeling);
    this.sized.disconnect();
    this.composer.dispose();
    this.files.forget();
    this.offer.dispose();
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
    this.offer.update();
    this.tags.update();
    this.#updateBrief();
    this.composer.update();
    this.#updateLog();
  }

  take() {
    // Who pressed the button goes on writing; who pressed `t` goes on with keys, and an `r` must not land in a reply.
    const act = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined;
    const pressed = act === "take" || act === "accept";
    /** @type {SendBody} */
    const body = this.desk.isOffered(this.conv) ? { do: "accept", epoch: this.desk.rows.get(this.conv)?.epoch ?? 0 } : { do: "take" };
    return this.#act(body, () => {
      toast(t("done.took"), { tone: "good" });
      if (pressed) this.composer.write("reply");
    });
  }

  /** What was offered to me goes to a colleague. */
  decline() {
    if (!this.desk.isOffered(this.conv)) return false;
    void this.#act({ do: "decline", epoch: this.desk.rows.get(this.conv)?.epoch ?? 0 }, () => toast(t("done.declined")));
    return true;
  }

  /** To a colleague or a team. */
  transfer() {
    if (!this.desk.isMine(this.conv)) return false;
    void showTransfer(this.desk, (to, note) => {
      const epoch = this.desk.rows.get(this.conv)?.epoch ?? 0;
      void this.#act({ do: "transfer", epoch, to, note }, () => toast(t("done.transferred"), { tone: "good" }));
    });
    return true;
  }

  /** Other words in my last message. */
  editLast() {
    const item = lastOwn(this.desk, this.conv);
    if (!item) return false;
    showEdit(this.desk, this.conv, item);
    return true;
  }

  /** From the colleague who has it. */
  takeOver() {
    const row = this.desk.rows.get(this.conv);
    if (!this.#canTakeOver(row)) return false;
    void this.#act({ do: "take_over", epoch: row?.epoch ?? 0 }, () => toast(t("done.took_over"), { tone: "good" }));
    return true;
  }

  /** @param {import("../types.d.ts").DeskRow | undefined} row */
  #canTakeOver(row) {
    return this.desk.supervises && (row?.status === "assigned" || row?.status === "offered") && row.assignee?.id !== this.desk.me.id;
  }

  handBack() {
    this.#leave("hand_back");
  }

  release() {
    this.#leave("release");
  }

  /** With the sheet first. */
  resolve() {
    const { desk, conv } = this;
    if (!this.#mayLeave()) return;
    void showWrapUp(desk, conv, (wrapUp) => this.#mayLeave() && desk.leaveSoon(conv, "resolve", wrapUp));
  }

  /** Undoes a planned hand-back or resolution. */
  stay() {
    if (!this.desk.leaving(this.conv)) return false;
    this.desk.stay(this.conv, "undo");
    return true;
  }

  /** To an entry of long ago: what lies between is loaded first. @param {number} seq */
  async jumpTo(seq) {
    while (this.element.isConnected && (this.desk.items(this.conv)[0]?.seq ?? 0) > seq) {
      const { all, loading, failed } = this.desk.earlier(this.conv);
      if (all || failed) break;
      if (loading) await new Promise((resolve) => this.desk.addEventListener("log", resolve, { once: true }));
      else await this.desk.loadEarlier(this.conv);
    }
    if (!this.element.isConnected) return;
    this.update();
    // What is not shown itself is followed by what is.
    const row = [...this.log.querySelectorAll("[data-seq]")].find((one) => Number(one.getAttribute("data-seq")) >= seq);
    if (!row) return;
    this.#stick = false;
    row.scrollIntoView({ block: "start" });
    this.scroller.focus({ preventScroll: true });
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

  /** @param {"hand_back" | "release"} deed */
  #leave(deed) {
    if (this.#mayLeave()) this.desk.leaveSoon(this.conv, deed);
  }

  #mayLeave() {
    const { desk, conv } = this;
    if (!desk.isMine(conv)) toast(t("refused.not_yours"));
    else if (!desk.isOnline) toast(t("refused.offline"), { tone: "bad" });
    else return true;
    return false;
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
    const why = row?.status === "assigned" || row?.status === "offered" ? lastWhy(this.desk.items(this.conv)) : null;
    const sign = JSON.stringify([row?.status, row?.who, row?.assignee, isMine, wait, leaving, why]);
    if (sign === this.#headSign) return;
    this.#headSign = sign;
    const focused = document.activeElement instanceof HTMLElement && this.head.contains(document.activeElement) ? document.activeElement : null;
    const isWhyOpen = this.head.querySelector("details.why")?.hasAttribute("open") ?? false;
    const status = !row ? t("desk.loading")
      : leaving ? t(`leaving.${leaving}`)
      : row.status === "offered" && !this.desk.isOffered(this.conv) ? t("desk.offered_to", { name: row.assignee?.name ?? "" })
      : row.status === "assigned" ? (isMine ? t("desk.held_by_me") : t("desk.held_by", { name: row.assignee?.name ?? "" }))
      : t(`status.${row.status}`);
    this.head.replaceChildren(
      h("a", { class: "icon-button conv-back", href: hashOf("desk"), "aria-label": t("desk.back") }, icon("previous")),
      h("div", { class: "conv-who" },
        h("h2", {}, row ? nameOf(row) : ""),
        h("p", { class: `conv-status is-${row?.status ?? "bot"}`, title: wait && row?.queued_at ? t("desk.waiting_exact", { time: exact(row.queued_at, lang()) }) : null },
          icon(row?.status ?? "bot"), wait || status)),
      h("div", { class: "conv-acts" },
        why && whyOf(this.desk.items(this.conv), isMine),
        row && !isMine && (row.status === "queued" || row.status === "bot") && this.#button("take", "t", () => this.take(), "primary"),
        leaving && h("button", { type: "button", class: "button primary", "aria-keyshortcuts": "z", onclick: () => this.stay() }, t("toast.undo"), h("kbd", { "aria-hidden": "true" }, "z")),
        this.#canTakeOver(row) && this.#button("take_over", "o", () => this.takeOver()),
        isMine && !leaving && this.#button("transfer", "p", () => this.transfer()),
        isMine && !leaving && this.#button("hand_back", "b", () => this.handBack()),
        isMine && !leaving && this.#button("release", "q", () => this.release()),
        isMine && !leaving && this.#button("resolve", "e", () => this.resolve()),
        h("button", { type: "button", class: "icon-button side-toggle", "aria-label": t("act.details"), title: `${t("act.details")} (i)`, "aria-keyshortcuts": "i", onclick: this.onside }, icon("side"))));
    if (isWhyOpen) this.head.querySelector("details.why")?.setAttribute("open", "");
    // What had the focus has it again, or the first thing that can be done.
    const same = focused && [...this.head.querySelectorAll("a, button, summary")].find((one) =>
      one.className === focused.className && one.getAttribute("data-act") === focused.getAttribute("data-act"));
    const next = same ?? (focused && this.head.querySelector("button"));
    if (next instanceof HTMLElement) next.focus();
  }

  /** All of it as a text file, from its first entry. */
  async save() {
    for (let state = this.desk.earlier(this.conv); !state.all; state = this.desk.earlier(this.conv)) {
      // Somebody who scrolls back may have asked already.
      if (state.loading) await new Promise((done) => setTimeout(done, LOADING_MS));
      else await this.desk.loadEarlier(this.conv);
      if (this.desk.earlier(this.conv).failed) return void toast(t("save.failed"), { tone: "bad" });
    }
    const { words, shop } = this.transcript.options;
    save(asText(this.desk.items(this.conv), { words, shop, perspective: "agent", system: (item) => lineOf(item) ?? "" }), Date.now());
  }

  /** @param {"take" | "take_over" | "transfer" | "hand_back" | "release" | "resolve"} name @param {string} key @param {() => void} run @param {string} [kind] */
  #button(name, key, run, kind = "") {
    return h("button", { type: "button", class: `button ${kind}`, "data-act": name, "aria-keyshortcuts": key, title: `${t(`act.${name}`)} (${key})`, onclick: run },
      icon(name === "resolve" ? "done" : name === "take" || name === "take_over" ? "assigned" : name === "transfer" ? "forward" : name === "release" ? "queued" : name), h("span", { class: "button-text" }, t(`act.${name}`)), h("kbd", { "aria-hidden": "true" }, key));
  }

  /** The shopper's words that the feeling was asked for. */ #feltAt = 0;
  /** @type {import("../types.d.ts").Feeling | null} since the handoff; null: nothing was said since */ #feltNow = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #feeling = undefined;

  /** What the shopper says after the handoff may change how they feel. @param {import("../types.d.ts").HandoffItem} handoff */
  #feelSince(handoff) {
    const said = this.desk.items(this.conv).findLast((item) => item.kind === "message" && item.author.role === "shopper")?.seq ?? 0;
    if (said <= handoff.seq) [this.#feltAt, this.#feltNow] = [said, null];
    if (said === this.#feltAt) return;
    this.#feltAt = said;
    clearTimeout(this.#feeling);
    void this.#askFeeling();
    // What is said to a person is heard for feelings a few seconds later.
    this.#feeling = setTimeout(() => void this.#askFeeling(), HEARD_AFTER_MS);
  }

  async #askFeeling() {
    const asked = this.#feltAt;
    const standing = await api.standing(this.conv).catch(() => null);
    if (!standing || asked !== this.#feltAt || !this.element.isConnected) return;
    this.#feltNow = standing.feeling;
    this.#updateBrief();
  }

  #updateBrief() {
    const handoff = lastHandoff(this.desk.items(this.conv));
    const open = handoff !== null && this.#isBriefOpen(handoff);
    if (handoff) this.#feelSince(handoff);
    const felt = handoff?.brief && feelsOtherwise(handoff.brief.feeling, this.#feltNow) ? this.#feltNow : null;
    const sign = handoff ? `${handoff.seq} ${open} ${JSON.stringify(noticeable(felt))} ${felt !== null}` : "";
    if (sign === this.#briefSign) return;
    this.#briefSign = sign;
    const hadFocus = this.brief.contains(document.activeElement);
    const spoken = this.desk.rows.get(this.conv)?.lang ?? lang();
    const drawn = handoff && briefOf(handoff, { open, spoken, now: felt, ontoggle: () => this.toggleBrief() });
    this.brief.replaceChildren(...(drawn ? [drawn] : []));
    if (hadFocus) this.brief.querySelector("button")?.focus();
  }

  #updateLog() {
    const log = this.desk.log(this.conv);
    if (!log) {
      this.edge.textContent = t("desk.loading");
      return;
    }
    const items = this.desk.items(this.conv);
    const pending = this.desk.unsent(this.conv).flatMap(({ cid, body, at, state }) =>
      state === "waiting" && body.do === "message" ? [{ cid, text: body.text, files: body.files?.map((id) => this.files.of(id)), at, state }] : []);
    const earlier = this.desk.earlier(this.conv);
    const sign = JSON.stringify([pending, log.seen, this.desk.isOnline, earlier.all, earlier.loading, earlier.failed]);
    this.#updateTyping(log.typing);
    if (items === this.#drawnItems && sign === this.#drawnSign) return this.#maybeSeen();
    const anchors = this.#stick ? [] : this.#inSight();
    this.transcript.update({ items, pending, seen: log.seen, offline: !this.desk.isOnline });
    if (items !== this.#drawnItems) this.#markNotes();
    [this.#drawnItems, this.#drawnSign] = [items, sign];
    this.#updateEdge();
    // What is being read stays where it is, whatever came above it.
    const anchor = anchors.find(({ element }) => element.isConnected);
    if (anchor) this.scroller.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    else if (this.#stick) this.#toEnd();
    if (!this.#stick && this.#lastSeq !== 0 && (items.at(-1)?.seq ?? 0) > this.#lastSeq) this.below.hidden = false;
    this.#lastSeq = items.at(-1)?.seq ?? 0;
    this.#maybeSeen();
    // Too short to scroll, but there is more: fetch it, or the scroll that would ask for it never comes.
    if (!this.desk.earlier(this.conv).failed) this.#loadIfAtTop();
  }
  #lastSeq = 0;
  /** @type {import("../types.d.ts").Item[] | null} */ #drawnItems = null;
  #drawnSign = "";

  /** The first entries that can be seen, and where; one of them may be drawn anew, and a day's name moves up to its first. */
  #inSight() {
    const top = this.scroller.getBoundingClientRect().top;
    const sheet = this.log.children[firstBelow(this.log.children, top)];
    const rows = [...sheet?.children ?? [], ...sheet?.nextElementSibling?.children ?? []];
    const first = firstBelow(rows, top);
    return rows.slice(first, first + 5).filter((row) => !row.matches(".day")).map((element) => ({ element, top: element.getBoundingClientRect().top }));
  }

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
    // Of colleagues the line above the composer tells.
    const text = typing?.who === "shopper" ? t("log.typing") : typing?.who === "bot" ? t("log.typing_bot") : "";
    if (text === this.#typingText) return;
    this.#typingText = text;
    this.typing.textContent = text;
  }

  #toEnd() {
    this.#stick = true;
    this.below.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#top = this.scroller.scrollTop;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Away from the end goes who scrolls up; that the log became smaller or longer meanwhile moves nobody.
    this.#stick = scrollHeight - scrollTop - clientHeight < NEAR_PX || (this.#stick && scrollTop >= this.#top);
    this.#top = scrollTop;
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

/** Of elements from top to bottom, which is the first that ends below this. @param {ArrayLike<Element>} elements @param {number} top */
function firstBelow(elements, top) {
  let [low, high] = [0, elements.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (elements[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  return low;
}
