// What the admin's forms have in common: a field with its label and its mistake, and what a refused save says where.

import { h } from "/common/dom.js";
import { ApiError } from "../api.js";
import { errorText } from "../errors.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { t } from "../words.js";

let made = 0;

/** What a form finds wrong by itself, told as the server's own findings are. */
export class FieldProblems extends Error {
  /** @param {{field: string, message: string}[]} problems */
  constructor(problems) {
    super(problems.map(({ message }) => message).join(" "));
    this.problems = problems;
  }
}

/**
 * A labelled field; `name` is what the server calls it, so that its mistakes find it.
 * @param {string} name @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} input
 * @param {string} [help]
 */
export function field(name, label, input, help) {
  input.id ||= `admin-${made++}`;
  input.classList.add("input");
  const wrong = h("p", { class: "field-error", id: `${input.id}-wrong`, hidden: true });
  return h("div", { class: "field", "data-field": name },
    h("label", { class: "label", for: input.id }, label), input, help ? h("p", { class: "help" }, help) : null, wrong);
}

/** @param {string} label @param {HTMLInputElement} input */
export const check = (label, input) => h("label", { class: "check" }, input, label);

/** @param {[string, string][]} options value and words @param {string} value */
export function select(options, value) {
  return h("select", {}, options.map(([one, words]) => h("option", { value: one, selected: one === value }, words)));
}

/** @param {HTMLElement} form */
function clear(form) {
  for (const wrong of form.querySelectorAll(".field-error")) wrong.setAttribute("hidden", "");
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

/** The mistake beside its field. @param {HTMLElement} form @param {{field: string, message: string}} problem @returns {boolean} whether there is such a field */
function tell(form, { field: name, message }) {
  const place = [...form.querySelectorAll("[data-field]")].find((one) => one instanceof HTMLElement && one.dataset.field === name)
    ?? form.querySelector(`[data-field="${CSS.escape(name.split(".")[0])}"]`);
  const wrong = place?.querySelector(".field-error");
  const input = place?.querySelector(".input");
  if (!wrong || !input) return false;
  wrong.replaceChildren(icon("warn"), message);
  wrong.removeAttribute("hidden");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", wrong.id);
  return true;
}

/**
 * Saves; what the server refuses stands at its field, and nothing typed is lost.
 * @param {HTMLElement} form with a `.form-error` @param {() => Promise<unknown>} save
 * @returns {Promise<boolean>} whether it is saved
 */
export async function saving(form, save) {
  clear(form);
  const whole = form.querySelector(".form-error");
  whole?.setAttribute("hidden", "");
  const buttons = [...form.querySelectorAll("button")].filter((button) => button.type === "submit");
  for (const button of buttons) button.disabled = true;
  try {
    await save();
    toast(t("admin.saved"), { tone: "good" });
    return true;
  } catch (error) {
    /** @type {{field: string, message: string}[]} */
    const problems = error instanceof FieldProblems ? error.problems : error instanceof ApiError ? error.body?.problems ?? [] : [];
    const elsewhere = problems.filter((problem) => !tell(form, problem));
    const isTold = problems.length > 0 && elsewhere.length === 0;
    const text = error instanceof ApiError && error.code === "conflict" ? t("admin.conflict")
      : error instanceof ApiError && error.code === "last_admin" ? t("admin.last_admin")
        : elsewhere.length > 0 ? elsewhere.map(({ field: name, message }) => `${name}: ${message}`).join(" ") : errorText(error);
    if (!isTold && whole) {
      whole.replaceChildren(icon("warn"), text);
      whole.removeAttribute("hidden");
    }
    const first = form.querySelector("[aria-invalid]");
    if (first instanceof HTMLElement) first.focus();
    return false;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** Where a form says what no field can. */
export const formError = () => h("p", { class: "form-error", role: "alert", hidden: true });
