// The launcher stays small: it is on every page of the shop.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const LARGEST_BYTES = 6 * 1024;

test("the launcher script is at most 6 KB gzipped", (t) => {
  const bytes = gzipSync(readFileSync(new URL("../../../web_widget/warmline.js", import.meta.url)), { level: 9 }).length;
  t.diagnostic(`launcher script: ${bytes} bytes gzipped, budget ${LARGEST_BYTES}`);
  assert.ok(bytes <= LARGEST_BYTES, `${bytes} bytes`);
});
