// The studio in both Chinese scripts, walked by the keyboard alone: a gap, its draft, the replay, the publish, and the
// shopper's question answered. And what the server has to say about mistakes is said in the console's language.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hasNoBarriers } from "./axe.mjs";
import { SCREENS, picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
  // A conversation is read for gaps once it has rested for a minute: all of them rest at once.
  for (const { lang, question } of SCRIPTS) {
    const shopper = await shopperArrives(browser, server, SCREENS.phone, lang);
    await shopper.says(question);
    await shopper.chat.locator("#log .message, #log [data-seq]").last().waitFor();
    await shopper.leaves();
  }
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const SCRIPTS = /** @type {const} */ ([
  {
    lang: "zh-Hant", locale: "zh-TW", question: "你們有出租電影放映機嗎", word: "放映機",
    answer: "有的，一天 300 元，代碼 PROJECTOR-TW。", code: /PROJECTOR-TW/,
    says: { draft: "起草文章", answer: "回答", fixed: "修好 1", why: "為什麼改？" },
  },
  {
    lang: "zh-Hans", locale: "zh-CN", question: "你们可以上门修剪盆栽吗", word: "盆栽",
    answer: "可以，每次 200 元，代码 BONSAI-CN。", code: /BONSAI-CN/,
    says: { draft: "起草文章", answer: "回答", fixed: "修好 1", why: "为什么改？" },
  },
]);

/** @typedef {import("playwright-core").Page} Page @typedef {import("playwright-core").Locator} Locator */

const hasFocus = (/** @type {Locator} */ locator) => locator.evaluate((element) => element === document.activeElement).catch(() => false);

/** Tab, as often as it takes. @param {Page} page @param {Locator} wanted */
async function tabTo(page, wanted) {
  await wanted.waitFor();
  for (let steps = 0; steps < 120; steps++) {
    if (await hasFocus(wanted)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never reaches ${wanted}`);
}

/** Remembers every act of a pointer: there must be none. A button's click by Enter has no detail. @param {Page} page */
const watchPointer = (page) => page.evaluate(() => {
  const seen = /** @type {string[]} */ (/** @type {any} */ (window).pointerActs = []);
  for (const kind of ["pointerdown", "mousedown", "mousemove", "wheel", "touchstart"]) addEventListener(kind, () => seen.push(kind), { capture: true });
});

for (const { lang, locale, question, word, answer, code, says } of SCRIPTS) {
  test(`from a gap to an answer by the keyboard alone (${lang})`, async () => {
    const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/improve", { locale });
    const { page } = iris;
    assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
    const row = page.locator(".gap-row", { hasText: word });
    for (let tries = 0; tries < 60 && !(await row.isVisible()); tries++) {
      await page.reload();
      await row.waitFor({ timeout: 2_000 }).catch(() => {});
    }
    await watchPointer(page);
    await tabTo(page, row);
    await page.keyboard.press("Enter");
    const draft = page.getByRole("button", { name: says.draft });
    await draft.waitFor();
    await hasNoBarriers(page, `a gap in ${lang}`);
    await picture(page, `keyboard-gap-${lang}`);
    await tabTo(page, draft);
    await page.keyboard.press("Enter");

    const body = page.getByRole("textbox", { name: says.answer, exact: true });
    await tabTo(page, body);
    await page.keyboard.press("Control+a");
    await page.keyboard.type(answer);
    await page.keyboard.press("Control+Enter");
    const sheet = page.getByRole("dialog");
    await sheet.getByText(says.fixed).waitFor();
    await tabTo(page, sheet.getByLabel(says.why));
    await page.keyboard.type("昨天有人問");
    await hasNoBarriers(page, `the publish sheet in ${lang}`);
    await picture(page, `keyboard-publish-${lang}`);
    const published = page.waitForResponse((response) => /\/api\/articles(\/[^/]+)?$/.test(response.url()) && response.request().method() !== "GET" && response.ok());
    await page.keyboard.press("Enter");
    await published;
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).pointerActs), [], "no mouse, no finger");

    const ben = await shopperArrives(browser, server, SCREENS.phone, lang);
    await ben.says(question);
    await ben.reads(code);
    await picture(ben.page, `keyboard-answered-${lang}`);
    await ben.leaves();
    await iris.leaves();
  });
}

test("what the server finds wrong is said in Chinese, and leaving the shelf asks why", async () => {
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/improve/files", { locale: "zh-TW" });
  const { page } = ted;
  await page.getByLabel("選擇 CSV 檔").setInputFiles({ name: "articles.csv", mimeType: "text/csv", buffer: Buffer.from("id,lang,title,category,body,valid_until\numbrella,en,Umbrella?,general,Yes.,soon\numbrella,fr,Parapluie?,general,Oui.,\n") });
  await page.getByText("articles.csv 第 2 行：valid_until 要寫成 2026-01-31 這樣的日期，不能是「soon」").waitFor();
  await page.getByText("articles.csv 第 3 行：「fr」不是語言；可用的是 zh-Hant、zh-Hans、en").waitFor();
  await picture(page, "chinese-csv-mistake");

  // An article: what only the server knows to be wrong stands at its field.
  await page.goto(`${server.url}/console/#/knowledge/gift-card`);
  await page.getByLabel("適用商品（SKU）").fill("X".repeat(61));
  await page.getByText("商品編號最多 60 個字。").or(page.getByRole("button", { name: "發布變更" })).first().waitFor();
  await page.keyboard.press("Control+Enter");
  const sheet = page.getByRole("dialog");
  await sheet.getByText("商品編號最多 60 個字。").waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("適用商品（SKU）").fill("");

  // An intent's file: in the form, at its line.
  await page.goto(`${server.url}/console/#/intents/${encodeURIComponent("intents/stock.toml")}`);
  const patterns = page.getByLabel(/^句型/);
  await patterns.waitFor();
  const before = await patterns.inputValue();
  await patterns.fill(`(沒有結束\n${before}`);
  await page.locator(".list-error").getByText("第 1 行：句型「(沒有結束」寫錯了：括號沒有結束").waitFor();
  await picture(page, "chinese-intent-mistake");
  await patterns.fill(before);

  // A file that is not edited there.
  await page.goto(`${server.url}/console/#/intents/${encodeURIComponent("playbook/manners.toml")}`);
  const toast = page.getByText("這裡只能編輯意圖、流程和退貨政策，其他檔案在「設定 → 檔案」。").first();
  await toast.waitFor();
  // Nothing of the file of before is there, neither its name nor what was typed.
  await page.getByRole("heading", { level: 1, name: "意圖與政策" }).waitFor();
  assert.equal(await page.locator(".file-editor").isVisible(), false);
  assert.equal((await page.locator(".save-state").innerText()).trim(), "");
  await picture(page, "chinese-toast");

  // The flows: what is wrong stands at its field, under the field's own name; grammar is told in Chinese, too.
  await page.goto(`${server.url}/console/#/intents/${encodeURIComponent("playbook/flows.toml")}`);
  const times = page.getByLabel("同一個問題最多問幾次");
  await times.fill("9");
  await page.getByText("請填 1 到 5 的整數。").first().waitFor();
  assert.equal(await times.getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByRole("button", { name: "上線" }).isDisabled());
  await hasNoBarriers(page, "a number out of bounds");
  await picture(page, "chinese-flows-mistake");
  await times.fill("");
  await page.getByText("請填 1 到 5 的整數。").waitFor();
  await times.fill("2");
  await page.getByText("和線上的一樣").waitFor();
  await page.getByRole("button", { name: "檔案文字" }).click();
  const content = page.getByLabel("內容（TOML）");
  const shipped = await content.inputValue();
  await content.fill(shipped.replace("asked = 2", "asked = two"));
  await page.getByRole("button", { name: /^第 \d+ 行：文字要放在引號裡.*（「.*」）$/ }).waitFor();
  await picture(page, "chinese-grammar");
  await content.fill(shipped);

  // Off the shelf and back: why, and who.
  await page.goto(`${server.url}/console/#/knowledge/cup-care`);
  const more = page.getByText("更多", { exact: true });
  await more.press("Enter");
  await page.getByRole("button", { name: "封存" }).press("Enter");
  await sheet.getByLabel(/^為什麼/).fill("停售了");
  await hasNoBarriers(page, "why an article is archived");
  await picture(page, "chinese-why");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "歷史" }).press("Enter");
  await sheet.locator(".version-why").getByText("停售了").waitFor();
  await picture(page, "chinese-history");
  await ted.leaves();
});
