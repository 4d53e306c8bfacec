// The studio's pure parts: what changed line by line, and which translation is behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lineDiff } from "../../../web_console/knowledge/diff.js";
import { emptyFields, fieldsOf, sameFields, staleLangs, wired } from "../../../web_console/knowledge/merge.js";

test("a diff keeps what stayed and names what went and what came", () => {
  const told = lineDiff(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]).map(({ kind, text }) => `${kind}:${text}`);
  assert.deepEqual(told, ["same:a", "gone:b", "new:x", "same:c", "same:d", "new:e"]);
  assert.deepEqual(lineDiff([], ["a"]), [{ kind: "new", text: "a" }]);
  assert.deepEqual(lineDiff(["a"], []), [{ kind: "gone", text: "a" }]);
  assert.equal(lineDiff(Array.from({ length: 900 }, (_, n) => String(n)), ["1"]).length, 901, "long texts are not compared for ever");
});

test("a translation is behind once its source says something else", () => {
  const fields = emptyFields();
  fields.texts = { "zh-Hant": { title: "運費", questions: [], body: "90" }, en: { title: "Fee", questions: [], body: "NT$90" } };
  fields.translated = { en: { from: "zh-Hant", title: "運費", body: "90" } };
  assert.deepEqual(staleLangs(fields), []);
  fields.texts["zh-Hant"] = { title: "運費", questions: ["多少"], body: "90 " };
  assert.deepEqual(staleLangs(fields), [], "phrasings and stray blanks are no news");
  fields.texts["zh-Hant"] = { title: "運費", questions: [], body: "100" };
  assert.deepEqual(staleLangs(fields), ["en"]);
});

test("fields come back from the wire as they went", () => {
  const fields = { ...emptyFields(), owner: "Iris", audience: /** @type {const} */ ("staff"), review_on: "2026-06-30" };
  assert.ok(sameFields(fieldsOf(wired(fields)), fields));
  assert.ok(!sameFields(fieldsOf(wired(fields)), emptyFields()));
});
