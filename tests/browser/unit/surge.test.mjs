// Surge: who of a group gets which words, and a group that changes while its answer is written.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.mjs";

const { langsOf, portions, sameGroup, targetsOf, MOST_AT_ONCE } = await import("../../../web_console/surge/model.js");

/** @typedef {import("../../../web_common/types.d.ts").SurgeGroup} SurgeGroup */
/** @typedef {import("../../../web_common/types.d.ts").Lang} Lang */

/** @param {[string, Lang][]} members @returns {SurgeGroup} */
const group = (...members) => ({ id: members[0][0], since: 0, samples: [], members: members.map(([conv, lang]) => ({ conv, lang, epoch: 2 })) });

test("who is chosen gets the words of their language, and nobody gets none", () => {
  const all = group(["a", "en"], ["b", "zh-Hant"], ["c", "zh-Hant"], ["d", "zh-Hans"]);
  assert.deepEqual(langsOf(all), [["zh-Hant", 2], ["en", 1], ["zh-Hans", 1]]);
  const targets = targetsOf(all, { texts: { "zh-Hant": "停駛 ", en: "Stopped", "zh-Hans": " " }, left_out: new Set(["a"]), despite: { "zh-Hant": "no_apology" } });
  assert.deepEqual(targets.map(({ conv }) => conv), ["b", "c"]);
  assert.deepEqual(targets[0], { conv: "b", epoch: 2, acts: [{ do: "answer_many", text: "停駛", among: 2, despite: "no_apology" }] });
});

test("a group is known by its members, whoever leads it now", () => {
  const before = group(["a", "en"], ["b", "en"], ["c", "en"]);
  const now = [group(["x", "en"], ["a", "en"]), group(["b", "en"], ["c", "en"], ["d", "en"])];
  assert.equal(sameGroup(now, before), now[1]);
  assert.equal(sameGroup([group(["x", "en"])], before), null);
  assert.equal(sameGroup([], before), null);
});

test("more than a run takes goes in several", () => {
  assert.deepEqual(portions(Array.from({ length: MOST_AT_ONCE + 3 }, (_, at) => at)).map((some) => some.length), [MOST_AT_ONCE, 3]);
});
