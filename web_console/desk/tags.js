// The tags of a conversation below its head: taken off with a press, put on from a small list; at any time, by anybody at the desk.

import { h } from "/common/dom.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { choicesNow, loadChoices, nameOfChoice } from "./choices.js";
import { refusalText } from "./composer.js";
import { tagBoxes } from "./wrap_up.js";

/** @typedef {import("./model.js").Desk} Desk */

export class TagBar {
  #sign = "";

  /** @param {Desk} desk @param {string} conv */
  constructor(desk, conv) {
    this.desk = desk;
    this.conv = conv;
    this.element = h("div", { class: "tag-bar", role: "group", "aria-label": t("tags.label") });
    loadChoices().then(() => this.update(), () => {});
  }

  get #tags() {
    return this.desk.rows.get(this.conv)?.tags ?? [];
  }

  update() {
    const rules = choicesNow();
    const row = this.desk.rows.get(this.conv);
    const sign = JSON.stringify([this.#tags, row?.category, row?.status, rules !== null]);
    if (sign === this.#sign) return;
    this.#sign = sign;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = rules === null || rules.tags.length === 0;
    this.element.replaceChildren(
      ...(row?.status === "closed" && row.category ? [h("span", { class: "mark" }, nameOfChoice(rules?.categories, row.category))] : []),
      ...this.#tags.map((tag) => h("span", { class: "tag" }, nameOfChoice(rules?.tags, tag),
        h("button", { type: "button", class: "tag-off", "aria-label": t("tags.remove", { name: nameOfChoice(rules?.tags, tag) }), onclick: () => this.#change([], [tag]) }, icon("close")))),
      h("button", { type: "button", class: "tag-add", "aria-keyshortcuts": "g", onclick: () => this.choose() }, icon("plus"), t("tags.add"), h("kbd", { "aria-hidden": "true" }, "g")));
    if (hadFocus) this.element.querySelector("button")?.focus();
  }

  /** The list of all tags, as boxes to tick; Enter keeps it. */
  async choose() {
    if (document.querySelector("dialog.tag-sheet")) return;
    const rules = await loadChoices().catch((error) => void toastError(error));
    if (!rules) return;
    const before = this.#tags;
    const form = h("form", { method: "dialog", class: "wrap-form", onsubmit: () => {
      const now = new FormData(form).getAll("tag").map(String);
      this.#change(now.filter((tag) => !before.includes(tag)), before.filter((tag) => !now.includes(tag)));
    } },
    h("header", { class: "sheet-head" }, h("h2", { id: "tags-title" }, t("tags.title"))),
    tagBoxes(rules, before),
    h("div", { class: "wrap-acts" }, h("button", { type: "submit", class: "button primary" }, t("tags.keep"), h("kbd", { "aria-hidden": "true" }, "Enter"))));
    const dialog = h("dialog", { class: "sheet tag-sheet", "aria-labelledby": "tags-title" }, form);
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target instanceof HTMLButtonElement) return;
      event.preventDefault();
      form.requestSubmit();
    });
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
  }

  /** @param {string[]} add @param {string[]} remove */
  async #change(add, remove) {
    if (add.length === 0 && remove.length === 0) return;
    const refusal = await this.desk.act(this.conv, { do: "tag", add, remove });
    if (refusal) toast(refusalText(refusal, false), { tone: "bad" });
  }
}
