// The console's pure parts: words, order of the queue, addresses, and the merge of two editors' work.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGS } from "../../../web_common/i18n.js";
import { byUrgency, matching, noticeable, rowsOf } from "../../../web_console/desk/order.js";
import { differences, fieldsOf, merged, mistakes, sameFields, tidied } from "../../../web_console/knowledge/merge.js";
import { hashOf, parseRoute } from "../../../web_console/router.js";
import { strings } from "../../../web_console/strings.js";

/** Each number's own words. @param {import("../../../web_common/i18n.js").Phrase} phrase @returns {string[]} */
const texts = (phrase) => (typeof phrase === "string" ? [phrase] : Object.values(phrase));
/** "This one" may leave the number out. @param {import("../../../web_common/i18n.js").Phrase} phrase */
const places = (phrase) => [...new Set(texts(phrase).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

test("every phrase of the console has all three languages and the same places in each", () => {
  for (const [key, phrase] of Object.entries(strings)) {
    for (const lang of LANGS) {
      assert.deepEqual(places(phrase[lang]), places(phrase.en), `${key} in ${lang}`);
      for (const text of texts(phrase[lang])) {
        assert.ok(text.trim(), `${key} in ${lang}`);
        assert.doesNotMatch(text, /[!！]/, `${key} in ${lang}`);
      }
    }
  }
});

test("zh-Hant and zh-Hans are each written in their own characters", () => {
  const traditional = /[這們訊檢視關開電請對話轉讓會員機點擊輸貼圖寫復單據護檔]/u;
  const simplified = /[这们讯检视关开电请对话转让会员机点击输贴图写复单据护档]/u;
  for (const [key, phrase] of Object.entries(strings)) {
    if (key.startsWith("lang.")) continue;
    for (const text of texts(phrase["zh-Hans"])) assert.doesNotMatch(text, traditional, key);
    for (const text of texts(phrase["zh-Hant"])) assert.doesNotMatch(text, simplified, key);
  }
});

/** @param {Partial<import("../../../web_common/types.d.ts").DeskRow>} row @returns {import("../../../web_common/types.d.ts").DeskRow} */
const rowOf = (row) => ({ conv: "c", status: "queued", lang: "en", epoch: 0, priority: 0, updated_at: 0, head: 1, preview: "", ...row });

test("the queue is sorted by priority, then by who waits longest", () => {
  const rows = [
    rowOf({ conv: "late", queued_at: 300 }),
    rowOf({ conv: "early", queued_at: 100 }),
    rowOf({ conv: "hurt", priority: 900, queued_at: 500 }),
    rowOf({ conv: "with-bot", status: "bot" }),
  ];
  assert.deepEqual(rowsOf(rows, "queue", "me").map(({ conv }) => conv), ["hurt", "early", "late"]);
  assert.equal(byUrgency(rows[0], rows[0]), 0, "a row equals itself");
});

test("mine are mine, closed ones are in their own list only", () => {
  const rows = [
    rowOf({ conv: "mine", status: "assigned", assignee: { id: "me", name: "Maya" } }),
    rowOf({ conv: "theirs", status: "assigned", assignee: { id: "leo", name: "Leo" } }),
    rowOf({ conv: "over", status: "closed" }),
  ];
  assert.deepEqual(rowsOf(rows, "mine", "me").map(({ conv }) => conv), ["mine"]);
  assert.deepEqual(rowsOf(rows, "all", "me").map(({ conv }) => conv), ["mine", "theirs"]);
  assert.deepEqual(rowsOf(rows, "closed", "me").map(({ conv }) => conv), ["over"]);
});

test("the list is searched by every word, in any width and case", () => {
  const rows = [rowOf({ conv: "1", preview: "訂單 PW20260318 還沒到" }), rowOf({ conv: "2", preview: "運費" })];
  assert.deepEqual(matching(rows, "ｐｗ20260318 訂單", (row) => row.preview).map(({ conv }) => conv), ["1"]);
  assert.equal(matching(rows, "  ", (row) => row.preview).length, 2);
});

test("only a noticeable feeling gets a mark, the strongest first", () => {
  assert.deepEqual(noticeable({ anger: 0.5, anxiety: 0.1, disappointment: 0, urgency: 0.9 }), [
    { name: "urgency", strong: true }, { name: "anger", strong: false },
  ]);
  assert.deepEqual(noticeable(undefined), []);
});

test("addresses come back as they were written", () => {
  assert.deepEqual(parseRoute(hashOf("desk", "a/b"))?.id, "a/b");
  assert.equal(parseRoute(hashOf("bench", undefined, { q: "滿多少免運" }))?.query.get("q"), "滿多少免運");
  for (const wrong of ["#/", "#/nowhere", "#/desk/a/b", "#/bench/x", "#/desk/%E0%A4%A"]) assert.equal(parseRoute(wrong), null, wrong);
});

/** @returns {import("../../../web_console/types.d.ts").Article} */
const article = () => ({
  id: "shipping-fee", status: "published", version: 3, category: "delivery", products: ["PW-CUP-03"], valid_from: null, valid_until: null,
  texts: { en: { title: "Shipping", questions: ["how much"], body: "US$15" } },
});

test("a field only one editor touched is never asked about; one both touched is", () => {
  const base = fieldsOf(article());
  const mine = structuredClone(base);
  const theirs = structuredClone(base);
  assert.ok(mine.texts.en && theirs.texts.en);
  mine.texts.en.title = "Delivery fees";
  mine.category = "orders";
  theirs.texts.en.title = "Shipping costs";
  theirs.texts.en.body = "US$12";
  theirs.texts["zh-Hant"] = { title: "運費", questions: [], body: "NT$90" };
  const found = differences(base, mine, theirs);
  assert.deepEqual(Object.fromEntries(found.map(({ field, changed }) => [field, changed])), {
    "title:zh-Hant": "theirs", "body:zh-Hant": "theirs", "title:en": "both", "body:en": "theirs", category: "mine",
  });
  const both = merged(mine, found, ({ changed }) => (changed === "theirs" ? "theirs" : "mine"));
  assert.deepEqual(both.texts.en, { title: "Delivery fees", questions: ["how much"], body: "US$12" });
  assert.equal(both.texts["zh-Hant"]?.body, "NT$90");
  assert.equal(both.category, "orders");
  assert.equal(mine.texts.en.body, "US$15", "what I wrote is not touched by the merge");
});

test("an emptied language is left out, and blanks alone are no change", () => {
  const fields = fieldsOf(article());
  fields.texts["zh-Hans"] = { title: " ", questions: [" "], body: "\n" };
  assert.ok(fields.texts.en);
  fields.texts.en.title = "Shipping ";
  assert.ok(sameFields(tidied(fields), fieldsOf(article())));
  assert.deepEqual(Object.keys(tidied(fields).texts), ["en"]);
});

test("mistakes are named by their field", () => {
  const fields = tidied({ ...fieldsOf(article()), valid_from: "2026-05-02", valid_until: "2026-05-01" });
  assert.deepEqual([...mistakes(fields, { id: "Shipping Fee", isNew: true }).keys()], ["id", "valid_until"]);
  assert.deepEqual([...mistakes({ ...fields, valid_until: null }, { id: "x", isNew: false }).keys()], []);
  assert.deepEqual([...mistakes(tidied({ ...fieldsOf(article()), texts: {} }), { id: "x", isNew: false }).keys()], ["texts"]);
});

test("what the server would refuse for its length is said before it is sent", () => {
  const fields = fieldsOf(article());
  assert.ok(fields.texts.en);
  fields.texts.en = { title: "長".repeat(201), questions: ["長".repeat(301)], body: "x" };
  const found = mistakes(fields, { id: "x", isNew: false });
  assert.deepEqual(found.get("title:en"), { key: "editor.wrong.too_long", values: { n: 201, most: 200 } });
  assert.equal(found.get("questions:en")?.key, "editor.wrong.question_long");
});
