// The desk makes itself heard again while somebody waits; the palette finds what is typed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { againAt } from "../../../web_console/desk/alarm.js";
import { wantedOf } from "../../../web_console/desk/search.js";
import { ranked } from "../../../web_console/shell/rank.js";

test("an unanswered queue is heard again, an offer sooner, and nobody away is called", () => {
  assert.equal(againAt({ waiting: 0, offered: 0, available: true }, 1_000), null);
  assert.equal(againAt({ waiting: 2, offered: 0, available: true }, 1_000), 31_000);
  assert.equal(againAt({ waiting: 2, offered: 0, available: false }, 1_000), null);
  assert.equal(againAt({ waiting: 2, offered: 1, available: true }, 1_000), 9_000);
});

test("the palette puts what begins with the words first", () => {
  const commands = ["Put back", "Take", "Retake photo", "Ann"].map((label) => ({ label, where: label === "Ann" ? "take me home" : "Desk", key: "" }));
  assert.deepEqual(ranked(commands, "take").map(({ label }) => label), ["Take", "Retake photo", "Ann"]);
  assert.deepEqual(ranked(commands, "desk put").map(({ label }) => label), ["Put back"]);
  assert.equal(ranked(commands, " ").length, 4);
  assert.deepEqual(ranked(commands, "xyz"), []);
});

test("days are told from words in a search", () => {
  assert.deepEqual(wantedOf("  水壺  ship "), { q: "水壺 ship" });
  assert.equal(wantedOf("a"), null, "too little to look for");
  const day = new Date("2026-11-01T00:00:00").getTime();
  assert.deepEqual(wantedOf("after:2026-11-01 水壺"), { q: "水壺", since: day });
  assert.deepEqual(wantedOf("on:2026-11-01"), { q: "", since: day, until: day + 86_400_000 });
  assert.deepEqual(wantedOf("before:soon"), { q: "before:soon" });
});
