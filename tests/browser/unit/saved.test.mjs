// A conversation as a text file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { translator } from "../../../web_common/i18n.js";
import { asText } from "../../../web_common/saved.js";
import { COMMON } from "../../../web_common/strings.js";

const at = (/** @type {number} */ day, /** @type {number} */ minute) => new Date(2026, 2, day, 14, minute).getTime();
const maya = { role: /** @type {const} */ ("agent"), id: "maya", name: "Maya" };
const shopper = { role: /** @type {const} */ ("shopper") };
/** @type {any[]} */
const items = [
  { seq: 1, at: at(18, 3), kind: "message", author: { role: "bot" }, text: "**7 days.**", source: { article: "returns", title: "Returns" } },
  { seq: 2, at: at(18, 4), kind: "message", author: shopper, text: "and this?\nit is broken", files: [{ id: "f", type: "image/png", bytes: 9 }] },
  { seq: 3, at: at(18, 4), kind: "handoff", author: { role: "bot" } },
  { seq: 4, at: at(19, 9), kind: "note", author: maya, text: "ask the carrier" },
  { seq: 5, at: at(19, 10), kind: "message", author: maya, text: "4111 1111", changed: { redacted: { at: at(19, 11) } } },
  { seq: 6, at: at(19, 12), kind: "message", author: maya, text: "Here you are.", files: [{ id: "g", type: "application/pdf", bytes: 9, name: "label.pdf" }], changed: { edited_at: at(19, 13) } },
];

/** @param {import("../../../web_common/types.d.ts").Lang} lang @param {"shopper" | "agent"} perspective */
const lines = (lang, perspective, shown = items) => asText(shown, { words: translator(lang, COMMON), shop: "Perch & Wool", perspective }).split("\r\n");

test("the shopper keeps what the shopper reads, day by day", () => {
  assert.deepEqual(lines("en", "shopper", items.filter((item) => item.kind !== "note")), [
    "\uFEFFConversation with Perch & Wool", "",
    "— Wed, 18 Mar 2026 —", "",
    "[14:03] Perch & Wool bot: **7 days.**", "        Source: Returns",
    "[14:04] You: and this?", "        it is broken", "        [picture]",
    `[14:04] * ${translator("en", COMMON).t("system.handoff")}`, "",
    "— Thu, 19 Mar 2026 —", "",
    `[14:10] Maya, support: Words removed`,
    "[14:12] Maya, support: Here you are.", "        [file: label.pdf]", "        Edited", "",
  ]);
});

test("an agent's has the notes, marked as such, and words that were taken out stay out", () => {
  const text = lines("zh-Hant", "agent").join("\n");
  assert.match(text, /\[14:09\] Maya（內部備註）: ask the carrier/);
  assert.match(text, /\[14:04\] 顧客: and this\?/);
  assert.doesNotMatch(text, /4111/);
});
