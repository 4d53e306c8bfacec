// One thing for all marked conversations: the bar above the list, its keys, and the few words that are asked first.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { bindKeys } from "../keys.js";
import { toast } from "../toast.js";
import { t, tOr } from "../words.js";
import { loadChoices } from "./choices.js";
import { Unfilled } from "./unfilled.js";
import { MOST_MARKED } from "./marks.js";
import { runAndTell, sheet } from "./run_result.js";
import { sameFor } from "./runs.js";
import { addressees } from "./transfer.js";
import { read, tagBoxes, wrapUpFields } from "./wrap_up.js";

/** @typedef {import("../types.d.ts").Act} Act */
/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("./marks.js").Marks} Marks */

const LEVELS = /** @type {const} */ (["urgent", "high", "normal", "low"]);

export class BulkBar {
  /** @param {Desk} desk @param {Marks} marks @param {{onmacro: () => void}} on */
  constructor(desk, marks, { onmacro }) {
    this.desk = desk;
    this.marks = marks;
    this.count = h("p", { class: "bulk-count", role: "status" });
    this.element = h("div", { class: "bulk-bar", role: "toolbar", "aria-label": t("bulk.title") },
      this.count,
      h("button", { type: "button", class: "icon-button", "aria-label": t("bulk.clear"), title: t("bulk.clear"), "aria-keyshortcuts": "Escape", onclick: () => marks.clear() }, icon("close")),
      this.#button("take", "t", () => this.take()),
      this.#button("transfer", "p", () => this.transfer()),
      this.#button("message", "r", () => this.write("message")),
      this.#button("note", "n", () => this.write("note")),
      this.#button("priority", "!", () => this.priority()),
      this.#button("tag", "g", () => void this.tag()),
      this.#button("hand_back", "b", () => this.handBack()),
      this.#button("resolve", "e", () => void this.resolve()),
      h("button", { type: "button", class: "button small", "aria-keyshortcuts": "m", onclick: onmacro }, t("bulk.macro"), h("kbd", { "aria-hidden": "true" }, "m")));
    this.onchange = () => this.update();
    this.onfull = () => void toast(t("bulk.full", { n: MOST_MARKED }));
    marks.addEventListener("change", this.onchange);
    marks.addEventListener("full", this.onfull);
    /** @param {() => void} run a key that is for the marked ones while there are any */
    const marked = (run) => () => (marks.size > 0 ? run() : false);
    this.unbind = bindKeys("bulk.title", [
      { key: "t", label: "bulk.key.take", run: marked(() => this.take()) },
      { key: "p", label: "bulk.key.transfer", run: marked(() => this.transfer()) },
      { key: "r", label: "bulk.key.message", run: marked(() => this.write("message")) },
      { key: "n", label: "bulk.key.note", run: marked(() => this.write("note")) },
      { key: "!", label: "bulk.key.priority", run: marked(() => this.priority()) },
      { key: "g", label: "bulk.key.tag", run: marked(() => void this.tag()) },
      { key: "b", label: "bulk.key.hand_back", run: marked(() => this.handBack()) },
      { key: "e", label: "bulk.key.resolve", run: marked(() => void this.resolve()) },
      { key: "Escape", label: "bulk.clear", run: marked(() => marks.clear()) },
    ]);
    this.update();
  }

  dispose() {
    this.unbind();
    this.marks.removeEventListener("change", this.onchange);
    this.marks.removeEventListener("full", this.onfull);
  }

  update() {
    this.element.hidden = this.marks.size === 0;
    this.count.textContent = t("bulk.marked", { n: this.marks.size });
  }

  take() {
    void this.#run([{ do: "take" }]);
  }

