// What follows an answer: corrections folded into the log, ratings, names in notes, the sheet at the end.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./served.mjs";

const { apply, emptyLog } = await import("/common/log.js");
const { corrected } = await import("/common/corrections.js");
const { openRating } = await import("../../../web_widget/rating.js");
const { nameBegun, fittingNames, namedIn } = await import("../../../web_console/desk/mention_pick.js");
const { byTime } = await import("../../../web_console/desk/order.js");
const { isThere } = await import("../../../web_console/desk/seats.js");
const { isMissed } = await import("../../../web_console/desk/alarm.js");
const { wantedOf } = await import("../../../web_console/desk/search.js");
const { suggested } = await import("../../../web_console/desk/suggested.js");

const maya = { role: "agent", id: "maya", name: "Maya" };
/** @param {number} seq @param {string} [text] @returns {any} */
const said = (seq, text = `m${seq}`) => ({ seq, at: seq, author: maya, kind: "message", text });
/** @param {number} seq @param {number} target @param {string} text @returns {any} */
const edit = (seq, target, text) => ({ seq, at: seq, author: maya, kind: "edited", target, text });
/** @param {number} seq @param {number} target @returns {any} */
const take = (seq, target) => ({ seq, at: seq, author: { role: "system" }, kind: "redacted", target });

test("a correction that comes live changes the message it names and says what it was", () => {
  let log = apply(emptyLog(), { type: "reset", conv: "c", epoch: "e", head: 2, items: [said(1), said(2)] });
  const before = log.items[0];
  log = apply(log, { type: "entries", conv: "c", from: 3, through: 3, items: [edit(3, 2, "new")] });
  assert.equal(/** @type {any} */ (log.items[1]).text, "new");
  assert.deepEqual(/** @type {any} */ (log.items[1]).changed, { edited_at: 3, was: [{ text: "m2", until: 3, by: { id: "maya", name: "Maya" } }] });
  assert.equal(log.items[0], before, "others are not drawn anew");
  assert.equal(log.position, 3);
});

test("who comes later has the new words already, and a replay of the correction changes nothing", () => {
  const patched = { ...said(2, "newest"), changed: { edited_at: 4 } };
  let log = apply(emptyLog(), { type: "reset", conv: "c", epoch: "e", head: 1, items: [said(1)] });
  log = apply(log, { type: "entries", conv: "c", from: 2, through: 4, items: [patched, edit(3, 2, "newer"), edit(4, 2, "newest")] });
  assert.equal(log.items[1], patched);
  log = apply(emptyLog(), { type: "reset", conv: "c", epoch: "e", head: 3, items: [patched, edit(3, 2, "newer")] });
  assert.equal(/** @type {any} */ (log.items[0]).text, "newest");
});

test("words that are taken out are gone, whatever they were, and no correction brings them back", () => {
  const card = { ...said(2), html: "<p>x</p>", buttons: [], source: { article: "a", title: "a", lang: "en" }, changed: { was: [{ text: "4111", until: 2 }] } };
  /** @type {any[]} */
  const now = corrected([said(1), card], [take(3, 2), edit(4, 2, "back"), take(5, 9)]);
  assert.ok(!JSON.stringify(now[1]).includes("4111") && !("html" in now[1]) && !("source" in now[1]));
  assert.deepEqual([now[1].text, now[1].changed], ["", { redacted: { at: 3 } }]);
  assert.equal(corrected(now, [take(6, 2)]), now, "once");
});

test("the last invitation counts, with the last answer after it", () => {
  /** @param {number} seq @param {object} [more] @returns {any} */
  const asked = (seq, more = {}) => ({ seq, at: seq, author: { role: "bot" }, kind: "rating_asked", resolution: 1, text: "?", lang: "en", ...more });
  /** @param {number} seq @param {number} score @returns {any} */
  const rated = (seq, score) => ({ seq, at: seq, author: { role: "shopper" }, kind: "rated", resolution: 1, score });
  assert.equal(openRating([said(1)]), null);
  assert.deepEqual(openRating([asked(1)])?.rated, null);
  assert.equal(openRating([asked(1), rated(2, 1), rated(3, 4)])?.rated?.score, 4);
  const again = openRating([asked(1), rated(2, 1), asked(3, { again: true })]);
  assert.deepEqual([again?.asked.again, again?.rated], [true, null]);
});

