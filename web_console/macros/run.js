// Running a macro: chosen by typing, then shown as what it would do and say to each conversation, changed where a place
// is open, and run exactly as it was shown.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { choicesNow, loadChoices, nameOfChoice } from "../desk/choices.js";
import { runAndTell, sheet } from "../desk/run_result.js";
import { nameOf } from "../desk/words.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { GAP } from "../phrases/pick.js";
import { go, hashOf } from "../router.js";
import { ranked } from "../shell/rank.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { loadMacros, nameOfMacro } from "./library.js";

/** @typedef {import("../types.d.ts").Macro} Macro */
/** @typedef {import("../types.d.ts").MacroPreview} MacroPreview */
/** @typedef {import("../types.d.ts").Team} Team */
/** @typedef {import("../desk/model.js").Desk} Desk */

const MOST_SHOWN = 9;

/**
 * @param {Desk} desk
 * @param {string[]} convs
 * @param {{keep?: (convs: string[]) => void}} [how] what is done with those it did not work with
 */
export async function chooseMacro(desk, convs, how = {}) {
  if (convs.length === 0) return void toast(t("macros.no_conversation"));
  /** @type {Macro[]} */
  let macros;
  try {
    macros = await loadMacros();
  } catch (error) {
    return toastError(error);
  }
  const commands = macros.map((macro) => ({ label: nameOfMacro(macro), where: summaryOf(macro), key: "", macro }));
  let at = 0;
  let shown = commands;
  const list = h("ul", { class: "palette-list", id: "macro-list", role: "listbox", "aria-label": t("macros.title") });
  const field = h("input", {
    class: "input palette-field", type: "text", autocomplete: "off", placeholder: t("macros.choose"), role: "combobox",
    "aria-label": t("macros.choose"), "aria-expanded": "true", "aria-controls": "macro-list", "aria-autocomplete": "list",
    oninput: () => { at = 0; draw(); },
  });
  const empty = h("p", { class: "empty" }, t(macros.length > 0 ? "palette.empty" : "macros.empty"));
  const edit = h("p", { class: "phrase-hint quiet" }, t("macros.for", { n: convs.length }),
    h("a", { href: hashOf("macros"), onclick: (/** @type {Event} */ event) => { event.preventDefault(); dialog.close(); go(hashOf("macros")); } }, t("macros.edit")));
  const dialog = h("dialog", { class: "sheet palette", "aria-label": t("macros.title") }, field, list, empty, edit);
  /** @param {{macro: Macro} | undefined} chosen */
  const run = (chosen) => {
    if (!chosen) return;
    dialog.close();
    void previewMacro(desk, chosen.macro, convs, how);
  };
  const draw = () => {
    shown = ranked(commands, field.value).slice(0, MOST_SHOWN);
    at = Math.min(at, Math.max(0, shown.length - 1));
    empty.hidden = shown.length > 0;
    list.replaceChildren(...shown.map((command, index) =>
      h("li", { id: `macro-${index}`, class: "palette-item", role: "option", "aria-selected": String(index === at), onclick: () => run(command) },
        h("span", { class: "palette-label" }, command.label), h("span", { class: "quiet" }, command.where))));
    field.setAttribute("aria-activedescendant", shown.length > 0 ? `macro-${at}` : "");
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown") at = Math.min(shown.length - 1, at + 1);
    else if (event.key === "ArrowUp") at = Math.max(0, at - 1);
    else if (event.key === "Enter" && event.target === field) return void (event.preventDefault(), run(shown[at]));
    else return;
    event.preventDefault();
    draw();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  draw();
  dialog.showModal();
  field.focus();
}

/** Its acts in a line. @param {Macro} macro */
export const summaryOf = (macro) => macro.acts.map((act) => t(act.do === "phrase" ? "run.act.message" : `run.act.${act.do}`)).join(" → ");

/** @param {Desk} desk @param {Macro} macro @param {string[]} convs @param {{keep?: (convs: string[]) => void}} how */
async function previewMacro(desk, macro, convs, how) {
  /** @type {MacroPreview[]} */ let previews;
  /** @type {Team[]} */ let teams;
  try {
    [previews, { teams }] = await Promise.all([api.previewMacro(macro.id, convs), api.desk(), loadChoices()]);
  } catch (error) {
    return toastError(error);
  }
  const start = h("button", { type: "submit", class: "button primary" }, t("macros.run", { n: previews.length }));
  const problem = h("p", { class: "form-problem", role: "alert" });
  problem.hidden = true;
  const form = h("form", {
    class: "run-form",
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const open = [...form.querySelectorAll("textarea")].find((field) => !field.value.trim() || field.value.includes(GAP));
      problem.hidden = open === undefined;
      if (open) {
        problem.textContent = t("macros.gap");
        return fillIn(open);
      }
      if (start.disabled) return;
      start.disabled = true;
      const answered = await runAndTell(desk, previews.map(({ conv, epoch, acts }) => ({ conv, epoch, acts })), how);
      start.disabled = false;
      if (answered) dialog.close();
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); },
  },
  h("ul", { class: "macro-previews" }, previews.map((preview) => previewOf(desk, preview, teams))), problem,
  h("div", { class: "run-acts" }, start));
  const dialog = sheet("macro-preview", nameOfMacro(macro), [form]);
  const open = [...form.querySelectorAll("textarea")].find((field) => field.value.includes(GAP));
  if (open) fillIn(open);
  else start.focus();
}

