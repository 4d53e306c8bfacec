// How the console looks: its main states in three languages, light and dark, on a desktop, a tablet and a phone, as
// pictures in target/browser-pictures for people to look at; nothing may be wider than its screen, no place in a sentence
// may be left open, no key may stand for its words, and in Chinese, too, nothing may keep anybody out.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import "./unit/served.mjs";
import { shopper, staff } from "./clients/crowd.mjs";
import { hasNoBarriers } from "./stories/axe.mjs";
import { picture, startBrowser, startServer } from "./stories/harness.mjs";

const { COMMON } = await import("../../web_common/strings.js");
const { strings } = await import("../../web_console/strings.js");

const SCREENS = { desktop: { width: 1280, height: 800 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } };
const LANGS = { "zh-Hant": "zh-TW", "zh-Hans": "zh-CN", en: "en-GB" };
const SCHEMES = /** @type {const} */ (["light", "dark"]);
const SAID = {
  "zh-Hant": ["PW20260003 到哪了，末四碼 6033", "你們到底在搞什麼，拖這麼久太誇張了，爛透了！！！", "黃小姐您好，我是 Maya，讓您等這麼久很抱歉，我馬上查。", "已打給物流：颱風延後，明天上午到。", "所以明天幾點？", "物流的事我們也不清楚，規定就是這樣"],
  "zh-Hans": ["PW20260003 到哪了，末四码 6033", "你们到底在搞什么，拖这么久太夸张了，烂透了！！！", "黄小姐您好，我是 Maya，让您等这么久很抱歉，我马上查。", "已打给物流：台风延后，明天上午到。", "所以明天几点？", "物流的事我们也不清楚，规定就是这样"],
  en: ["Where is PW20260003? 6033", "THIS IS RIDICULOUS, two weeks and still nothing, you people are useless!!!", "Hello, I am Maya. I am sorry you had to wait this long; I am looking into it now.", "Called the carrier: held up by the typhoon, tomorrow morning.", "So when tomorrow?", "That is not our problem, the policy is clear."],
};

/** What staff write into phrases and notes, to be filled in later. */
const OF_PHRASES = new Set(["contact", "order", "return", "agent", "shop"].map((place) => `{${place}}`));
const KEYS = new Set(Object.keys({ ...COMMON, ...strings }));
/** The stories have axe in English; here each Chinese has it once. */
const WITH_AXE = new Set(["zh-Hant-dark", "zh-Hans-light"]);

/** @type {import("./stories/harness.mjs").Server} */ let server;
/** @type {import("./stories/harness.mjs").Server} */ let asking;
/** @type {import("playwright-core").Browser} */ let browser;
let playbook = "";
before(async () => {
  // A second house whose desk asks before it gives.
  playbook = await mkdtemp(path.join(tmpdir(), "warmline-playbook-"));
  await cp(fileURLToPath(new URL("../../playbook", import.meta.url)), playbook, { recursive: true });
  const rules = path.join(playbook, "desk.toml");
  const text = await readFile(rules, "utf8");
  await writeFile(rules, text.replace(/^way = .*$/m, 'way = "least_loaded"').replace(/^offer_seconds = .*$/m, "offer_seconds = 300"));
  browser = await startBrowser();
  server = await startServer(["--rate-limits", "off"]);
  asking = await startServer(["--rate-limits", "off", "--playbook-dir", playbook]);
  const boss = await staff(server.url, server.signIns.admin[0]);
  await boss.call("PUT", "/api/desk/teams/carriers", { name: "物流組", members: [boss.me.id] });
  await boss.call("POST", "/api/macros", { version: 0, shared: true, names: { "zh-Hant": "颱風延誤：致歉並交給物流", "zh-Hans": "台风延误：致歉并交给物流", en: "Typhoon: apologise, pass on to logistics" },
    acts: [{ do: "note", text: "{contact}, {order}" }, { do: "priority", level: "high" }, { do: "transfer", team: "carriers", note: "…" }] });
  boss.leaves();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await asking?.stop();
  if (playbook) await rm(playbook, { recursive: true, force: true });
});

/** @param {import("playwright-core").Page} page @param {string} name */
async function look(page, name) {
  await picture(page, `look-${name}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
  const words = (await page.locator("body").innerText()).split(/\s+/);
  assert.deepEqual(words.filter((word) => KEYS.has(word) || (/^\{\w+\}$/.test(word) && !OF_PHRASES.has(word))), [], `${name} has words that were not found or filled in`);
}

/** @param {import("./stories/harness.mjs").Server} at @param {string} locale @param {"light" | "dark"} scheme @param {"agent" | "admin"} role @param {string} [door] picture of the sign-in */
async function comesIn(at, locale, scheme, role, door) {
  const context = await browser.newContext({ viewport: SCREENS.desktop, locale, colorScheme: scheme });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${at.url}/console/`);
  await page.locator("#mail").waitFor();
  if (door) await look(page, door);
  await page.locator("#mail").fill(at.signIns[role][0].mail);
  await page.locator("#password").fill(at.signIns[role][0].password);
  await page.locator("#password").press("Enter");
  await page.locator(".desk").waitFor();
  return { page, context };
}

