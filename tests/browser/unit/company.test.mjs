// Who else is there, and whose words came in between: told once, never oneself, nothing while nobody looks.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.mjs";

const { Company } = await import("../../../web_console/desk/company.js");
const { writtenSince } = await import("../../../web_console/desk/written.js");
const { rowsOf, teamsOf } = await import("../../../web_console/desk/order.js");

/** @param {string} name @param {"looking" | "noting" | "replying"} doing */
const one = (name, doing) => ({ id: name.toLowerCase(), name, doing });

function setUp() {
  /** @type {any[]} */ const said = [];
  /** @type {string[]} */ const changed = [];
  const company = new Company("maya", { send: (frame) => (said.push(frame), true), onchange: (conv) => changed.push(conv) });
  return { company, said, changed };
}

test("two windows of my own are no company, and who writes comes first", () => {
  const { company } = setUp();
  company.begin({ c: [one("Maya", "replying")] });
  assert.deepEqual(company.groups("c"), []);
  company.set("c", [one("Lena", "looking"), one("Maya", "looking"), one("Omar", "replying")]);
  assert.deepEqual(company.groups("c"), [{ doing: "replying", names: ["Omar"] }, { doing: "looking", names: ["Lena"] }]);
  company.set("c", []);
  assert.deepEqual(company.others("c"), []);
});

test("a window tells what it shows: once, and not what is only passed by", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { company, said } = setUp();
  for (const conv of ["a", "b", "c"]) company.look(conv);
  t.mock.timers.tick(300);
  assert.deepEqual(said, [{ type: "looking", conv: "c", doing: "looking" }]);
  company.write("replying");
  company.write("replying");
  assert.equal(said.length, 2);
  t.mock.timers.tick(15_000);
  assert.deepEqual(said[2], { type: "looking", conv: "c", doing: "looking" }, "who has stopped writing only looks");
  company.show(false);
  assert.deepEqual(said[3], { type: "looking" });
  company.show(true);
  company.begin({});
  assert.deepEqual(said.slice(4), Array(2).fill({ type: "looking", conv: "c", doing: "looking" }), "a new connection is told again");
  company.stop();
});

test("only a colleague's words after the reply was begun count", () => {
  /** @param {number} seq @param {any} author @param {"message" | "note"} [kind] */
  const item = (seq, author, kind = "message") => /** @type {any} */ ({ seq, at: 0, kind, author, text: `${seq}` });
  const agent = (/** @type {string} */ id) => ({ role: "agent", id, name: id });
  const items = [item(1, agent("omar")), item(2, { role: "shopper" }), item(3, agent("maya")), item(4, agent("omar"), "note"), item(5, { role: "bot" })];
  assert.deepEqual(writtenSince(items, 1, "maya"), [{ seq: 4, name: "omar", text: "4", isNote: true }]);
  assert.deepEqual(writtenSince(items, Infinity, "maya"), [], "nothing was begun");
});

test("a team's list has what waits for it and what its members have", () => {
  const teams = teamsOf([{ id: "returns", members: ["maya", "omar"] }, { id: "repairs", members: ["lena"] }], "maya");
  /** @param {any} row */
  const row = (row) => ({ lang: "en", epoch: 0, priority: 0, updated_at: 0, head: 1, preview: "", status: "queued", ...row });
  const rows = [
    row({ conv: "ours", team: "returns" }), row({ conv: "theirs", team: "repairs" }), row({ conv: "everybody's" }),
    row({ conv: "omar's", status: "assigned", assignee: { id: "omar", name: "Omar" } }), row({ conv: "lena's", status: "assigned", assignee: { id: "lena", name: "Lena" } }),
    row({ conv: "over", status: "closed", team: "returns" }),
  ];
  assert.deepEqual(rowsOf(rows, "team", "maya", teams).map(({ conv }) => conv), ["omar's", "ours"]);
  assert.deepEqual(rowsOf(rows, "team", "maya"), []);
});