/** Where a place is open, typing fills it. @param {HTMLTextAreaElement} field */
function fillIn(field) {
  field.focus();
  const at = field.value.indexOf(GAP);
  if (at >= 0) field.setSelectionRange(at, at + GAP.length);
}

/** Texts may be changed; what is changed is what is run. @param {Desk} desk @param {MacroPreview} preview @param {Team[]} teams */
function previewOf(desk, preview, teams) {
  const row = desk.rows.get(preview.conv);
  return h("li", { "data-conv": preview.conv },
    h("h3", {}, row ? nameOf(row) : preview.conv, preview.has_gap && h("span", { class: "mark mark-warn" }, icon("warn"), t("macros.has_gap"))),
    h("ol", {}, preview.acts.map((act) => {
      const label = t(`run.act.${act.do}`);
      const detail = h("span", { class: "quiet" }, ` ${detailOf(act, teams)}`);
      /** @param {string} text @param {(text: string) => void} change */
      const fieldOf = (text, change) => {
        const field = h("textarea", { class: "transfer-note", rows: "2", maxlength: "4000", lang: row?.lang ?? null, "aria-label": label, oninput: () => change(field.value) });
        field.value = text;
        return field;
      };
      return h("li", {}, h("span", {}, label), detail,
        (act.do === "message" || act.do === "note") && fieldOf(act.text, (text) => { act.text = text; }),
        act.do === "transfer" && act.note && fieldOf(act.note, (text) => { act.note = text; }));
    })));
}

/** @param {import("../types.d.ts").Act} act @param {Team[]} teams */
function detailOf(act, teams) {
  const rules = choicesNow();
  switch (act.do) {
    case "transfer": {
      const id = "team" in act.to ? act.to.team : "";
      return teams.find((team) => team.id === id)?.name ?? id;
    }
    case "priority": return t(`level.${act.level}`);
    case "tag": return [...act.add.map((tag) => `+ ${nameOfChoice(rules?.tags, tag)}`), ...act.remove.map((tag) => `− ${nameOfChoice(rules?.tags, tag)}`)].join("  ");
    case "resolve": return [nameOfChoice(rules?.categories, act.wrap_up?.category ?? ""), nameOfChoice(rules?.outcomes, act.wrap_up?.outcome ?? "")].filter(Boolean).join(t("macros.and"));
    default: return "";
  }
}
