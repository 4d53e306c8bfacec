// The desk as a whole: three panes that remember their widths, one at a time on a phone, and its keys.

import { h } from "/common/dom.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { bindKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { t } from "../words.js";
import { ConversationPane } from "./conversation.js";
import { ConversationList } from "./list.js";
import { VIEWS } from "./order.js";
import { sideOf } from "./side.js";

/** @typedef {import("./model.js").Desk} Desk */

const LIST_PX = { least: 260, most: 520, usual: 340 };
const SIDE_PX = { least: 220, most: 440, usual: 280 };

export class DeskView {
  /** @type {ConversationPane | null} */ #pane = null;
  #sideOpen = loadSetting("side", matchMedia("(min-width: 1200px)").matches ? "open" : "closed") === "open";

  /** @param {Desk} desk @param {{shop: string, mayEdit: boolean}} options */
  constructor(desk, options) {
    this.desk = desk;
    this.options = options;
    this.list = new ConversationList(desk);
    this.middle = h("div", { class: "desk-middle" });
    this.side = h("aside", { class: "pane desk-side", "aria-label": t("side.title") });
    this.element = h("div", { class: "desk" },
      this.list.element, this.#separator("list", LIST_PX, 1), this.middle, this.#separator("side", SIDE_PX, -1), this.side);
    this.onlog = () => this.#updateSide();
    desk.addEventListener("log", this.onlog);
    desk.addEventListener("rows", this.onlog);
    this.unbind = bindKeys("nav.desk", [
      { key: "j", label: "key.next", run: () => this.list.move(1) },
      { key: "k", label: "key.previous", run: () => this.list.move(-1) },
      { key: "t", label: "act.take", run: () => this.#pane ? this.#pane.take() : false },
      { key: "r", label: "act.reply", run: () => this.#write("reply") },
      { key: "n", label: "act.note", run: () => this.#write("note") },
      { key: "b", label: "act.hand_back", run: () => this.#pane ? this.#pane.handBack() : false },
      { key: "q", label: "act.release", run: () => this.#pane ? this.#pane.release() : false },
      { key: "e", label: "act.resolve", run: () => this.#pane ? this.#pane.resolve() : false },
      { key: "z", label: "toast.undo", run: () => this.#pane?.stay() ?? false },
      { key: "s", label: "key.brief", run: () => this.#pane?.toggleBrief() ?? false },
      { key: "i", label: "act.details", run: () => this.toggleSide() },
      { key: "/", label: "key.search", run: () => this.list.search.focus() },
      { key: "u", label: "key.back", run: () => go(hashOf("desk")) },
      { key: "Escape", label: "key.leave_field", whileTyping: true, run: () => this.#leaveField() },
      ...VIEWS.map((view, at) => ({ key: String(at + 1), label: `desk.view.${view}`, run: () => this.list.show(view) })),
    ]);
  }

  dispose() {
    this.unbind();
    this.desk.removeEventListener("log", this.onlog);
    this.desk.removeEventListener("rows", this.onlog);
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

  toggleSide() {
    this.#sideOpen = !this.#sideOpen;
    keepSetting("side", this.#sideOpen ? "open" : "closed");
    this.#updateSide();
  }

  #updateSide() {
    const conv = this.#pane?.conv;
    const open = this.#sideOpen && conv !== undefined;
    this.element.classList.toggle("with-side", open);
    this.side.hidden = !open;
    if (!open) return;
    const focused = this.side.contains(document.activeElement);
    const content = sideOf(this.desk.rows.get(conv), this.desk.items(conv), {
      now: this.desk.now(), mayEdit: this.options.mayEdit, onclose: () => this.toggleSide(),
    });
    // A copy button that says "copied" or holds the focus is not swept away by the next frame.
    if (focused) return;
    this.side.replaceChildren(...content.filter((part) => part instanceof Node));
  }

  /** @param {"reply" | "note"} mode */
  #write(mode) {
    if (!this.#pane) return false;
    this.#pane.composer.write(mode);
    return true;
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
