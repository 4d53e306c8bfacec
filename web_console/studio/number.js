// A number between its bounds. What is none is told at the field, and nothing of it is written.

import { h } from "/common/dom.js";
import { t } from "../words.js";

/**
 * What was typed, as a number; null where it is none that may be here.
 * @param {string} text @param {{least: number, most: number, isWhole?: boolean}} bounds
 */
function numberIn(text, { least, most, isWhole = true }) {
  const number = text.trim() === "" ? NaN : Number(text);
  return number >= least && number <= most && (!isWhole || Number.isInteger(number)) ? number : null;
}

/**
 * @param {{id?: string, class?: string, label?: string, value: number, least: number, most: number, isWhole?: boolean}} field
 * @param {HTMLElement} error where it is told
 * @param {{put: (value: number) => void, unfinished: () => void}} to
 */
export function numberField({ id, class: name = "", label, value, least, most, isWhole = true }, error, { put, unfinished }) {
  const field = h("input", { class: `input number ${name}`.trim(), id, type: "number", min: least, max: most, step: isWhole ? 1 : 0.1, "aria-label": label, value, oninput: () => {
    const number = numberIn(field.value, { least, most, isWhole });
    field.toggleAttribute("data-unfinished", number === null);
    field.setAttribute("aria-invalid", String(number === null));
    error.hidden = number !== null;
    error.textContent = number === null ? t(isWhole ? "studio.setting_empty" : "studio.number_wrong", { least, most }) : "";
    if (number === null) unfinished();
    else put(number);
  } });
  return field;
}
