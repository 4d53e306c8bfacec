// What the server tells, in the console's language. That every sentence of the server is there is asked by tests/it/tidy.rs.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.mjs";

globalThis.document ??= /** @type {any} */ ({ documentElement: { lang: "zh-Hant" } });
const { told } = await import("../../../web_console/strings/told.js");
const { saidIn, inOurWords } = await import("../../../web_console/told.js");

/** @param {string} text */
const places = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test("both translations of a sentence are there and name its places", () => {
  assert.ok(Object.keys(told).length > 200);
  for (const [pattern, phrase] of Object.entries(told)) {
    for (const lang of /** @type {const} */ (["zh-Hant", "zh-Hans"])) {
      assert.ok(phrase[lang], `${pattern} in ${lang}`);
      assert.deepEqual(places(phrase[lang]), places(pattern), `${pattern} in ${lang}`);
      assert.doesNotMatch(phrase[lang], /[!！]|[\p{Script=Han}}][,;:?](?!\))/u, pattern);
    }
  }
});

test("a sentence is said with its values, one in another and words of the server's among them", () => {
  const inner = { pattern: "The title in {lang} is missing.", values: { lang: "Traditional Chinese" } };
  const said = { pattern: "{path}:{line}: {message}", values: { path: "a.csv", line: "3", message: inner } };
  assert.equal(saidIn(said, "zh-Hant"), "a.csv，第 3 行：少了繁體中文標題。");
  assert.equal(saidIn(said, "zh-Hans"), "a.csv，第 3 行：缺少繁体中文标题。");
  assert.equal(saidIn(said, "en"), "a.csv:3: The title in Traditional Chinese is missing.");
  assert.equal(saidIn({ pattern: "{text}", values: { text: "from a library" } }, "zh-Hant"), null, "nobody has translated it");
  assert.equal(saidIn({ pattern: "{{place}} cannot be filled in.", values: { place: "{place}" } }, "zh-Hant"), "{{place}} 填不進去。", "a value is no pattern");
});

test("an answer's sentences become ours, the rest of it stays", () => {
  const sentence = (/** @type {string} */ pattern) => ({ message: pattern, said: { pattern, values: {} } });
  const answer = inOurWords({ error: { code: "invalid", ...sentence("Please try again.") }, problems: [{ field: "id", ...sentence("the file is empty") }, { field: "x", message: "plain" }], current: { message: 7 } });
  assert.deepEqual([answer.error.message, answer.error.code, answer.problems.map((/** @type {any} */ one) => one.message), answer.current], ["請再試一次。", "invalid", ["檔案是空的", "plain"], { message: 7 }]);
  assert.equal(inOurWords(null), null);
});
