// "Why this agent, why now": what was stored with the assignment, in words.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { t, tOr, waitText } from "../words.js";
import { factorText } from "./words.js";

/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {import("../types.d.ts").Why} Why */

/**
 * The reasons, most telling first.
 * @param {Why} why
 * @returns {string[]}
 */
export function reasonsOf(why) {
  const { how, way, waited_ms, priority, load } = why;
  const lines = [t(how === "given" && way ? `why.given.${way}` : `why.${how}`)];
  if (waited_ms !== undefined) lines.push(t("why.waited", { wait: waitText(waited_ms) }));
  if (priority.score > 0) {
    const factors = priority.factors.map(factorText);
    lines.push([t("brief.priority", { score: priority.score }), factors.join(t("why.and"))].filter(Boolean).join(" · "));
  }
  if (load) {
    lines.push(t("why.load", { active: load.active, capacity: load.capacity }));
    if (load.idle_ms !== undefined) lines.push(t("why.idle", { wait: waitText(load.idle_ms) }));
  }
  return lines;
}

/** The last change of hands that says why. @param {Item[]} items @returns {Why | null} */
export function lastWhy(items) {
  const found = items.findLast((item) => item.kind === "assigned" || item.kind === "offered");
  return (found?.kind === "assigned" || found?.kind === "offered") && found.why ? found.why : null;
}

/** One click away from the head of the conversation. @param {Item[]} items @param {boolean} isMine */
export function whyOf(items, isMine) {
  const label = t(isMine ? "why.button" : "why.title");
  const why = lastWhy(items);
  if (!why) return null;
  const details = h("details", { class: "why" },
    h("summary", { class: "icon-button", "aria-label": label, title: label }, icon("why")),
    h("div", { class: "why-sheet" }, h("p", { class: "eyebrow" }, t("why.title")), h("ul", {}, reasonsOf(why).map((line) => h("li", {}, line)))));
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector("summary")?.focus();
  });
  return details;
}
