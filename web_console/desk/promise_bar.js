// How an open promise is shown: above the composer, and its time wherever it is named.

import { h } from "/common/dom.js";
import { clock, exact, sameDay } from "/common/time.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { lang, t } from "../words.js";

/** `18:00`, or the day before it. @param {number} at @param {number} now */
export const dueText = (at, now) => (sameDay(at, now) ? clock(at, lang()) : exact(at, lang()));

/** Above the composer: what was promised here, and by when. @param {import("./promises.js").Promises} promises @param {string} conv */
export function promiseBar(promises, conv) {
  const promise = promises.of(conv);
  if (!promise) return null;
  const now = promises.desk.now();
  const late = promise.due_at < now;
  const key = late ? "promise.late" : promises.isDue(promise) ? "promise.due" : "promise.open";
  return h("div", { class: late || promises.isDue(promise) ? "promise is-due" : "promise", role: "status" },
    icon("queued"), h("strong", {}, t(key, { time: dueText(promise.due_at, now) })), h("q", { class: "promise-said" }, promise.said),
    h("button", { type: "button", class: "button small quiet-button", onclick: () => promises.dismiss(promise).catch(toastError) }, t("promise.dismiss")));
}