  async transfer() {
    let teams;
    try {
      ({ teams } = await api.desk());
    } catch (error) {
      return toastError(error);
    }
    const choices = addressees(this.desk.seats.all(), teams, this.desk.me.id);
    const note = h("textarea", { class: "transfer-note", rows: "3", maxlength: "4000", placeholder: t("transfer.note"), "aria-label": t("transfer.note") });
    const list = h("div", { class: "transfer-list", role: "radiogroup", "aria-label": t("transfer.to") },
      choices.map(({ name, load }, at) => h("label", { class: "transfer-choice" },
        h("input", { type: "radio", name: "bulk-to", value: String(at), checked: at === 0 && "checked" }), h("span", {}, name), h("span", { class: "quiet" }, load))));
    this.#ask("transfer", choices.length > 0 ? [list, note] : [h("p", { class: "empty" }, t("transfer.nobody"))], choices.length > 0 && (() => {
      const chosen = list.querySelector("input:checked");
      return chosen instanceof HTMLInputElement ? [{ do: "transfer", to: choices[Number(chosen.value)].to, note: note.value }] : null;
    }));
  }

  /** @param {"message" | "note"} what */
  write(what) {
    const field = h("textarea", { class: "transfer-note", rows: "4", maxlength: "4000", placeholder: t(what === "note" ? "composer.note_placeholder" : "bulk.reply_placeholder"), "aria-label": t(`run.act.${what}`) });
    const coach = h("div", { class: "coach", role: "status" });
    coach.hidden = true;
    const unfilled = new Unfilled();
    /** What the coach has said, and was read. @type {{text: string, tone: string} | null} */
    let said = null;
    this.#ask(what, [field, unfilled.element, coach, what === "message" && h("p", { class: "quiet" }, t("bulk.reply_hint"))], () => {
      const text = field.value.trim();
      if (!text) return null;
      return [what === "note" ? { do: "note", text } : { do: "message", text, ...(said?.text === text && { despite: said.tone }) }];
    }, async () => {
      const text = field.value.trim();
      if (what === "note") return true;
      if (!unfilled.allows(text, field)) return false;
      if (said?.text === text) return true;
      const finding = await this.#heard(text);
      coach.hidden = finding === null;
      if (!finding) return true;
      said = { text, tone: finding.tone };
      coach.replaceChildren(
        h("p", { class: "coach-wrong" }, icon("warn"), h("strong", {}, tOr(`tone.${finding.tone}`, finding.tone)), h("span", {}, finding.wrong)),
        h("p", { class: "coach-better" }, h("span", { class: "quiet" }, t("coach.better")), finding.better, " ", h("span", { class: "quiet" }, t("surge.send_anyway"))));
      field.focus();
      return false;
    });
    field.focus();
  }

  priority() {
    const list = h("div", { class: "transfer-list", role: "radiogroup", "aria-label": t("run.act.priority") },
      LEVELS.map((level) => h("label", { class: "transfer-choice" },
        h("input", { type: "radio", name: "bulk-level", value: level, checked: level === "high" && "checked" }), h("span", {}, t(`level.${level}`)))));
    this.#ask("priority", [list], () => {
      const chosen = list.querySelector("input:checked");
      const level = LEVELS.find((one) => chosen instanceof HTMLInputElement && one === chosen.value);
      return level ? [{ do: "priority", level }] : null;
    });
  }

  /** Tags that all of them get, and tags that are taken off whichever has them. */
  async tag() {
    const rules = await loadChoices().catch((error) => void toastError(error));
    if (!rules) return;
    if (rules.tags.length === 0) return void toast(t("bulk.no_tags"));
    this.#ask("tag", [
      h("fieldset", { class: "wrap-group" }, h("legend", {}, t("bulk.tags_on")), tagBoxes(rules, [], "add")),
      h("fieldset", { class: "wrap-group" }, h("legend", {}, t("bulk.tags_off")), tagBoxes(rules, [], "remove")),
    ], (form) => {
      const data = new FormData(form);
      const [add, remove] = [data.getAll("add").map(String), data.getAll("remove").map(String)];
      return add.length + remove.length > 0 ? [{ do: "tag", add, remove: remove.filter((tag) => !add.includes(tag)) }] : null;
    });
  }

  handBack() {
    this.#ask("hand_back", [h("p", {}, t("bulk.hand_back_hint"))], () => [{ do: "hand_back" }]);
  }

  /** With a category where the shop has them; what is left out is skipped, unless it is required. */
  async resolve() {
    const rules = await loadChoices().catch(() => null);
    this.#ask("resolve", [h("p", {}, t("bulk.resolve_hint")), ...(rules ? wrapUpFields(rules, {}) : [])], (form) => {
      const said = read(form);
      const isSkipped = !said.category && !said.outcome && !said.tags?.length;
      return [{ do: "resolve", ...(!isSkipped && { wrap_up: said }) }];
    });
  }

  /** What the tone coach says of it, asked once for each language there is. @param {string} text */
  async #heard(text) {
    const langs = new Map(this.rows().map(({ lang, conv }) => [lang, conv]));
    for (const conv of langs.values()) {
      const finding = await api.coach(conv, text).catch(() => null);
      if (finding) return finding;
    }
    return null;
  }

  /** The rows that are marked and known. */
  rows() {
    return this.marks.all().flatMap((conv) => this.desk.rows.get(conv) ?? []);
  }

  /** @param {Act[]} acts */
  async #run(acts) {
    return runAndTell(this.desk, sameFor(this.rows(), acts), { keep: (convs) => this.marks.keep(convs) });
  }

  /**
   * What is asked before it is done; stays open, with what was written, when there was no answer.
   * @param {Act["do"]} what
   * @param {import("/common/dom.js").Child[]} content
   * @param {((form: HTMLFormElement) => Act[] | null) | false} actsOf
   * @param {() => Promise<boolean>} [mayGo] asked before each run
   */
  #ask(what, content, actsOf, mayGo) {
    const go = h("button", { type: "submit", class: "button primary" }, t(`bulk.go.${what}`, { n: this.marks.size }));
    const form = h("form", {
      class: "run-form",
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (!actsOf || !actsOf(form) || go.disabled) return;
        go.disabled = true;
        const acts = mayGo && !await mayGo() ? null : actsOf(form);
        const answered = acts !== null && await this.#run(acts);
        go.disabled = false;
        if (answered) dialog.close();
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); },
    }, ...content, actsOf && h("div", { class: "run-acts" }, go));
    const dialog = sheet(`bulk-${what}`, t(`run.act.${what}`), [form]);
  }

  /** @param {Act["do"]} what @param {string} key @param {() => void} run */
  #button(what, key, run) {
    return h("button", { type: "button", class: "button small", "aria-keyshortcuts": key, onclick: run }, t(`run.act.${what}`), h("kbd", { "aria-hidden": "true" }, key));
  }
}
