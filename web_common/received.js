// Files that are pasted or dropped: taken wherever people try it, announced before the hand lets go, and refused in words.

import { h } from "./dom.js";
import { hasFiles } from "./pictures.js";

/**
 * @typedef {object} Receiver
 * @property {HTMLElement} place  where they are dropped; positioned, as the words for it lie over it
 * @property {HTMLElement} field  where writing goes on
 * @property {() => string | null} whyNot  why none are taken now, in words
 * @property {() => string} invitation  what happens when the hand lets go, in words
 * @property {(files: File[]) => void} take
 * @property {(why: string) => void} refuse  tells why none were taken
 * @property {AbortSignal} [signal]  ends it
 */

/** @param {Receiver} receiver */
export function receive({ place, field, whyNot, invitation, take, refuse, signal }) {
  const over = h("p", { class: "drop-here", "aria-hidden": "true" });
  /** @param {string | null} why @param {File[]} files */
  const decide = (why, files) => {
    if (why !== null) return refuse(why);
    take(files);
    field.focus();
  };
  document.addEventListener("paste", (event) => {
    // Not what is pasted into another field, or beside a dialog.
    const at = event.target instanceof Element ? event.target : document.body;
    if (at !== field && (at.closest("input, textarea, select, dialog, [contenteditable]") || document.querySelector("dialog[open]"))) return;
    const files = pastedFiles(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    decide(whyNot(), files);
  }, { signal });
  place.addEventListener("dragover", (event) => {
    if (!hasFiles(event.dataTransfer) || !event.dataTransfer) return;
    event.preventDefault();
    const why = whyNot();
    event.dataTransfer.dropEffect = why === null ? "copy" : "none";
    over.textContent = why ?? invitation();
    over.classList.toggle("is-refused", why !== null);
    if (!over.isConnected) place.append(over);
  }, { signal });
  place.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && place.contains(event.relatedTarget))) over.remove();
  }, { signal });
  place.addEventListener("drop", (event) => {
    over.remove();
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    decide(whyNot(), [...(event.dataTransfer?.files ?? [])]);
  }, { signal });
}

/** Elsewhere on the page a browser would leave the page to show the file. */
export function keepsItsPage() {
  for (const name of /** @type {const} */ (["dragover", "drop"])) {
    addEventListener(name, (event) => {
      const chooses = event.target instanceof HTMLInputElement && event.target.type === "file";
      if (event.defaultPrevented || chooses || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
    });
  }
}

/**
 * Cells of a spreadsheet and lines of a word processor come as words, as formatted words and as a picture of them: then the
 * words are meant. A file that was copied may bring its name as words, a picture of a page its address as formatted ones.
 * @param {{types: ReadonlyArray<string>, files: ArrayLike<File>} | null} data
 * @returns {File[]}
 */
export function pastedFiles(data) {
  const isWords = data?.types.includes("text/plain") && data.types.includes("text/html");
  return isWords ? [] : Array.from(data?.files ?? []);
}
