// Changing what was written: other words in one's own message, or the words taken out (a card number), each with a small sheet.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { choicesNow } from "./choices.js";
import { Coach } from "./coach.js";
import { refusalText } from "./composer.js";
import { Unfilled } from "./unfilled.js";

/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {import("./model.js").Desk} Desk */

/** As the server has it; it decides. @param {Desk} desk @param {string} conv @param {Item} item */
export function mayEdit(desk, conv, item) {
  const isMine = item.author.role === "agent" && item.author.id === desk.me.id;
  if (!isMine || (item.kind !== "message" && item.kind !== "note") || item.changed?.redacted) return false;
  const owner = desk.rows.get(conv)?.assignee;
  const isFree = item.kind === "note" || !owner || owner.id === desk.me.id;
  return isFree && desk.now() - item.at < (choicesNow()?.edit_ms ?? 0);
}

/** @param {Desk} desk @param {string} conv @param {Item} item */
export function mayRedact(desk, conv, item) {
  const hasWords = (item.kind === "message" || item.kind === "note") && !item.changed?.redacted;
  return hasWords && (desk.supervises || desk.isMine(conv));
}

/** The buttons beside a message; null where nothing can be done. @param {Desk} desk @param {string} conv @param {Item} item */
export function toolsOf(desk, conv, item) {
  const [edits, redacts] = [mayEdit(desk, conv, item), mayRedact(desk, conv, item)];
  if (!edits && !redacts) return null;
  return h("div", { class: "message-tools" },
    edits && h("button", { type: "button", class: "message-tool", onclick: () => showEdit(desk, conv, item) }, icon("draft"), t("correct.edit")),
    redacts && h("button", { type: "button", class: "message-tool", onclick: () => showRedact(desk, conv, item) }, icon("close"), t("correct.redact")));
}

/** The newest of my own that can still be changed. @param {Desk} desk @param {string} conv */
export const lastOwn = (desk, conv) => desk.items(conv).findLast((item) => mayEdit(desk, conv, item));

/** @param {Desk} desk @param {string} conv @param {Item} item */
export function showEdit(desk, conv, item) {
  if (item.kind !== "message" && item.kind !== "note") return;
  const field = h("textarea", { class: "correct-field", rows: "4", maxlength: "4000", "aria-label": t("correct.words"), value: item.text });
  // What the shopper reads is heard as a reply is before it is sent.
  const isReply = item.kind === "message";
  const coach = new Coach(conv, {
    onuse: (better) => { field.value = better; coach.clear(); field.focus(); },
    onsend: () => field.form?.requestSubmit(),
  });
  const unfilled = new Unfilled({ onsend: () => field.form?.requestSubmit() });
  field.addEventListener("input", () => { coach.typed(isReply ? field.value.trim() : ""); unfilled.typed(field.value); });
  sheet("correct-edit", t("correct.edit_title"), t("correct.keep"), [field, unfilled.element, coach.element, h("p", { class: "quiet" }, t("correct.edit_hint"))], async () => {
    const text = field.value.trim();
    if (!text || text === item.text) return true;
    const despite = coach.saidOf(text);
    if (isReply && !unfilled.allows(text, field)) return false;
    if (isReply && despite === null && !await coach.allows(text)) return false;
    if (field.value.trim() !== text || !field.isConnected) return false;
    void send(desk, conv, { do: "edit", seq: item.seq, text, ...(despite && { despite }) });
    return true;
  }, () => coach.dispose());
  field.setSelectionRange(field.value.length, field.value.length);
}

/** @param {Desk} desk @param {string} conv @param {Item} item */
export function showRedact(desk, conv, item) {
  const reasons = ["card", "identity", "address", "password", "other"];
  const list = h("div", { class: "wrap-choices", role: "radiogroup", "aria-label": t("correct.why") }, reasons.map((reason, at) =>
    h("label", { class: "wrap-choice" }, h("input", { type: "radio", name: "why", value: reason, checked: at === 0 }), h("span", {}, t(`correct.why.${reason}`)))));
  sheet("correct-redact", t("correct.redact_title"), t("correct.redact"), [list, h("p", {}, icon("warn"), " ", t("correct.redact_hint"))], () => {
    const chosen = list.querySelector("input:checked");
    const why = chosen instanceof HTMLInputElement ? chosen.value : "other";
    void send(desk, conv, { do: "redact", seq: item.seq, why: t(`correct.why.${why}`) });
    return true;
  });
}

/** @param {Desk} desk @param {string} conv @param {import("../types.d.ts").SendBody} body */
async function send(desk, conv, body) {
  const refusal = await desk.act(conv, body);
  if (refusal) toast(refusalText(refusal, false), { tone: "bad" });
}

/**
 * @param {string} id @param {string} title @param {string} deed @param {import("/common/dom.js").Child[]} content
 * @param {() => boolean | Promise<boolean>} done whether the sheet is done with
 * @param {() => void} [closed]
 */
function sheet(id, title, deed, content, done, closed) {
  let isAsked = false;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isAsked) return;
    isAsked = true;
    const isDone = await done();
    isAsked = false;
    if (isDone) dialog.close();
  };
  const form = h("form", { class: "wrap-form", onsubmit: submit },
    h("header", { class: "sheet-head" }, h("h2", { id }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": t("wrap.close_sheet"), onclick: () => dialog.close() }, icon("close"))),
    content,
    h("div", { class: "wrap-acts" }, h("button", { type: "submit", class: "button primary" }, deed, h("kbd", { "aria-hidden": "true" }, "Enter"))));
  const dialog = h("dialog", { class: "sheet correct", "aria-labelledby": id }, form);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    form.requestSubmit();
  });
  dialog.addEventListener("close", () => { dialog.remove(); closed?.(); });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  const first = form.querySelector("textarea, input");
  if (first instanceof HTMLElement) first.focus();
}
