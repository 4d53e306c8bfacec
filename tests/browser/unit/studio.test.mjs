// The studio's pure parts: what changed line by line, and which translation is behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lineDiff } from "../../../web_console/knowledge/diff.js";
import { mergeLines, resolved } from "../../../web_console/knowledge/lines.js";
import { differences, emptyFields, fieldsOf, merged, sameFields, staleLangs, wired } from "../../../web_console/knowledge/merge.js";
import { textOf } from "../../../web_console/improve/table.js";

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

/** @param {string} base @param {string} mine @param {string} theirs @param {"mine" | "theirs" | "both"} choice */
const mergedText = (base, mine, theirs, choice) => resolved(mergeLines([...base], [...mine], [...theirs]), () => choice).join("");

test("lines that only one side changed go together by themselves", () => {
  for (const [base, mine, theirs, expected] of [
    ["abcd", "aXcd", "abcY", "aXcY"],
    ["abcd", "Xbcd", "aYcd", "XYcd"],
    ["ab", "abX", "Yab", "YabX"],
    ["abcd", "acd", "abcdX", "acdX"],
    ["abcd", "aXbcd", "aYcd", "aXYcd"],
    ["abc", "aXc", "aXc", "aXc"],
    ["", "", "a", "a"],
  ]) {
    const stretches = mergeLines([...base], [...mine], [...theirs]);
    assert.ok(stretches.every(({ by }) => by !== "both"), `${base} ${mine} ${theirs}`);
    for (const choice of /** @type {const} */ (["mine", "theirs", "both"])) assert.equal(mergedText(base, mine, theirs, choice), expected, `${base} ${mine} ${theirs}`);
  }
});

test("lines that both changed are a choice, and nothing around them is", () => {
  assert.deepEqual(mergeLines([..."abc"], [..."aXc"], [..."aYcd"]), [
    { by: "nobody", lines: ["a"] }, { by: "both", mine: ["X"], theirs: ["Y"] }, { by: "nobody", lines: ["c"] }, { by: "theirs", lines: ["d"] },
  ]);
  assert.deepEqual(["mine", "theirs", "both"].map((choice) => mergedText("abc", "aXc", "aYcd", /** @type {any} */ (choice))), ["aXcd", "aYcd", "aXYcd"]);
  assert.equal(mergedText("abcd", "ad", "abXd", "theirs"), "abXd", "deleted here, rewritten there");
  assert.equal(mergedText("ab", "abX", "abY", "both"), "abXY", "both went on at the end");
});

test("a line that was rewritten is known among what came and went beside it", () => {
  const [mine, theirs] = [["Send it within 7 days, please.", "", "See you."], ["Hello.", "Send it within 9 days."]];
  assert.deepEqual(mergeLines(["Send it within 7 days."], mine, theirs), [
    { by: "theirs", lines: ["Hello."] }, { by: "both", mine: [mine[0]], theirs: [theirs[1]] }, { by: "mine", lines: ["", "See you."] },
  ]);
});

test("whatever two people write, no line of theirs is lost unless somebody chose so", () => {
  let seed = 7;
  const random = (/** @type {number} */ n) => (seed = (seed * 48271) % 2147483647) % n;
  const text = (/** @type {string} */ letters) => Array.from({ length: random(6) }, () => letters[random(letters.length)]);
  for (let round = 0; round < 3_000; round += 1) {
    const [base, mine, theirs] = [text("abcd"), text("abcdX"), text("abcdY")];
    const stretches = mergeLines(base, mine, theirs);
    const all = resolved(stretches, () => "both");
    for (const line of ["X", "Y"]) assert.equal(all.includes(line), mine.includes(line) || theirs.includes(line), JSON.stringify({ base, mine, theirs }));
    assert.deepEqual(resolved(mergeLines(base, mine, base), () => "theirs"), mine);
    assert.deepEqual(resolved(mergeLines(base, base, theirs), () => "mine"), theirs);
    const kept = stretches.filter(({ by }) => by === "nobody").flatMap((stretch) => stretch.by === "both" ? [] : stretch.lines);
    assert.ok(kept.every((line) => base.includes(line) && mine.includes(line) && theirs.includes(line)));
  }
});

test("where nobody knows what both began with, nothing of theirs is taken unseen", () => {
  const mine = { ...emptyFields(), texts: { en: { title: "Fee", questions: ["how much"], body: "Mine." } } };
  const theirs = { ...emptyFields(), category: "delivery", texts: { en: { title: "Fee", questions: [], body: "Theirs." } } };
  const found = differences(null, mine, theirs);
  assert.deepEqual(found.map(({ field, changed, stretches }) => [field, changed, stretches]), [
    ["questions:en", "both", undefined], ["body:en", "both", undefined], ["category", "both", undefined]]);
  assert.deepEqual(merged(mine, found, () => "mine"), mine);
});

test("answers and similar questions of two editors merge within the field", () => {
  const [base, mine, theirs] = [emptyFields(), emptyFields(), emptyFields()];
  base.texts.en = { title: "Fee", questions: ["how much", "what does it cost"], body: "One.\n\nTwo.\n\nThree." };
  mine.texts.en = { title: "Fee", questions: ["how much", "what does it cost", "price", "fee"], body: "One, mine.\n\nTwo.\n\nThree." };
  theirs.texts.en = { title: "Fee", questions: ["what does it cost", "postage", "fee"], body: "One.\n\nTwo.\n\nThree, theirs." };
  const found = differences(base, mine, theirs);
  assert.deepEqual(merged(mine, found, () => assert.fail("nobody is asked")).texts.en, {
    title: "Fee", questions: ["what does it cost", "price", "fee", "postage"], body: "One, mine.\n\nTwo.\n\nThree, theirs.",
  });
});

test("a table is read as spreadsheets save it", () => {
  const utf16 = Uint8Array.from([0xff, 0xfe, 0x4b, 0x90]);
  assert.equal(textOf(utf16), "運");
  assert.equal(textOf(Uint8Array.from([0xfe, 0xff, 0x90, 0x4b])), "運");
  assert.equal(textOf(new TextEncoder().encode("\ufeff運")), "運");
  assert.ok(textOf(Uint8Array.from([0xb9, 0x42])).includes("\ufffd"), "Big5 is seen to be none");
});