for (const [lang, locale] of Object.entries(LANGS)) {
  for (const scheme of SCHEMES) {
    test(`${lang}, ${scheme}`, async () => {
      const [order, angry, hello, note, when, bad] = SAID[/** @type {keyof typeof SAID} */ (lang)];
      const [ann, ben, cleo] = await Promise.all([shopper(server.url, lang), shopper(server.url, lang), shopper(server.url, lang)]);
      await ann.says(order);
      await ann.says(angry);
      await ben.says(angry);
      await cleo.says(lang === "en" ? "I want to talk to a person" : "我要找真人客服");
      const maya = await staff(server.url, server.signIns.agent[0]);
      const tag = `${lang}-${scheme}`;
      const { page, context } = await comesIn(server, locale, scheme, "admin", `sign-in-${tag}-desktop`);

      /** The same state on every screen. @param {string} name @param {(keyof typeof SCREENS)[]} [screens] */
      const everywhere = async (name, screens = ["desktop", "tablet", "phone"]) => {
        for (const screen of screens) {
          await page.setViewportSize(SCREENS[screen]);
          await look(page, `${name}-${tag}-${screen}`);
        }
        await page.setViewportSize(SCREENS.desktop);
        if (WITH_AXE.has(tag)) await hasNoBarriers(page, `${name}, ${tag}`);
      };
      await page.keyboard.press("1");
      await page.locator(".rows .row").nth(2).waitFor();
      await everywhere("queue");
      await page.goto(`${server.url}/console/#/desk/${ann.conv}`);
      await page.locator(".brief-facts").waitFor();
      await everywhere("brief");

      // Taken; a colleague looks and writes.
      await page.locator("[data-act=take]").first().click();
      await page.locator(".composer-writing").waitFor();
      await page.locator(".composer-field").fill(hello);
      await page.locator(".composer-field").press("Enter");
      await page.locator(".message.mine[data-role=agent]").waitFor();
      await maya.opens(ann.conv);
      maya.looks(ann.conv, "noting");
      await maya.notes(ann.conv, note);
      await ann.says(when);
      ann.types();
      await page.locator(".company.is-writing").waitFor();
      await everywhere("conversation");
      await page.locator(".composer-field").fill(bad);
      await page.locator(".composer-field").press("Enter");
      await page.locator(".composer .coach:not([hidden])").waitFor();
      await everywhere("coach");
      await page.locator(".composer-field").fill("/");
      await page.locator(".phrase[aria-selected=true]").waitFor();
      await everywhere("phrases-picker");
      await page.locator(".composer-field").fill("");
      await page.keyboard.press("Escape");
      await page.locator(".why > summary").click();
      await everywhere("why");
      await page.keyboard.press("Escape");
      await page.keyboard.press("p");
      await page.locator("dialog.transfer").waitFor();
      await everywhere("transfer");
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("m");
      await page.locator(".palette-item").first().waitFor();
      await everywhere("macros");
      await page.keyboard.press("Enter");
      await page.locator("dialog.macro-preview").waitFor();
      await everywhere("macro");
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("?");
      await page.locator("dialog").waitFor();
      await everywhere("keys");
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.keyboard.press("Control+k");
      await page.locator("dialog.palette").waitFor();
      await everywhere("palette");
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      for (const [hash, ready, name] of /** @type {const} */ ([
        ["#/phrases", ".phrase-rows .row", "phrases"], ["#/knowledge", "main a", "knowledge"],
        ["#/knowledge/shipping-fee", "main textarea", "editor"], ["#/bench", "main input, main textarea", "bench"],
      ])) {
        await page.goto(`${server.url}/console/${hash}`);
        await page.locator(ready).first().waitFor();
        await everywhere(name);
      }
      await context.close();
      maya.leaves();

      // Asked whether they take it, and the switch that says they take nothing.
      const dan = await shopper(asking.url, lang);
      const offered = await comesIn(asking, locale, scheme, "agent");
      await dan.says(angry);
      await dan.says(lang === "en" ? "I want to talk to a person" : "我要找真人客服");
      await offered.page.goto(`${asking.url}/console/#/desk/${dan.conv}`);
      await offered.page.locator(".offer:not([hidden])").waitFor();
      await hasNoBarriers(offered.page, "an offer");
      for (const [screen, size] of Object.entries(SCREENS)) {
        await offered.page.setViewportSize(size);
        await look(offered.page, `offer-${tag}-${screen}`);
      }
      await offered.page.locator("[data-act=decline]").click();
      await offered.page.locator(".seat-switch").click();
      await offered.page.locator(".seat-switch[aria-checked=false]").waitFor();
      await look(offered.page, `away-${tag}-phone`);
      await offered.page.locator(".seat-switch").click();
      await offered.page.locator(".seat-switch[aria-checked=true]").waitFor();
      await offered.context.close();
      for (const one of [ann, ben, cleo, dan]) one.leaves();
    });
  }
}
