// The wall's figures, and a conversation's clocks between two answers of the server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clocksAt, loadOf, shareText } from "../../../web_console/wall/figures.js";

/** @param {"bot" | "queue" | "agent" | "shopper" | null} running */
const standing = (running) => ({
  at: 1_000, clocks: { bot_ms: 1, queue_ms: 2, agent_ms: 3, shopper_ms: 4, running }, debts: [], priority: { score: 0, factors: [] }, feeling: { anger: 0, anxiety: 0, disappointment: 0, urgency: 0 }, tier: null, tiers: {},
});

test("the clock that runs goes on, the others stand", () => {
  assert.deepEqual(clocksAt(standing("agent"), 1_500), { bot: 1, queue: 2, agent: 503, shopper: 4 });
  assert.deepEqual(clocksAt(standing(null), 1_500), { bot: 1, queue: 2, agent: 3, shopper: 4 });
  assert.deepEqual(clocksAt(standing("bot"), 900), { bot: 1, queue: 2, agent: 3, shopper: 4 }, "a clock of ours that is behind turns nothing back");
});

test("a load is of the agent's own capacity, or of the inbox's", () => {
  assert.equal(loadOf({ active: 2, capacity: 5 }, 8), "2 / 5");
  assert.equal(loadOf({ active: 2 }, 8), "2 / 8");
  assert.equal(shareText(0.834, "en"), "83%");
});
