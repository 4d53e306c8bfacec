// Phrases behind `/`: when the list opens, what it offers, what is filled in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { GAP, askedFor, filled, fitting, gapIn, textOf, valuesOf } from "../../../web_console/phrases/pick.js";

/** @param {Partial<import("../../../web_console/types.d.ts").Phrase>} phrase @returns {import("../../../web_console/types.d.ts").Phrase} */
const phrase = (phrase) => ({ id: phrase.shortcut ?? "", shortcut: "", category: "", texts: {}, version: 1, updated_at: 0, updated_by: null, uses: 0, own_uses: 0, ...phrase });

test("a slash opens the list where a word begins, and nowhere else", () => {
  /** @param {string} text */
  const query = (text) => askedFor(text, text.length)?.query ?? null;
  assert.equal(query("/"), "");
  assert.equal(query("Hello /so"), "so");
  assert.equal(query("您好/道歉"), "道歉", "Chinese has no gaps");
  for (const none of ["", "5/12", "https://", "a/b", "/hi there", "and/or"]) assert.equal(query(none), null, none);
  assert.deepEqual(askedFor("/hi there", 3), { start: 0, query: "hi" }, "up to the caret");
});

test("shortcuts come first, then the agent's habit, then everybody's", () => {
  const all = [
    phrase({ shortcut: "sorry", texts: { en: "We are sorry" }, uses: 9 }),
    phrase({ shortcut: "so-late", texts: { en: "The parcel" }, own_uses: 2 }),
    phrase({ shortcut: "bye", category: "closing", texts: { en: "So long" } }),
    phrase({ shortcut: "other", texts: { "zh-Hant": "別的" } }),
  ];
  assert.deepEqual(fitting(all, "so", "en").map((one) => one.shortcut), ["so-late", "sorry", "bye"]);
  assert.equal(fitting(all, "", "en").length, 4);
  assert.equal(textOf(all[3], "en"), "別的", "the nearest language stands in");
});

test("what is known is filled in, what is not is left open, and nobody is called by a mask", () => {
  assert.equal(filled("Hello {contact}, about {order}", { contact: "Ann", order: "PW1" }), "Hello Ann, about PW1");
  assert.equal(filled("Hello {contact}, about {order}", {}), `Hello, about ${GAP}`);
  assert.equal(filled("{contact}您好", {}), "您好");
  const row = /** @type {import("../../../web_console/types.d.ts").DeskRow} */ ({ who: "a…n@example.com" });
  const item = /** @type {import("../../../web_console/types.d.ts").Item} */ (/** @type {unknown} */ ({ seq: 1, at: 0, author: { role: "bot" }, kind: "message", text: "", card: { type: "order", number: "PW2" } }));
  assert.deepEqual(valuesOf(row, [item], { agent: "Maya", shop: "" }), { agent: "Maya", shop: undefined, order: "PW2" });
  assert.equal(valuesOf({ ...row, who: "黃小姐" }, [], { agent: "Maya", shop: "" }).contact, "黃小姐");
});

test("a place that nobody filled in is found, dots that only trail off are none", () => {
  /** @param {string} text */
  const found = (text) => { const gap = gapIn(text); return gap && text.slice(gap.at, gap.at + gap.length); };
  for (const [text, gap] of [
    [`I'm checking order ${GAP} with the carrier`, GAP], ["{contact}，{order}", "{contact}"],
    ["I'll get back to you by … today.", "…"], ["The reason for it is …; within that, I can … for you.", "…"],
    ["here is what I can do for you: … Would that help?", "…"],
    ["今天……点前回复您。", "……"], ["我可以为您做的是：……。您看这样可以吗？", "……"], ["是因為⋯⋯；在這之內", "⋯⋯"],
  ]) assert.equal(found(text), gap, text);
  for (const text of ["One moment…", "嗯……我看一下", "稍等……", "Well... let me see", "Use {} here", "您好，訂單 PW1 已寄出。"]) assert.equal(found(text), null, text);
});
