// How rows, reasons and feelings are said on the desk, so that list, brief and notices use the same words.

import { h } from "/common/dom.js";
import { previewParts } from "/common/files.js";
import { icon } from "../icons.js";
import { t, tOr } from "../words.js";
import { RED_LINES, noticeable } from "./order.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */

/** @param {Pick<DeskRow, "conv" | "who">} row */
export const nameOf = (row) => row.who || t("desk.shopper_code", { code: row.conv.slice(-4).toUpperCase() });

/** @param {string} reason */
export const reasonText = (reason) => tOr(`reason.${reason}`, reason.replaceAll("_", " "));

/** What adds to a priority, or takes from it. @param {{name: string, points: number}} factor */
export const factorText = ({ name, points }) =>
  t(points < 0 ? "brief.factor_less" : "brief.factor", { name: tOr(`factor.${name}`, name.replaceAll("_", " ")), points: Math.abs(points) });

/** @param {string} reason @returns {HTMLElement} */
export function reasonMark(reason) {
  const urgent = RED_LINES.has(reason);
  return h("span", { class: urgent ? "mark mark-red" : "mark" }, urgent ? icon("red_line") : null, reasonText(reason));
}

/** @param {import("./order.js").Noticeable} feeling @returns {HTMLElement} */
export function feelingMark({ name, strong }) {
  return h("span", { class: `mark mark-${name}` }, icon(name), t(`feeling.${name}${strong ? ".strong" : ""}`));
}

/** The strongest feeling, if any is worth a mark. @param {DeskRow} row */
export function mainFeeling(row) {
  const [first] = noticeable(row.feeling);
  return first ? feelingMark(first) : null;
}

/** As a reader sees it. @param {string} preview @param {number} [more] files that it does not show */
export function previewText(preview, more = 0) {
  const { n: shown, text } = previewParts(preview);
  const n = shown + more;
  return n === 0 ? text : [n === 1 ? t("row.file") : t("row.files", { n }), text].filter(Boolean).join(" ");
}

/** Everything of a row that can be searched, as it is shown. @param {DeskRow} row */
export function searchedWords(row) {
  return [nameOf(row), previewText(row.preview), row.reason ? reasonText(row.reason) : "", row.assignee?.name ?? "", row.conv].join("\n");
}

/** What a supervisor is told. @param {import("../types.d.ts").Notice} notice */
export function noticeText(notice) {
  switch (notice.about) {
    case "rule": return notice.text;
    case "alert": return t("rules.notice.alert", { reason: reasonText(notice.reason) });
    case "low_rating": return t("rules.notice.low_rating", { n: notice.score });
  }
}
