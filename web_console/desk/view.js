// The desk as a whole: three panes that remember their widths, one at a time on a phone, and its keys.

import { h } from "/common/dom.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { bindKeys } from "../keys.js";
import { chooseMacro } from "../macros/run.js";
import { NoticeBar } from "../rules/notices.js";
import { go, hashOf } from "../router.js";
import { SurgeBar } from "../surge/bar.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { BulkBar } from "./bulk.js";
import { ConversationPane } from "./conversation.js";
import { HistoryPanel } from "./history.js";
import { ConversationList } from "./list.js";
import { VIEWS } from "./order.js";
import { sideOf } from "./side.js";
import { StandingPanel } from "./standing.js";

/** @typedef {import("./model.js").Desk} Desk */

const LIST_PX = { least: 260, most: 520, usual: 340 };
const SIDE_PX = { least: 220, most: 440, usual: 280 };

/** Where the side would lie over the conversation, it opens only when asked to. */
const BESIDE = matchMedia("(min-width: 1100px)");

/** What changes what was before. */
const BEFORE = new Set(["closed", "reopened", "rated", "wrapped_up"]);

const isSideOpen = () => BESIDE.matches && loadSetting("side", matchMedia("(min-width: 1200px)").matches ? "open" : "closed") === "open";

export class DeskView {
  /** @type {ConversationPane | null} */ #pane = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #drawing = undefined;
  /** What the side was drawn from. @type {unknown[]} */ #sideOf = [];
  #sideOpen = isSideOpen();

