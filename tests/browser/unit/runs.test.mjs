// What is done to several conversations at once: marks, and a run that is sent again without doing anything twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.mjs";

const { Marks, MOST_MARKED } = await import("../../../web_console/desk/marks.js");
const { notDone, restOf, runOn, sameFor } = await import("../../../web_console/desk/runs.js");
const { ApiError } = await import("../../../web_console/api.js");

/** @typedef {import("../../../web_console/types.d.ts").RunTarget} RunTarget */
/** @typedef {import("../../../web_console/types.d.ts").RunOutcome} RunOutcome */

test("rows are marked one by one, as a range, and never more than the server takes", () => {
  const marks = new Marks();
  const shown = ["a", "b", "c", "d"];
  marks.toggle("b");
  marks.extend(shown, "d");
  assert.deepEqual(marks.all(), ["b", "c", "d"]);
  marks.toggle("c");
  assert.deepEqual(marks.all(), ["b", "d"]);
  marks.extend(["x", "y"], "y");
  assert.ok(marks.has("y"), "where the beginning is not in sight, the row alone");
  marks.keep(["d"]);
  assert.deepEqual(marks.all(), ["d"]);
  let full = 0;
  marks.addEventListener("full", () => { full += 1; });
  const many = Array.from({ length: MOST_MARKED + 5 }, (_, at) => `c${at}`);
  marks.clear();
  marks.toggle(many[0]);
  marks.extend(many, many[many.length - 1]);
  assert.deepEqual([marks.size, full], [MOST_MARKED, 1]);
});

test("an answer that is lost is asked for again under the same name; a refusal is not", async () => {
  /** @type {string[]} */
  const runs = [];
  const targets = sameFor([/** @type {any} */ ({ conv: "a", epoch: 3 })], [{ do: "take" }]);
  assert.deepEqual(targets, [{ conv: "a", epoch: 3, acts: [{ do: "take" }] }]);
  const outcomes = await runOn(targets, async ({ run }) => {
    runs.push(run);
    if (runs.length < 3) throw new ApiError("offline", "", 0);
    return [{ conv: "a", done: 1 }];
  });
  assert.deepEqual([outcomes[0].done, new Set(runs).size, runs.length], [1, 1, 3]);
  await assert.rejects(runOn(targets, async () => { throw new ApiError("bad_request", "", 400); }), { code: "bad_request" });
});

test("what stopped says at which act, and goes on from there", () => {
  /** @type {RunTarget[]} */
  const targets = ["a", "b"].map((conv) => ({ conv, epoch: 1, acts: [{ do: "take" }, { do: "note", text: "x" }, { do: "resolve" }] }));
  /** @type {RunOutcome[]} */
  const outcomes = [{ conv: "a", done: 3 }, { conv: "b", done: 1, refused: { code: "busy", message: "" } }];
  assert.deepEqual(notDone(targets, outcomes).map(({ conv, done, act }) => [conv, done, act.do]), [["b", 1, "note"]]);
  assert.deepEqual(restOf(targets, outcomes, () => 2), [{ conv: "b", epoch: 2, acts: [{ do: "note", text: "x" }, { do: "resolve" }] }]);
});
