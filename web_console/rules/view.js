// The page of rules "when … then …": the file as it is, tried on what was before it is saved.

import { h } from "/common/dom.js";
import { exact } from "/common/time.js";
import { ApiError, api } from "../api.js";
import { previewText } from "../desk/words.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { bindKeys } from "../keys.js";
import { hashOf } from "../router.js";
import { toast } from "../toast.js";
import { lang, t } from "../words.js";
import { actText } from "./words.js";

/** @typedef {import("../types.d.ts").RulesTried} RulesTried */

const DRAFT = "rules";
const DAYS = [7, 30, 90];

export class RulesView {
  #version = "";
  #stored = "";

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    this.field = h("textarea", {
      class: "rules-text", rows: "24", spellcheck: "false", autocapitalize: "off", dir: "ltr", "aria-label": t("rules.title"), disabled: true,
      oninput: () => this.#keep(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void this.tryOut(); } },
    });
    this.days = h("select", { class: "input", "aria-label": t("rules.days_label") }, DAYS.map((days) => h("option", { value: String(days), selected: days === 30 && "selected" }, t("rules.days", { n: days }))));
    this.problem = h("p", { class: "form-problem", role: "alert" });
    this.problem.hidden = true;
    this.result = h("div", { class: "rules-result", role: "status" });
    this.saveButton = h("button", { type: "button", class: "button", onclick: () => void this.save() }, t("rules.save"));
    this.element = h("div", { class: "pane rules" },
      h("header", { class: "place-head" }, h("h1", {}, t("rules.title"))),
      h("div", { class: "rules-panes" },
        h("section", { class: "rules-edit" },
          h("p", { class: "quiet" }, t("rules.hint")), this.field, this.problem,
          h("div", { class: "rules-acts" }, this.days,
            h("button", { type: "button", class: "button primary", "aria-keyshortcuts": "Control+Enter", onclick: () => void this.tryOut() }, t("rules.try"), h("kbd", { "aria-hidden": "true" }, "Ctrl ↵")),
            this.saveButton)),
        h("section", { class: "rules-tried scroller", tabindex: "0", "aria-label": t("rules.tried_title") }, this.result)));
    this.unbind = bindKeys("nav.rules", [{ key: "Escape", label: "key.leave_field", whileTyping: true, run: () => { if (document.activeElement !== this.field) return false; this.field.blur(); return true; } }]);
    void this.#load();
  }

  dispose() {
    this.unbind();
  }

  show() {
    this.field.focus();
  }

  async #load() {
    try {
      ({ text: this.#stored, version: this.#version } = await api.rules());
    } catch (error) {
      this.result.textContent = errorText(error);
      return toastError(error);
    }
    const kept = /** @type {{text: string, version: string} | null} */ (loadDraft(this.me.id, DRAFT));
    this.field.disabled = false;
    this.field.value = kept ? kept.text : this.#stored;
    // What was begun on an older file is saved over no newer one.
    if (kept) this.#version = kept.version;
    this.result.replaceChildren(h("p", { class: "empty" }, t("rules.not_tried")));
    this.field.focus();
  }

  #keep() {
    const { value: text } = this.field;
    keepDraft(this.me.id, DRAFT, text === this.#stored ? null : { text, version: this.#version });
    this.problem.hidden = true;
  }

  async tryOut() {
    this.problem.hidden = true;
    try {
      this.#drawTried(await api.tryRules(this.field.value, Number(this.days.value)));
    } catch (error) {
      this.#wrong(error);
    }
  }

  async save() {
    this.problem.hidden = true;
    try {
      ({ text: this.#stored, version: this.#version } = await api.saveRules(this.#version, this.field.value));
      keepDraft(this.me.id, DRAFT, null);
      toast(t("rules.saved"), { tone: "good" });
    } catch (error) {
      this.#wrong(error);
    }
  }

  /** @param {unknown} error */
  #wrong(error) {
    if (!(error instanceof ApiError)) return toastError(error);
    this.problem.hidden = false;
    const { code, body } = error;
    if (code === "invalid") {
      const { line, message } = body?.problems?.[0] ?? {};
      this.problem.replaceChildren(icon("warn"), line ? t("rules.wrong_at", { line, message }) : String(message ?? ""));
      this.#goTo(line);
    } else if (code === "conflict") {
      this.problem.replaceChildren(icon("warn"), t("rules.conflict"), " ", h("button", { type: "button", class: "button small", onclick: () => {
        ({ text: this.#stored, version: this.#version } = body.current);
        this.field.value = this.#stored;
        this.#keep();
      } }, t("rules.take_theirs")));
    } else {
      this.problem.replaceChildren(icon("warn"), errorText(error));
    }
  }

  /** @param {number | undefined} line */
  #goTo(line) {
    if (!line) return;
    const lines = this.field.value.split("\n");
    const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.field.focus();
    this.field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  }

  /** @param {RulesTried} tried */
  #drawTried(tried) {
    this.result.replaceChildren(
      h("p", {}, t(tried.is_cut ? "rules.looked_at_cut" : "rules.looked_at", { n: tried.looked_at })),
      tried.rules.length > 0
        ? h("ul", { class: "rules-list" }, tried.rules.map((rule) => h("li", {},
          h("h3", {}, rule.rule),
          h("p", { class: rule.firings > 0 ? "" : "quiet" }, rule.firings > 0 ? t("rules.fired", { n: rule.firings, conversations: rule.conversations }) : t("rules.never")),
          rule.examples.length > 0 && h("ul", { class: "rules-examples" }, rule.examples.map((example) => h("li", {},
            h("a", { href: hashOf("desk", example.conv) }, h("time", { datetime: new Date(example.at).toISOString() }, exact(example.at, lang()))),
            h("span", { class: "rules-preview" }, previewText(example.preview)),
            h("span", { class: "quiet" }, example.did.map(actText).join(" · "))))))))
        : h("p", { class: "empty" }, t("rules.none")));
  }
}
