// How long an answer may still take: beside the row, near the deadline and past it.

import { h } from "/common/dom.js";
import { t, waitText } from "../words.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */

/** Earlier than this before the deadline nobody needs to hurry. */
const SHOWN_BEFORE_MS = 30 * 60_000;

/** Empty while there is nothing to say. @param {DeskRow} row @param {number} now */
export function slaText(row, now) {
  const due = row.sla_due_at;
  if (due === undefined || row.status === "closed" || row.status === "bot" || due - now > SHOWN_BEFORE_MS) return "";
  return due > now ? t("sla.left", { wait: waitText(due - now) }) : t("sla.late", { wait: waitText(now - due) });
}

/** @param {DeskRow} row @param {number} now */
export function slaMark(row, now) {
  const text = slaText(row, now);
  return text ? h("span", { class: (row.sla_due_at ?? 0) > now ? "sla-mark" : "sla-mark is-late" }, text) : null;
}
