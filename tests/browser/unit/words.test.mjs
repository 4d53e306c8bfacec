// Words, times and links: every phrase in three languages, every place filled, no unsafe address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { safeHref, splitLinks } from "../../../web_common/dom.js";
import { LANGS, matchLang, translator } from "../../../web_common/i18n.js";
import { COMMON } from "../../../web_common/strings.js";
import { ago, clock, day, dayMark, isoDay } from "../../../web_common/time.js";
import { CHAT } from "../../../web_widget/strings.js";

/** @param {import("../../../web_common/i18n.js").Phrase} phrase @returns {string[]} */
const texts = (phrase) => (typeof phrase === "string" ? [phrase] : Object.values(phrase));
/** @param {import("../../../web_common/i18n.js").Phrase} phrase */
const places = (phrase) => [...new Set(texts(phrase).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

test("every phrase has all three languages and names the same places in each", () => {
  for (const [key, phrase] of Object.entries({ ...COMMON, ...CHAT })) {
    assert.deepEqual(Object.keys(phrase).sort(), [...LANGS].sort(), key);
    for (const lang of LANGS) assert.deepEqual(places(phrase[lang]), places(phrase.en), `${key} in ${lang}`);
  }
});

test("no phrase shouts, and Chinese uses its own punctuation", () => {
  for (const [key, phrase] of Object.entries({ ...COMMON, ...CHAT })) {
    for (const text of LANGS.flatMap((lang) => texts(phrase[lang]))) assert.doesNotMatch(text, /[!！]/, key);
    for (const lang of /** @type {const} */ (["zh-Hant", "zh-Hans"])) {
      for (const text of texts(phrase[lang])) assert.doesNotMatch(text, /[\p{Script=Han}}][,;:?.]/u, `${key} in ${lang}`);
    }
  }
});

test("plurals and places", () => {
  const en = translator("en", CHAT);
  assert.equal(en.t("write.left", { n: 1 }), "1 character left");
  assert.equal(en.t("write.left", { n: 1_250 }), "1,250 characters left");
  assert.equal(translator("zh-Hant", CHAT).t("wait.place", { n: 2 }), "您排在第 2 位。");
  assert.throws(() => en.t("no.such"), /no phrase no\.such/);
});

test("a value cannot bring a place of its own", () => {
  assert.equal(translator("en", COMMON).t("message.said", { name: "{time}", time: "9:00" }), "{time}, 9:00");
});

test("common language tags find their script", () => {
  const tags = { "zh-TW": "zh-Hant", zh_HK: "zh-Hant", "zh-Hant-TW": "zh-Hant", zh: "zh-Hans", "zh-CN": "zh-Hans", "zh-Hans": "zh-Hans", "en-GB": "en", fr: null, "": null };
  for (const [tag, lang] of Object.entries(tags)) assert.equal(matchLang(tag), lang, tag);
});

test("times in the reader's format", () => {
  const at = new Date(2026, 2, 18, 14, 3).getTime();
  for (const lang of LANGS) assert.equal(clock(at, lang), "14:03");
  assert.match(day(at, "zh-Hant", at), /3月18日.*週三/);
  assert.match(day(at, "zh-Hans", at), /3月18日.*周三/);
  assert.match(day(at, "en", at), /Wed.*18 Mar/);
  assert.match(day(at, "en", new Date(2027, 5, 1).getTime()), /2026/);
  assert.deepEqual(LANGS.map((lang) => dayMark(at, lang, at)), ["今天", "今天", "Today"]);
  assert.deepEqual(LANGS.map((lang) => dayMark(at, lang, at + 86_400_000)), ["昨天", "昨天", "Yesterday"]);
  assert.equal(ago(at, "zh-Hant", at + 180_000), "3 分鐘前");
  assert.match(isoDay("2026-03-25", "en"), /25 Mar 2026/);
  assert.equal(isoDay("soon", "en"), "soon");
});

test("addresses become links, with Chinese right beside them", () => {
  /** @param {string} text */
  const links = (text) => splitLinks(text).filter((part) => part.href).map((part) => part.text);
  assert.deepEqual(links("請看https://perchwood.example/a?b=1，謝謝"), ["https://perchwood.example/a?b=1"]);
  assert.deepEqual(links("See https://perchwood.example/returns."), ["https://perchwood.example/returns"]);
  assert.deepEqual(links("(https://a.example/b)"), ["https://a.example/b"]);
  assert.deepEqual(links("寫信到care@perchwood.example。"), ["care@perchwood.example"]);
  assert.deepEqual(links("javascript:alert(1) data:text/html,x PW20260318"), []);
  for (const text of ["", "plain", "a https://b.example c", "https://b.example"]) {
    assert.equal(splitLinks(text).map((part) => part.text).join(""), text);
  }
});

test("only harmless schemes", () => {
  assert.equal(safeHref("https://a.example"), "https://a.example");
  for (const bad of ["javascript:alert(1)", " JaVaScript:alert(1)", "data:text/html,x", "vbscript:x", "/relative", "", null]) {
    assert.equal(safeHref(bad), null, String(bad));
  }
});
