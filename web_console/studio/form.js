// An intent, the return policy or settings as a form over its file: what is typed here is written into the text, and the text goes
// the road it always goes. Below the line that is typed stands which past messages it finds.

import { h } from "/common/dom.js";
import { LANGS } from "/common/i18n.js";
import { ApiError, api } from "../api.js";
import { t, tOr } from "../words.js";
import { numberField } from "./number.js";
import { SettingsFields } from "./settings.js";

/** @typedef {import("../types.d.ts").IntentForm} IntentForm */
/** @typedef {import("../types.d.ts").ReturnPolicy} ReturnPolicy */
/** @typedef {import("../types.d.ts").FileMistake} FileMistake */

const WRITE_AFTER_MS = 250;
const MATCH_AFTER_MS = 400;
const ACTS = ["reply", "flow:order_status", "flow:return", "handoff:request"];
const DAYS = /** @type {const} */ (["change_of_mind_days", "exchange_days", "our_fault_days", "send_within_days"]);

export class FileForm {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #writing = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #matching = undefined;
  /** @type {import("../types.d.ts").FileFormContent | null} */ #form = null;
  /** @type {(HTMLTextAreaElement | HTMLInputElement)[]} */ #lists = [];
  /** @type {SettingsFields | null} */ #settings = null;
  /** Answers that were asked for before another file was read come too late. */ #round = 0;
  /** So do those of an older write. */ #writes = 0;