  /** @param {Desk} desk @param {{shop: string, mayEdit: boolean}} options */
  constructor(desk, options) {
    this.desk = desk;
    this.options = options;
    this.list = new ConversationList(desk);
    this.middle = h("div", { class: "desk-middle" });
    this.standing = new StandingPanel(() => desk.now());
    this.history = new HistoryPanel(() => desk.now(), { onjump: (seq) => void this.#jump(seq) });
    this.side = h("aside", { class: "pane desk-side", "aria-label": t("side.title") });
    this.element = h("div", { class: "desk" },
      this.list.element, this.#separator("list", LIST_PX, 1), this.middle, this.#separator("side", SIDE_PX, -1), this.side);
    // Several frames at once are one drawing.
    this.onlog = () => { this.#drawing ??= setTimeout(() => this.#updateSide(), 50); };
    this.onwidth = () => {
      this.#sideOpen = isSideOpen();
      this.#updateSide();
    };
    BESIDE.addEventListener("change", this.onwidth);
    desk.addEventListener("log", this.onlog);
    desk.addEventListener("rows", this.onlog);
    this.ongone = (/** @type {Event} */ event) => this.#lost(/** @type {CustomEvent<string>} */ (event).detail);
    desk.addEventListener("gone", this.ongone);
    this.unbind = bindKeys("nav.desk", [
      { key: "j", label: "key.next", run: () => this.list.move(1) },
      { key: "k", label: "key.previous", run: () => this.list.move(-1) },
      { key: "t", label: "act.take", run: () => this.#pane ? this.#pane.take() : false },
      { key: "m", label: "macros.key", run: () => this.#macro() },
      { key: "x", label: "offer.decline", run: () => (this.list.marks.size === 0 && this.#pane?.decline()) || false },
      { key: "x", label: "bulk.key.mark", run: () => this.list.mark() },
      { key: "J", label: "bulk.key.mark_down", run: () => this.list.markOn(1) },
      { key: "K", label: "bulk.key.mark_up", run: () => this.list.markOn(-1) },
      { key: "p", label: "act.transfer", run: () => this.#pane?.transfer() ?? false },
      { key: "o", label: "act.take_over", run: () => this.#pane?.takeOver() ?? false },
      { key: "r", label: "act.reply", run: () => this.#write("reply") },
      { key: "n", label: "act.note", run: () => this.#write("note") },
      { key: "b", label: "act.hand_back", run: () => this.#pane ? this.#pane.handBack() : false },
      { key: "q", label: "act.release", run: () => this.#pane ? this.#pane.release() : false },
      { key: "e", label: "act.resolve", run: () => this.#pane ? this.#pane.resolve() : false },
      { key: "g", label: "tags.add", run: () => this.#pane ? void this.#pane.tags.choose() : false },
      { key: "c", label: "correct.last", run: () => this.#pane?.editLast() ?? false },
      { key: "d", label: "todo.key", run: () => this.list.toDo.focus() },
      { key: "z", label: "toast.undo", run: () => this.#pane?.stay() ?? false },
      { key: "s", label: "key.brief", run: () => this.#pane?.toggleBrief() ?? false },
      { key: "S", label: "key.save", run: () => this.#pane ? void this.#pane.save() : false },
      { key: "i", label: "act.details", run: () => this.toggleSide() },
      { key: "/", label: "key.search", run: () => this.list.search.focus() },
      { key: "u", label: "key.back", run: () => go(hashOf("desk")) },
      { key: "Escape", label: "key.leave_field", whileTyping: true, run: () => this.#leaveField() },
      ...VIEWS.map((view, at) => ({ key: String(at + 1), label: `desk.view.${view}`, run: () => this.list.show(view) })),
    ]);
    // Its keys are asked first: while anything is marked, they are for what is marked.
    this.bulk = new BulkBar(desk, this.list.marks, { onmacro: () => this.#macro() });
    this.notices = new NoticeBar(desk);
    this.surges = new SurgeBar(desk);
    this.list.rows.parentElement?.before(this.notices.element, this.surges.element, this.bulk.element);
  }

  dispose() {
    clearTimeout(this.#drawing);
    this.unbind();
    BESIDE.removeEventListener("change", this.onwidth);
    this.desk.removeEventListener("log", this.onlog);
    this.desk.removeEventListener("rows", this.onlog);
    this.bulk.dispose();
    this.notices.dispose();
    this.surges.dispose();
    this.desk.removeEventListener("gone", this.ongone);
    this.list.dispose();
    this.#pane?.dispose();
  }

  /** @param {string | undefined} conv */
  show(conv) {
    if (this.middle.childElementCount === 0 || this.#pane?.conv !== conv) {
      this.#pane?.dispose();
      this.#pane = null;
      this.middle.replaceChildren();
      if (conv) {
        this.#pane = new ConversationPane(this.desk, conv, { onside: () => this.toggleSide(), shop: this.options.shop });
        this.middle.append(this.#pane.element);
        this.#pane.update();
      } else {
        this.middle.append(h("div", { class: "pane desk-nothing" }, h("p", { class: "empty" }, t("desk.pick"))));
      }
    }
    this.element.dataset.shows = conv ? "conversation" : "list";
    this.list.select(conv ?? null);
    this.#updateSide();
  }

  /** Does the agent see new rows of the queue arrive? */
  isQueueInSight() {
    return this.list.view === "queue" && this.list.element.checkVisibility();
  }

  /** @param {string} conv passed on to a team whose conversations I do not see */
  #lost(conv) {
    if (this.#pane?.conv !== conv) return;
    toast(t("desk.gone"));
    go(hashOf("desk"), { replace: true });
  }

  toggleSide() {
    this.#sideOpen = !this.#sideOpen;
    if (BESIDE.matches) keepSetting("side", this.#sideOpen ? "open" : "closed");
    this.#updateSide();
  }

  #updateSide() {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    const conv = this.#pane?.conv;
    const open = this.#sideOpen && conv !== undefined;
    this.element.classList.toggle("with-side", open);
    this.side.hidden = !open;
    if (!open) return;
    // Its times are said anew once a minute.
    const from = [this.desk.rows.get(conv), this.desk.items(conv), Math.floor(this.desk.now() / 60_000)];
    if (this.side.childElementCount > 0 && from.every((part, at) => part === this.#sideOf[at])) return;
    const focused = this.side.contains(document.activeElement);
    const content = sideOf(this.desk.rows.get(conv), this.desk.items(conv), {
      now: this.desk.now(), mayEdit: this.options.mayEdit, onclose: () => this.toggleSide(),
    });
    const row = this.desk.rows.get(conv);
    void this.standing.show(conv, JSON.stringify([this.desk.items(conv).at(-1)?.seq, row?.status, row?.priority, row?.sla_due_at]));
    void this.history.show(conv, JSON.stringify(this.desk.items(conv).findLast((item) => BEFORE.has(item.kind))?.seq ?? row?.status));
    // A copy button that says "copied" or holds the focus is not swept away by the next frame.
    if (focused) return;
    this.#sideOf = from;
    const parts = content.filter((part) => part instanceof Node);
    this.side.replaceChildren(...parts.slice(0, 2), this.standing.element, this.history.element, ...parts.slice(2));
  }

  /** To an entry of the conversation on screen. Where the side lies over it, it makes room. @param {number} seq */
  #jump(seq) {
    if (!BESIDE.matches && this.#sideOpen) this.toggleSide();
    return this.#pane?.jumpTo(seq);
  }

  /** @param {"reply" | "note"} mode */
  #write(mode) {
    if (!this.#pane) return false;
    this.#pane.composer.write(mode);
    return true;
  }

  /** On what is marked, else on the conversation on screen. */
  #macro() {
    const { marks } = this.list;
    const convs = marks.size > 0 ? marks.all() : this.#pane ? [this.#pane.conv] : [];
    void chooseMacro(this.desk, convs, marks.size > 0 ? { keep: (failed) => marks.keep(failed) } : {});
  }

  #leaveField() {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || focused === document.body) return false;
    focused.blur();
    return true;
  }

  /**
   * A border that is dragged or moved with the arrow keys.
   * @param {"list" | "side"} name
   * @param {{least: number, most: number, usual: number}} range
   * @param {1 | -1} direction in which the pane grows
   */
  #separator(name, { least, most, usual }, direction) {
    let width = Number(loadSetting(`width.${name}`, String(usual))) || usual;
    const separator = h("div", {
      class: `separator separator-${name}`, role: "separator", tabindex: "0", "aria-orientation": "vertical",
      "aria-label": t(`desk.resize_${name}`), "aria-valuemin": least, "aria-valuemax": most,
    });
    /** @param {number} wanted */
    const set = (wanted) => {
      width = Math.round(Math.min(most, Math.max(least, wanted)));
      separator.setAttribute("aria-valuenow", String(width));
      this.element?.style.setProperty(`--${name}-width`, `${width}px`);
      keepSetting(`width.${name}`, String(width));
    };
    queueMicrotask(() => set(width));
    separator.addEventListener("pointerdown", (event) => {
      const from = event.clientX - direction * width;
      separator.setPointerCapture(event.pointerId);
      separator.onpointermove = (moved) => set(direction * (moved.clientX - from));
      separator.onpointerup = separator.onpointercancel = () => { separator.onpointermove = null; };
    });
    separator.addEventListener("keydown", (event) => {
      const step = event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0;
      if (step === 0) return;
      event.preventDefault();
      set(width + direction * step);
    });
    separator.addEventListener("dblclick", () => set(usual));
    return separator;
  }
}
