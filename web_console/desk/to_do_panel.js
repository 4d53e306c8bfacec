// The list "to do" on top of the conversations: whom to call back and from when on, who named me in a note.

import { h } from "/common/dom.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { hashOf } from "../router.js";
import { t } from "../words.js";
import { byTime } from "./order.js";
import { dueText } from "./promise_bar.js";
import { nameOf } from "./words.js";

/** @typedef {import("./model.js").Desk} Desk */

/** What becomes due moves up. */
const TICK_MS = 30_000;

export class ToDoPanel {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.summary = h("summary", { class: "to-do-head" });
    this.rows = h("ul", { class: "to-do-rows" });
    // Call-backs that are not due yet, folded.
    this.laterSummary = h("summary", { class: "to-do-later-head" });
    this.laterRows = h("ul", { class: "to-do-rows" });
    this.later = h("details", { class: "to-do-later" }, this.laterSummary, this.laterRows);
    this.element = h("details", { class: "to-do", open: true }, this.summary, this.rows, this.later);
    this.element.hidden = true;
    this.update = this.update.bind(this);
    desk.toDo.addEventListener("change", this.update);
    this.ticking = setInterval(this.update, TICK_MS);
    this.update();
  }

  dispose() {
    clearInterval(this.ticking);
    this.desk.toDo.removeEventListener("change", this.update);
  }

  /** The first thing to do gets the focus. */
  focus() {
    if (this.element.hidden) return false;
    this.element.open = true;
    const first = this.rows.querySelector("a") ?? this.laterSummary;
    first.focus();
    return true;
  }

  update() {
    const { mentions, callBacks, count } = this.desk.toDo;
    this.element.hidden = count === 0;
    this.summary.textContent = t("todo.title", { n: count });
    const now = this.desk.now();
    const { due, later } = byTime(callBacks, now);
    this.later.hidden = later.length === 0;
    if (later.length > 0) this.laterSummary.textContent = t("todo.later", { n: later.length, time: dueText(later[0].due_at, now) });
    keepInStep(this.laterRows, later.map((call) => this.#callBack(call, now)));
    keepInStep(this.rows, [
      ...due.map((call) => this.#callBack(call, now)),
      ...mentions.map((mention) => ({
        key: `mention:${mention.conv}:${mention.seq}`, sign: JSON.stringify(mention),
        make: () => h("li", { class: "to-do-row" }, h("a", { href: hashOf("desk", mention.conv) }, icon("lock"),
          h("span", { class: "mark" }, t("todo.mention", { name: mention.by_name })), h("span", { class: "row-words" }, mention.text))),
      })),
    ]);
  }

  /** @param {import("../types.d.ts").CallBack} call @param {number} now */
  #callBack(call, now) {
    const due = call.due_at <= now;
    return {
      key: `call:${call.conv}:${call.seq}`, sign: JSON.stringify([call, due]),
      make: () => h("li", { class: "to-do-row" },
        h("a", { href: hashOf("desk", call.conv) }, icon("queued"),
          h("span", { class: due ? "mark mark-red" : "mark" }, t(due ? `todo.${call.way}` : "todo.from", { time: dueText(call.due_at, now) })),
          h("span", {}, call.who ?? nameOf({ conv: call.conv })), call.reach && h("span", { class: "code" }, call.reach)),
        call.reach && h("a", { class: "button small", href: `${call.way === "phone" ? "tel" : "mailto"}:${call.reach.replace(/[^\w+@.-]/gu, "")}` }, t(`todo.do_${call.way}`)),
        h("button", { type: "button", class: "button small", onclick: () => this.desk.toDo.called(call).catch(toastError) }, t("todo.done"))),
    };
  }
}
