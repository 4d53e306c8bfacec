// The page where macros are edited: everybody's and one's own on the left, the acts of the one that is open on the right.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { ApiError, api } from "../api.js";
import { choicesNow, loadChoices, nameOfChoice } from "../desk/choices.js";
import { tagBoxes } from "../desk/wrap_up.js";
import { keepDraft, loadDraft } from "../drafts.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { bindKeys } from "../keys.js";
import { loadPhrases, phrasesNow } from "../phrases/library.js";
import { go, hashOf } from "../router.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { loadMacros, macrosNow, nameOfMacro } from "./library.js";
import { summaryOf } from "./run.js";

/** @typedef {import("../types.d.ts").Macro} Macro */
/** @typedef {import("../types.d.ts").MacroAct} MacroAct */
/** @typedef {import("../types.d.ts").MacroDraft} MacroDraft */

const NEW = "new";
const KINDS = /** @type {const} */ (["take", "phrase", "note", "tag", "priority", "transfer", "release", "hand_back", "resolve"]);
const LEVELS = ["urgent", "high", "normal", "low"];
const MOST_ACTS = 10;

export class MacrosView {
  /** @type {string | undefined} */ #id;
  /** @type {import("../types.d.ts").Team[]} */ #teams = [];

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.me = me;
    // As service::macros has it; the server decides.
    this.mayShare = me.role !== "agent";
    this.rows = h("ul", { class: "rows phrase-rows" });
    this.empty = h("p", { class: "empty" }, t("macros.empty"));
    this.form = h("div", { class: "phrase-form scroller" });
    this.element = h("div", { class: "phrases macros" },
      h("section", { class: "pane phrases-list", "aria-label": t("macros.title") },
        h("header", { class: "place-head" }, h("h1", {}, t("macros.title")),
          h("a", { class: "button primary", href: hashOf("macros", NEW), "aria-keyshortcuts": "c" }, icon("plus"), t("macros.new"), h("kbd", { "aria-hidden": "true" }, "c"))),
        h("div", { class: "scroller" }, this.rows, this.empty)),
      this.form);
    this.unbind = bindKeys("nav.macros", [
      { key: "j", label: "phrases.key.next", run: () => this.#move(1) },
      { key: "k", label: "phrases.key.previous", run: () => this.#move(-1) },
      { key: "c", label: "macros.new", run: () => go(hashOf("macros", NEW)) },
    ]);
    void this.#load();
  }

  dispose() {
    this.unbind();
  }

  /** @param {string | undefined} id */
  show(id) {
    this.#id = id;
    this.element.dataset.shows = id ? "phrase" : "list";
    this.#draw();
    this.#drawForm();
  }

  async #load() {
    try {
      const teams = this.me.role === "editor" ? { teams: [] } : await api.desk();
      await Promise.all([loadMacros({ anew: true }), loadPhrases(), loadChoices()]);
      this.#teams = teams.teams;
    } catch (error) {
      this.empty.textContent = errorText(error);
      return toastError(error);
    }
    this.#draw();
    this.#drawForm();
  }