test("a name is begun behind an @ that is no address, and found however it is written", () => {
  assert.deepEqual(nameBegun("ask @ma", 7), { start: 4, query: "ma" });
  assert.deepEqual(nameBegun("請 @", 3), { start: 2, query: "" });
  assert.equal(nameBegun("ann@shop", 8), null);
  assert.equal(nameBegun("@maya lin", 9), null, "a blank ends it");
  const staff = [{ id: "1", name: "Maya Lin" }, { id: "2", name: "Omar" }, { id: "3", name: "Maya" }];
  assert.deepEqual(fittingNames(staff, "LIN").map(({ id }) => id), ["1"]);
  assert.deepEqual(fittingNames(staff, "m").map(({ id }) => id), ["3", "1", "2"]);
  assert.deepEqual(namedIn("@Maya Lin and @Omar, @Omar", staff), ["1", "2"]);
  assert.deepEqual(namedIn("@Maya, please", staff), ["3"]);
  assert.deepEqual(namedIn("nobody", staff), []);
});

test("tags and categories are told from words in a search", () => {
  assert.deepEqual(wantedOf("tag:late_parcel"), { q: "", tag: "late_parcel" });
  assert.deepEqual(wantedOf("kettle category:delivery"), { q: "kettle", category: "delivery" });
  assert.deepEqual(wantedOf("tag:Was? ist"), { q: "tag:Was? ist" });
  const known = { tags: [{ id: "late_parcel", names: { "zh-Hant": "包裹遲到", en: "Late parcel" } }], categories: [{ id: "delivery", names: { en: "Delivery" } }] };
  for (const typed of ["tag:包裹遲到", "Tag:LATE_PARCEL", "tag:late-parcel", 'tag:"Late parcel"', "tag:lateparcel"]) assert.deepEqual(wantedOf(typed, known), { q: "", tag: "late_parcel" }, typed);
  assert.deepEqual(wantedOf("CATEGORY:Delivery kettle", known), { q: "kettle", category: "delivery" });
  assert.deepEqual(wantedOf("after:2026/11/1 kettle"), wantedOf("after:2026-11-01 kettle"));
  assert.equal(wantedOf("after:2026.11.01")?.since, new Date("2026-11-01T00:00:00").getTime());
});

test("the sheet begins with what was said before, else with what the bot understood", () => {
  /** @param {string} id @param {string[]} [topics] */
  const choice = (id, topics = []) => ({ id, names: {}, topics });
  const rules = { required: false, rest_ms: 0, edit_ms: 0, categories: [choice("delivery", ["delivery-late"]), choice("refund", ["refund-time"])], outcomes: [choice("solved"), choice("none")], tags: [choice("late", ["delivery-late"]), choice("vip")] };
  /** @type {any} */
  const handoff = { seq: 2, at: 2, author: { role: "bot" }, kind: "handoff", brief: { wants: "delivery-late" } };
  assert.deepEqual(suggested(rules, undefined, [handoff]), { category: "delivery", outcome: "solved", tags: ["late"] });
  assert.deepEqual(suggested(rules, /** @type {any} */ ({ category: "refund", tags: ["vip"] }), [handoff, /** @type {any} */ ({ seq: 3, kind: "wrapped_up" })]), { category: "refund", outcome: "solved", tags: ["vip", "late"] });
  assert.deepEqual(suggested(rules, undefined, []), { outcome: "solved", tags: [] });
});

test("what is not due yet is folded, the first of it told", () => {
  const call = (/** @type {string} */ conv, /** @type {number} */ at) => /** @type {import("../../../web_console/types.d.ts").CallBack} */ ({ conv, seq: 1, way: "phone", reach: "1", asked_at: 0, due_at: at });
  const { due, later } = byTime([call("a", 5), call("b", 30), call("c", 20)], 10);
  assert.deepEqual([due.map(({ conv }) => conv), later.map(({ conv }) => conv)], [["a"], ["c", "b"]]);
});

test("an offer is missed when it ran out just now, and a team of which nobody is there says so", () => {
  assert.ok(isMissed(100_000, 103_000));
  assert.ok(!isMissed(100_000, 90_000), "switched away while it was still open");
  assert.ok(!isMissed(0, 103_000) && !isMissed(100_000, 200_000));
  const seat = (/** @type {string} */ id, /** @type {boolean} */ available) => ({ agent: { id, name: id }, available, there: true, active: 0 });
  assert.ok(isThere([seat("lena", true)], ["lena"]) && !isThere([seat("lena", false)], ["lena"]) && !isThere([seat("omar", true)], ["lena"]));
  assert.ok(isThere([], []), "a team without members is everybody");
});
