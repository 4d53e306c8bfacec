// Open hours as people write them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spansOf, specialOf } from "../../../web_console/admin/hours.js";

test("hours are read with blanks, any dash and full-width signs", () => {
  for (const text of ["9:00 - 18:00", "09:00-18:00", "09:00–18:00", "９：００－１８：００", "9:00～18:00", "9-18", "9:00 至 18:00"]) assert.deepEqual(spansOf(text), ["09:00-18:00"], text);
  assert.deepEqual(spansOf("9:00 - 12:00，13:00-24:00"), ["09:00-12:00", "13:00-24:00"]);
  assert.deepEqual(spansOf("noon"), ["noon"], "the server says what is wrong with it");
  assert.deepEqual(spansOf(" "), []);
});

test("two lines of one special day count together", () => {
  assert.deepEqual(specialOf("2026-11-11 8:00-12:00\n2026/11/11 13:00 – 24:00\n\n2026-12-25"), { "2026-11-11": ["08:00-12:00", "13:00-24:00"], "2026-12-25": [] });
});
