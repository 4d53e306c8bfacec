// What a shopper reads about the time: a range in minutes, never a promise to the second.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGS, translator } from "../../../web_common/i18n.js";
import { apply, emptyLog } from "../../../web_common/log.js";
import { CHAT } from "../../../web_widget/strings.js";
import { waitWords } from "../../../web_widget/wait.js";

test("ranges in words", () => {
  /** @param {number} low @param {number} high */
  const said = (low, high) => LANGS.map((lang) => {
    const words = waitWords({ low_ms: low, high_ms: high });
    return words && translator(lang, CHAT).t(words.key, words.values);
  });
  assert.deepEqual(said(0, 60_000), ["大約 1 分鐘內。", "大约 1 分钟内。", "Within about a minute."]);
  assert.deepEqual(said(30_000, 150_000), ["大約 3 分鐘內。", "大约 3 分钟内。", "Within about 3 minutes."]);
  assert.deepEqual(said(150_000, 420_000), ["大約還要 2 到 7 分鐘。", "大约还要 2 到 7 分钟。", "About 2 to 7 minutes."]);
  assert.equal(waitWords(null), null);
});

test("the range comes with the status and goes when somebody has come", () => {
  const waiting = apply({ ...emptyLog(), conv: "c" }, { type: "status", conv: "c", status: "queued", place: 2, waiting: 3, wait: { low_ms: 60_000, high_ms: 240_000 } });
  assert.deepEqual(waiting.wait, { low_ms: 60_000, high_ms: 240_000 });
  const served = apply(waiting, { type: "status", conv: "c", status: "assigned" });
  assert.equal(served.wait, null);
});
