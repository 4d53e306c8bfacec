// What became of a run: a short word when all is done, else which conversations it did not work with, where it stopped
// and why, and the way to try the rest again.

import { h } from "/common/dom.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { go, hashOf } from "../router.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { refusalText } from "./composer.js";
import { notDone, restOf, runOn } from "./runs.js";
import { nameOf } from "./words.js";

/** @typedef {import("./model.js").Desk} Desk */
/** @typedef {import("../types.d.ts").RunTarget} RunTarget */

/**
 * Runs it and tells what became of it. What did not work stays marked.
 * @param {Desk} desk
 * @param {RunTarget[]} targets
 * @param {{keep?: (convs: string[]) => void}} [how]
 * @returns {Promise<boolean>} whether there was an answer
 */
export async function runAndTell(desk, targets, { keep } = {}) {
  let outcomes;
  try {
    outcomes = await runOn(targets);
  } catch (error) {
    toastError(error);
    return false;
  }
  const failed = notDone(targets, outcomes);
  keep?.(failed.map(({ conv }) => conv));
  if (failed.length === 0) {
    toast(t("run.done", { n: outcomes.length }), { tone: "good" });
    return true;
  }
  const again = () => {
    dialog.close();
    void runAndTell(desk, restOf(targets, outcomes, (conv) => desk.rows.get(conv)?.epoch ?? 0), { keep });
  };
  const dialog = sheet("run-result", t("run.result"), [
    h("p", {}, t("run.some", { done: outcomes.length - failed.length, all: outcomes.length })),
    h("ul", { class: "run-failed" }, failed.map(({ conv, done, refused, act }) => {
      const row = desk.rows.get(conv);
      return h("li", {},
        h("a", { href: hashOf("desk", conv), onclick: (/** @type {Event} */ event) => { event.preventDefault(); dialog.close(); go(hashOf("desk", conv)); } }, row ? nameOf(row) : conv),
        h("span", {}, icon("warn"), done > 0 ? t("run.stopped_at", { step: done + 1, act: t(`run.act.${act.do}`) }) : t(`run.act.${act.do}`)),
        h("span", { class: "quiet" }, refusalText(refused, false)));
    })),
    h("div", { class: "run-acts" },
      h("button", { type: "button", class: "button", onclick: again }, t("run.again", { n: failed.length })),
      h("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, t("run.close"))),
  ]);
  return true;
}

/**
 * A dialogue with a head and a way to close it; shown at once, gone when closed.
 * @param {string} name
 * @param {string} title
 * @param {import("/common/dom.js").Child[]} content
 */
export function sheet(name, title, content) {
  const dialog = h("dialog", { class: `sheet run-sheet ${name}`, "aria-labelledby": `${name}-title` },
    h("header", { class: "sheet-head" },
      h("h2", { id: `${name}-title` }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": t("run.close"), onclick: () => dialog.close() }, icon("close"))),
    ...content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
