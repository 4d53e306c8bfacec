// Short notices in the corner: what was done, and for ten seconds the way back. Spoken politely.

import { h } from "/common/dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const UNDO_MS = 10_000;
const READ_MS = 6_000;
const SHOWN_AT_ONCE = 3;

const region = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** Where notices appear; put into the page once. */
export function toastRegion() {
  region.setAttribute("aria-label", t("toast.region"));
  return region;
}

/**
 * @param {string} text
 * @param {object} [options]
 * @param {"plain" | "good" | "bad"} [options.tone]
 * @param {{label: string, run: () => unknown}} [options.action] stays ten seconds
 * @param {string} [options.small] small print, such as an error code
 * @param {boolean} [options.stays] until it is closed
 * @returns {() => void} takes it away
 */
export function toast(text, { tone = "plain", action, small, stays = false } = {}) {
  const away = () => {
    clearTimeout(timer);
    element.remove();
  };
  const element = h("div", { class: `toast toast-${tone}` },
    tone === "good" ? icon("done") : tone === "bad" ? icon("warn") : null,
    h("p", { class: "toast-text" }, text, small ? h("small", {}, ` ${small}`) : null),
    action ? h("button", { type: "button", class: "toast-action", onclick: () => { away(); action.run(); } }, action.label) : null,
    h("button", { type: "button", class: "icon-button", "aria-label": t("toast.close"), onclick: away }, icon("close")),
  );
  /** @param {number} ms */
  const goesIn = (ms) => (stays ? undefined : setTimeout(away, ms));
  let timer = goesIn(action ? UNDO_MS : READ_MS);
  // Who reads or reaches for the button gets the time for it.
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", () => { timer = goesIn(READ_MS); });
  element.addEventListener("focusin", () => clearTimeout(timer));
  element.addEventListener("focusout", () => { timer = goesIn(READ_MS); });
  for (const shown of [...region.children]) if (shown.querySelector(".toast-text")?.textContent === element.querySelector(".toast-text")?.textContent) shown.remove();
  region.append(element);
  while (region.children.length > SHOWN_AT_ONCE) region.firstElementChild?.remove();
  return away;
}

/** @param {string} text @param {() => unknown} run */
export const toastWithUndo = (text, run) => toast(text, { tone: "good", action: { label: t("toast.undo"), run } });