  /** @param {1 | -1} step */
  #move(step) {
    const shown = macrosNow();
    const at = shown.findIndex((one) => one.id === this.#id);
    const next = shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + step))];
    if (next) go(hashOf("macros", next.id), { replace: this.#id !== undefined });
  }

  #draw() {
    const shown = macrosNow();
    keepInStep(this.rows, shown.map((macro) => ({
      key: macro.id,
      sign: JSON.stringify([macro, macro.id === this.#id]),
      make: () => h("li", {}, h("a", { class: "row", href: hashOf("macros", macro.id), "aria-current": macro.id === this.#id && "true" },
        h("span", { class: "row-lead" }, icon(macro.owner ? "assigned" : "numbers")),
        h("span", { class: "row-name" }, h("span", { class: "name" }, nameOfMacro(macro)), macro.owner && h("span", { class: "mark quiet" }, t("phrases.own"))),
        h("span", { class: "row-time" }),
        h("span", { class: "row-preview" }, h("span", { class: "row-words" }, summaryOf(macro))))),
    })));
    this.empty.hidden = shown.length > 0;
  }

  #drawForm() {
    const stored = macrosNow().find((one) => one.id === this.#id);
    if (!this.#id || (!stored && this.#id !== NEW)) return void this.form.replaceChildren(h("p", { class: "empty" }, t("macros.pick")));
    this.form.replaceChildren(this.#formOf(stored));
  }

  /** @param {Macro | undefined} stored undefined: a new one */
  #formOf(stored) {
    const key = `macro:${stored?.id ?? NEW}`;
    const kept = /** @type {MacroDraft | null} */ (loadDraft(this.me.id, key));
    /** @type {MacroDraft} */
    const draft = kept ?? { version: stored?.version ?? 0, names: { ...stored?.names }, acts: structuredClone(stored?.acts ?? [{ do: "phrase", phrase: "" }]), shared: false };
    const mayChange = !stored || Boolean(stored.owner) || this.mayShare;
    const keep = () => keepDraft(this.me.id, key, draft);
    const problem = h("p", { class: "form-problem", role: "alert" });
    problem.hidden = true;
    const steps = h("ol", { class: "macro-acts" });
    const drawSteps = () => steps.replaceChildren(...draft.acts.map((act, at) => this.#actOf(draft, act, at, mayChange, () => { keep(); drawSteps(); }, keep)));
    drawSteps();
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const saved = stored ? await api.saveMacro(stored.id, draft) : await api.createMacro(draft);
        keepDraft(this.me.id, key, null);
        await loadMacros({ anew: true });
        toast(t("phrases.saved"), { tone: "good" });
        if (saved.id === this.#id) this.show(saved.id);
        else go(hashOf("macros", saved.id), { replace: true });
      } catch (error) {
        problem.hidden = false;
        problem.replaceChildren(icon("warn"), error instanceof ApiError && error.code === "conflict" ? t("macros.conflict")
          : error instanceof ApiError && error.code === "invalid" ? this.#problems(error) : errorText(error));
      }
    };
    const remove = async () => {
      if (!stored) return;
      try {
        await api.removeMacro(stored.id, stored.version);
        keepDraft(this.me.id, key, null);
        await loadMacros({ anew: true });
        const back = { names: stored.names, acts: stored.acts, shared: !stored.owner };
        toast(t("phrases.removed"), { action: { label: t("toast.undo"), run: () => void api.createMacro(back).then(() => this.#load(), toastError) } });
        go(hashOf("macros"));
      } catch (error) {
        toastError(error);
      }
    };
    const shared = h("input", { type: "checkbox", disabled: !this.mayShare, checked: Boolean(draft.shared), onchange: () => { draft.shared = shared.checked; keep(); } });
    return h("form", { class: "phrase-edit", onsubmit: save, onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save(event);
    } },
      h("h2", {}, stored ? nameOfMacro(stored) : t("macros.new")),
      !mayChange && h("p", { class: "banner" }, t("macros.read_only")),
      LANGS.map((one) => {
        const field = h("input", { class: "input", id: `macro-${one}`, type: "text", maxlength: "60", lang: one, disabled: !mayChange, value: draft.names[one] ?? "", oninput: () => { draft.names[one] = field.value; keep(); } });
        return h("div", { class: "field" }, h("label", { class: "label", for: `macro-${one}` }, t("macros.name", { lang: LANG_NAMES[one] })), field);
      }),
      !stored && h("label", { class: "check" }, shared, t(this.mayShare ? "macros.shared" : "macros.shared_not_yours")),
      h("h3", {}, t("macros.acts")),
      steps,
      mayChange && h("button", { type: "button", class: "button small", onclick: () => { if (draft.acts.length < MOST_ACTS) { draft.acts.push({ do: "note", text: "" }); keep(); drawSteps(); } } }, icon("plus"), t("macros.add")),
      h("p", { class: "quiet" }, t("macros.places")),
      problem,
      mayChange && h("div", { class: "phrase-acts" },
        h("button", { type: "submit", class: "button primary", "aria-keyshortcuts": "Control+Enter" }, t("phrases.save"), h("kbd", { "aria-hidden": "true" }, "Ctrl ↵")),
        stored && h("button", { type: "button", class: "button", onclick: remove }, t("phrases.remove"))));
  }

  /**
   * @param {MacroDraft} draft @param {MacroAct} act @param {number} at @param {boolean} mayChange
   * @param {() => void} redraw @param {() => void} keep
   */
  #actOf(draft, act, at, mayChange, redraw, keep) {
    const kind = h("select", { class: "input", "aria-label": t("macros.act", { n: at + 1 }), disabled: !mayChange, onchange: () => { draft.acts[at] = fresh(/** @type {MacroAct["do"]} */ (kind.value), this.#teams); redraw(); } },
      KINDS.map((one) => h("option", { value: one, selected: one === act.do && "selected" }, t(`macros.kind.${one}`))));
    const swap = (/** @type {number} */ other) => { [draft.acts[at], draft.acts[other]] = [draft.acts[other], draft.acts[at]]; redraw(); };
    return h("li", {},
      h("div", { class: "macro-act" }, h("div", { class: "macro-act-fields" }, kind,
        act.do === "phrase" && select(t("macros.kind.phrase"), phrasesNow().map((phrase) => [phrase.id, `/${phrase.shortcut}`]), act.phrase, mayChange, (value) => { act.phrase = value; keep(); }),
        act.do === "transfer" && select(t("transfer.to"), this.#teams.map((team) => [team.id, team.name]), act.team, mayChange, (value) => { act.team = value; keep(); }),
        act.do === "priority" && select(t("run.act.priority"), LEVELS.map((level) => [level, t(`level.${level}`)]), act.level, mayChange, (value) => { act.level = /** @type {import("../types.d.ts").Level} */ (value); keep(); }),
        act.do === "resolve" && outcomeOf(act, mayChange, keep)),
        mayChange && at > 0 && h("button", { type: "button", class: "icon-button macro-up", "aria-label": t("macros.up"), onclick: () => swap(at - 1) }, icon("down")),
        mayChange && h("button", { type: "button", class: "icon-button", "aria-label": t("macros.remove_act", { n: at + 1 }), onclick: () => { draft.acts.splice(at, 1); redraw(); } }, icon("close"))),
      (act.do === "note" || act.do === "transfer") && textOf(act, mayChange, keep),
      act.do === "tag" && tagsOf(act, at, mayChange, keep));
  }

  /** @param {ApiError} error */
  #problems(error) {
    /** @type {{field: string, message: string}[]} */
    const problems = error.body?.problems ?? [];
    return problems.map(({ field }) => {
      const [what, at] = field.split(".");
      return what === "acts" && at !== undefined ? t("macros.wrong.act", { n: Number(at) + 1 }) : t(`macros.wrong.${what}`);
    }).join(" ");
  }
}

/** @param {Extract<MacroAct, {do: "note" | "transfer"}>} act @param {boolean} mayChange @param {() => void} keep */
function textOf(act, mayChange, keep) {
  const label = t(act.do === "note" ? "run.act.note" : "transfer.note");
  const field = h("textarea", { class: "transfer-note", rows: "2", maxlength: "4000", disabled: !mayChange, placeholder: label, "aria-label": label, oninput: () => {
    if (act.do === "note") act.text = field.value;
    else act.note = field.value;
    keep();
  } });
  field.value = act.do === "note" ? act.text : act.note;
  return field;
}

/** The wrap-up that it is resolved with. @param {Extract<MacroAct, {do: "resolve"}>} act @param {boolean} mayChange @param {() => void} keep */
function outcomeOf(act, mayChange, keep) {
  const rules = choicesNow();
  /** @param {"category" | "outcome"} what @param {import("../types.d.ts").NamedChoice[]} choices */
  const one = (what, choices) => choices.length > 0 && select(t(`wrap.${what}`), choices.map(({ id }) => [id, nameOfChoice(choices, id)]), act[what] ?? "", mayChange, (value) => {
    act[what] = value || undefined;
    keep();
  }, t(`macros.no_${what}`));
  return rules && [one("category", rules.categories), one("outcome", rules.outcomes)];
}

/** @param {Extract<MacroAct, {do: "tag"}>} act @param {number} at @param {boolean} mayChange @param {() => void} keep */
function tagsOf(act, at, mayChange, keep) {
  const rules = choicesNow();
  if (!rules || rules.tags.length === 0) return h("p", { class: "quiet" }, t("bulk.no_tags"));
  return (/** @type {const} */ (["add", "remove"])).map((what) => {
    const group = h("fieldset", { class: "wrap-group", disabled: !mayChange, onchange: () => {
      act[what] = [...group.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);
      keep();
    } }, h("legend", {}, t(what === "add" ? "bulk.tags_on" : "bulk.tags_off")), tagBoxes(rules, act[what], `${what}-${at}`));
    return group;
  });
}

/** @param {string} label @param {string[][]} choices @param {string} chosen @param {boolean} mayChange @param {(value: string) => void} onchange @param {string} [none] */
function select(label, choices, chosen, mayChange, onchange, none = t("macros.choose_one")) {
  const field = h("select", { class: "input", "aria-label": label, disabled: !mayChange, onchange: () => onchange(field.value) },
    h("option", { value: "" }, none), choices.map(([value, text]) => h("option", { value, selected: value === chosen && "selected" }, text)));
  return field;
}

/** @param {MacroAct["do"]} kind @param {import("../types.d.ts").Team[]} teams @returns {MacroAct} */
function fresh(kind, teams) {
  switch (kind) {
    case "phrase": return { do: kind, phrase: "" };
    case "note": return { do: kind, text: "" };
    case "transfer": return { do: kind, team: teams[0]?.id ?? "", note: "" };
    case "tag": return { do: kind, add: [], remove: [] };
    case "priority": return { do: kind, level: "high" };
    default: return { do: kind };
  }
}