  /** @param {{path: () => string | null, content: () => string, ontyped: () => void, onwritten: (content: string) => void}} to */
  constructor(to) {
    this.to = to;
    this.error = h("p", { class: "field-error", role: "alert", hidden: true });
    this.fields = h("div", { class: "form-fields" });
    this.element = h("form", { class: "file-form", onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, this.error, this.fields);
  }

  dispose() {
    clearTimeout(this.#writing);
    clearTimeout(this.#matching);
    this.#round++;
  }

  /** What is typed and not yet in the text is written into it: another file is about to be opened. */
  async settle() {
    if (this.#writing === undefined) return;
    clearTimeout(this.#writing);
    await this.#write();
  }

  /** From the text. @returns {Promise<FileMistake | null>} what keeps it from being a form */
  async read() {
    const path = this.to.path();
    const round = ++this.#round;
    if (path === null) return null;
    try {
      const { form, replies, intents, settings } = await api.fileForm(path, this.to.content());
      if (round !== this.#round) return null;
      this.#form = form;
      this.#lists = [];
      this.error.hidden = true;
      this.#settings = "settings" in form ? this.#settingsOf(form.settings, settings, intents) : null;
      this.fields.replaceChildren(...(this.#settings ? this.#settings.elements : "intent" in form ? this.#intent(form.intent) : "returns" in form ? this.#returns(form.returns, replies) : []));
      return null;
    } catch (error) {
      const mistake = error instanceof ApiError ? /** @type {FileMistake | undefined} */ (error.body?.mistake) : undefined;
      if (!mistake) throw error;
      return mistake;
    }
  }

  /** Shows where the text is wrong: the line of the form that is in that line of it. @param {FileMistake | null} mistake */
  tell(mistake) {
    const said = mistake ? this.to.content().split("\n")[mistake.line - 1] ?? "" : "";
    let found = this.#settings?.tell(mistake, this.to.content()) ?? false;
    for (const field of this.#lists) {
      const lines = field.value.split("\n");
      const isSaid = (/** @type {string} */ line) => line !== "" && (said.includes(line) || said.includes(JSON.stringify(line).slice(1, -1)));
      /** @type {number} */
      const at = mistake && !found ? lines.findIndex((line) => isSaid(line.trim())) : -1;
      found ||= at >= 0;
      field.setAttribute("aria-invalid", String(at >= 0));
      const place = field.parentElement?.querySelector(".list-error");
      if (place instanceof HTMLElement) {
        place.hidden = at < 0;
        place.textContent = at < 0 || !mistake ? "" : t("studio.form.line", { line: at + 1, message: mistake.message });
      }
    }
    this.error.hidden = !mistake || found;
    if (mistake) this.error.textContent = t("studio.file_mistake", { line: mistake.line, message: mistake.message });
  }

  #changed() {
    this.to.ontyped();
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => void this.#write(), WRITE_AFTER_MS);
  }

  async #write() {
    const path = this.to.path();
    this.#writing = undefined;
    const [round, write] = [this.#round, ++this.#writes];
    if (path === null || !this.#form) return;
    try {
      const content = await api.writeFileForm(path, this.to.content(), written(this.#form));
      if (round === this.#round && write === this.#writes) this.to.onwritten(content);
    } catch (error) {
      this.error.hidden = false;
      this.error.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {import("../types.d.ts").Settings} values @param {import("../types.d.ts").Setting[]} settings @param {string[]} intents */
  #settingsOf(values, settings, intents) {
    return new SettingsFields(settings, values, intents, { changed: () => this.#changed(), unfinished: () => this.#unfinished() });
  }

  /** Of a number that is not there yet nothing is written, and nothing goes live. */
  #unfinished() {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    this.to.ontyped();
  }

  /** Whether a number is missing, or none that may be there. */
  isUnfinished() {
    return !this.element.hidden && this.fields.querySelector("[data-unfinished]") !== null;
  }

  /** @param {IntentForm} intent @returns {HTMLElement[]} */
  #intent(intent) {
    const name = typeof intent.act === "string" ? intent.act : Object.entries(intent.act)[0].join(":");
    const act = h("select", { class: "input", id: "form-act", onchange: () => {
      const [kind, what] = act.value.split(":");
      intent.act = what ? { [kind]: what } : "reply";
      this.#changed();
    } }, [...new Set([...ACTS, name])].map((one) => h("option", { value: one }, tOr(`studio.act.${one}`, one))));
    act.value = name;
    const words = (/** @type {string} */ lang) => (intent[/** @type {"en"} */ (lang)] ??= { label: "", examples: [], replies: [] });
    return [
      h("div", { class: "field" }, h("label", { class: "label", for: "form-act" }, t("studio.form.act")), act),
      h("div", { class: "field" }, h("label", { class: "label", for: "form-type" }, t("studio.form.type")),
        h("input", { class: "input", id: "form-type", value: intent.type, autocomplete: "off", spellcheck: "false", oninput: (/** @type {Event} */ event) => { intent.type = valueOf(event).trim(); this.#changed(); } })),
      h("label", { class: "form-check" },
        h("input", { type: "checkbox", checked: intent.small_talk, onchange: (/** @type {Event} */ event) => { intent.small_talk = event.target instanceof HTMLInputElement && event.target.checked; this.#changed(); } }), t("studio.form.small_talk")),
      this.#list("patterns", t("studio.form.patterns"), intent.patterns, (lines) => { intent.patterns = lines; }, "pattern"),
      this.#list("unless", t("studio.form.unless"), intent.unless, (lines) => { intent.unless = lines; }, "pattern"),
      this.#cues(intent),
      this.#list("articles", t("studio.form.articles"), intent.articles, (lines) => { intent.articles = lines; }, null),
      ...LANGS.map((lang) => h("fieldset", { class: "form-lang" }, h("legend", {}, t(`lang.${lang}`)),
        h("div", { class: "field" }, h("label", { class: "label", for: `form-label-${lang}` }, t("studio.form.label")),
          h("input", { class: "input", id: `form-label-${lang}`, lang, value: words(lang).label, oninput: (/** @type {Event} */ event) => { words(lang).label = valueOf(event); this.#changed(); } })),
        this.#list(`examples-${lang}`, t("studio.form.examples"), words(lang).examples, (lines) => { words(lang).examples = lines; }, "example", lang),
        this.#list(`replies-${lang}`, t("studio.form.replies"), words(lang).replies, (lines) => { words(lang).replies = lines; }, null, lang))),
    ];
  }

  /**
   * One line for each; `kind`: what the line under the cursor is held against past messages as.
   * @param {string} name @param {string} label @param {string[]} lines @param {(lines: string[]) => void} put
   * @param {"pattern" | "example" | null} kind @param {string} [lang]
   */
  #list(name, label, lines, put, kind, lang) {
    // A reply may have several lines; they are written as \n here.
    const field = h("textarea", { class: kind === "pattern" ? "input list-field code" : "input list-field", id: `form-${name}`, lang, rows: Math.min(8, Math.max(2, lines.length + 1)), spellcheck: kind === "pattern" ? "false" : undefined,
      wrap: kind === "pattern" ? "off" : undefined, oninput: () => {
        // A space at the end of a pattern is part of it.
        put(field.value.split("\n").filter((line) => line.trim() !== "").map((line) => kind === "pattern" ? line : line.trim().replaceAll("\\n", "\n")));
        this.#changed();
        if (kind) this.#matchLater(field, kind, found);
      } });
    field.value = lines.map((line) => line.replaceAll("\n", "\\n")).join("\n");
    const found = h("div", { class: "list-found", "aria-live": "polite" });
    if (kind) for (const event of ["click", "keyup"]) field.addEventListener(event, () => this.#matchLater(field, kind, found));
    this.#lists.push(field);
    return h("div", { class: "field" }, h("label", { class: "label", for: `form-${name}` }, label), field, h("p", { class: "field-error list-error", role: "alert", hidden: true }), found);
  }

  /** Words of the subject, each with its weight; more of them add up. @param {IntentForm} intent */
  #cues(intent) {
    const list = h("ul", { class: "reasons" });
    const draw = () => {
      this.#lists = this.#lists.filter((field) => !list.contains(field));
      list.replaceChildren(...intent.cues.map((cue, at) => this.#cue(cue, at, () => {
        intent.cues.splice(at, 1);
        draw();
        this.#changed();
        add.focus();
      })));
    };
    const add = h("button", { type: "button", class: "button small", onclick: () => {
      // Of no words there is nothing to hear yet: it is written once it has some.
      intent.cues.push({ weight: 1, regex: "" });
      draw();
      const last = list.querySelector("li:last-child .code");
      if (last instanceof HTMLElement) last.focus();
    } }, t("studio.form.cue_add"));
    draw();
    return h("fieldset", { class: "form-lang" }, h("legend", {}, t("studio.form.cues")), h("p", { class: "help" }, t("studio.form.cues_help")), list, h("div", {}, add));
  }

  /** @param {{weight: number, regex: string}} cue @param {number} at @param {() => void} remove */
  #cue(cue, at, remove) {
    const found = h("div", { class: "list-found", "aria-live": "polite" });
    const field = h("input", { class: "input code cue-words", "aria-label": t("studio.form.cue_n", { n: at + 1 }), value: cue.regex, spellcheck: "false", autocomplete: "off", oninput: () => {
      cue.regex = field.value;
      this.#changed();
      this.#matchLater(field, "pattern", found);
    } });
    field.addEventListener("focus", () => this.#matchLater(field, "pattern", found));
    this.#lists.push(field);
    const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
    return h("li", {}, field,
      numberField({ class: "cue-weight", label: t("studio.form.weight_n", { n: at + 1 }), value: cue.weight, least: 0.1, most: 3, isWhole: false }, wrong, { put: (weight) => { cue.weight = weight; this.#changed(); }, unfinished: () => this.#unfinished() }),
      h("button", { type: "button", class: "button small", "aria-label": t("studio.form.cue_remove", { n: at + 1 }), onclick: remove }, t("studio.form.remove")),
      h("p", { class: "field-error list-error", role: "alert", hidden: true }), wrong, found);
  }

  /** @param {HTMLTextAreaElement | HTMLInputElement} field @param {"pattern" | "example"} kind @param {HTMLElement} place */
  #matchLater(field, kind, place) {
    const line = field.value.slice(field.value.lastIndexOf("\n", (field.selectionStart ?? 0) - 1) + 1).split("\n")[0].trim();
    if (place.dataset.line === line) return;
    place.dataset.line = line;
    clearTimeout(this.#matching);
    if (line === "") return place.replaceChildren();
    const round = this.#round;
    this.#matching = setTimeout(async () => {
      try {
        const { of, matched, matches, mistake } = await api.pastMatches(kind === "pattern" ? { pattern: line } : { example: line });
        if (round !== this.#round || place.dataset.line !== line) return;
        place.replaceChildren(
          h("p", { class: mistake ? "field-error" : "quiet" }, mistake ?? (kind === "pattern" ? t("studio.form.matches", { n: matched ?? 0, of }) : t(matches.length > 0 ? "studio.form.nearest" : "studio.form.no_past"))),
          h("ul", {}, matches.map((match) => h("li", { lang: match.lang }, match.question))));
      } catch {
        place.replaceChildren();
        delete place.dataset.line;
      }
    }, MATCH_AFTER_MS);
  }

  /** @param {ReturnPolicy} policy @param {string[]} replies @returns {HTMLElement[]} */
  #returns(policy, replies) {
    return [
      h("datalist", { id: "form-replies" }, replies.map((reply) => h("option", { value: reply }))),
      ...DAYS.map((name) => {
        const error = h("p", { class: "field-error", id: `form-${name}-error`, role: "alert", hidden: true });
        const field = numberField({ id: `form-${name}`, value: policy[name], least: 0, most: 3650 }, error, { put: (days) => { policy[name] = days; this.#changed(); }, unfinished: () => this.#unfinished() });
        field.setAttribute("aria-describedby", error.id);
        return h("div", { class: "field" }, h("label", { class: "label", for: `form-${name}` }, t(`studio.form.${name}`)), field, error);
      }),
      ...(/** @type {const} */ (["not_once_opened", "never"])).map((name) => this.#reasons(name, policy)),
    ];
  }

  /** Categories of goods with the reply that says why. @param {"not_once_opened" | "never"} name @param {ReturnPolicy} policy */
  #reasons(name, policy) {
    const rows = Object.entries(policy[name]);
    const put = () => {
      policy[name] = Object.fromEntries(rows.map(([goods, reply]) => [goods.trim(), reply.trim()]).filter(([goods]) => goods !== ""));
      this.#changed();
    };
    const list = h("ul", { class: "reasons" });
    const draw = () => list.replaceChildren(...rows.map((row, at) => h("li", {},
      h("input", { class: "input", "aria-label": t("studio.form.goods"), value: row[0], placeholder: t("studio.form.goods"), oninput: (/** @type {Event} */ event) => { row[0] = valueOf(event); put(); } }),
      h("input", { class: "input", "aria-label": t("studio.form.reply"), list: "form-replies", value: row[1], placeholder: t("studio.form.reply"), oninput: (/** @type {Event} */ event) => { row[1] = valueOf(event); put(); } }),
      h("button", { type: "button", class: "button small", onclick: () => { rows.splice(at, 1); draw(); put(); } }, t("studio.form.remove")))));
    draw();
    return h("fieldset", { class: "form-lang" }, h("legend", {}, t(`studio.form.${name}`)), list,
      h("button", { type: "button", class: "button small", onclick: () => { rows.push(["", ""]); draw(); const last = list.querySelector("li:last-child input"); if (last instanceof HTMLElement) last.focus(); } }, t("studio.form.add")));
  }
}

/** Without cues that have no words yet. @param {import("../types.d.ts").FileFormContent} form @returns {import("../types.d.ts").FileFormContent} */
function written(form) {
  return "intent" in form ? { intent: { ...form.intent, cues: form.intent.cues.filter(({ regex }) => regex.trim() !== "") } } : form;
}

/** @param {Event} event */
function valueOf(event) {
  return event.target instanceof HTMLInputElement ? event.target.value : "";
}
