// What the order card says of a parcel: done, under way, expected, late.

import assert from "node:assert/strict";
import { test } from "node:test";
import { orderSteps, parcelSteps } from "../../../web_common/cards.js";
import { translator } from "../../../web_common/i18n.js";
import { COMMON } from "../../../web_common/strings.js";

const words = translator("en", COMMON);
const NOW = 10_000;
const parcel = { carrier: "Post", tracking: "P1", shipped_at: 1_000, expected_at: 20_000, delivered_at: null, late: false, delay: null };
/** @param {Partial<import("../../../web_common/types.d.ts").OrderParcel>} change */
const steps = (change) => parcelSteps({ ...parcel, ...change }, words, NOW).map(({ label, state }) => `${label}: ${state}`);

test("a parcel under way", () => assert.deepEqual(steps({}), ["Dispatched: done", "On its way: now", "Expected: next"]));

test("a parcel that has arrived keeps no promise to show", () => {
  assert.deepEqual(steps({ delivered_at: 5_000, late: true }), ["Dispatched: done", "Delivered: done"]);
});

test("a parcel that waits for its dispatch", () => {
  assert.deepEqual(steps({ shipped_at: null, expected_at: null }), ["Dispatch: now"]);
});

test("late: the broken promise by its old date, the new promise by its new one", () => {
  assert.deepEqual(steps({ late: true, expected_at: 5_000 })[2], "Was expected, now delayed: late");
  assert.deepEqual(steps({ late: true, expected_at: 30_000 })[2], "Late, now expected: late");
});

test("an order without parcels shows how far it is, an ended one shows no way", () => {
  /** @param {import("../../../web_common/types.d.ts").OrderState} state */
  const way = (state) => orderSteps({ type: "order", number: "PW1", state, placed_at: 1, items: [], parcels: [] }, words).map((step) => step.state);
  assert.deepEqual(way("unpaid"), ["done", "now", "next", "next"]);
  assert.deepEqual(way("packed"), ["done", "done", "done", "now"]);
  assert.deepEqual(way("cancelled"), []);
});
