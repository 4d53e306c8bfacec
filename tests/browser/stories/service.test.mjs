// After the answer: a card number is removed, a slip corrected, a colleague named; the conversation is wrapped up, rated
// poorly by keyboard, followed up with a remedy, and rated again. In three languages, light and dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const WORDS = {
  "zh-Hant": { person: "我要找真人客服", taken: "內容已移除", edited: "已編輯", sorry: /很抱歉這次沒做好/, again: /現在您覺得如何/ },
  "zh-Hans": { person: "我要转人工客服", taken: "内容已移除", edited: "已编辑", sorry: /很抱歉这次没做好/, again: /现在您觉得怎么样/ },
  en: { person: "I would like to talk to a person", taken: "Words removed", edited: "Edited", sorry: /sorry it went like this/, again: /How is it now/ },
};

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [lang, locale, scheme, screen] of /** @type {const} */ ([["zh-Hant", "zh-TW", "light", DESKTOP], ["zh-Hans", "zh-CN", "dark", PHONE], ["en", "en-GB", "light", PHONE]])) {
  test(`corrected, wrapped up, rated, followed up, rated again (${lang})`, async () => {
    const words = WORDS[lang];
    const ann = await shopperArrives(browser, server, screen, lang);
    await ann.says(words.person);
    await ann.chat.locator("#wait").waitFor();
    const maya = await staffSignsIn(browser, server, "agent", DESKTOP, "#/desk", { locale, colorScheme: scheme });
    const { page } = maya;
    const keys = page.keyboard;
    await page.locator(".desk-list .row").first().waitFor();
    await keys.press("1");
    await keys.press("j");
    await page.locator("[data-act=take]").first().waitFor();
    await keys.press("t");
    await page.locator(".composer-writing").waitFor();

    // A slip, corrected with a key; the shopper reads the new words and that they are new.
    await keys.press("r");
    const field = page.locator(".composer-field");
    await field.fill("Hello, it comes on Tueday. I'll look into it now.");
    await keys.press("Enter");
    await ann.reads(/Tueday/);
    await keys.press("Escape");
    await keys.press("c");
    await page.locator(".correct-field").fill("Hello, it comes on Tuesday. I'll look into it now.");
    await keys.press("Enter");
    await ann.reads(/Tuesday/);
    await ann.reads(words.edited);
    assert.equal(await ann.chat.locator("#log").getByText("Tueday").count(), 0);

    // A card number, removed.
    await ann.says("4111 1111 1111 1111");
    const said = page.locator(".message", { hasText: "4111" });
    await said.waitFor();
    await said.locator(".message-tool").last().focus();
    await keys.press("Enter");
    await page.locator("dialog.correct").waitFor();
    await picture(page, `service-redact-${lang}`);
    await keys.press("Enter");
    await ann.reads(words.taken);
    await page.locator(".is-redacted").waitFor();
    assert.equal(await ann.chat.locator("#log").getByText("4111").count(), 0);
    await picture(ann.page, `service-shopper-redacted-${lang}`);

    // A colleague is named in a note; a tag goes on.
    await keys.press("n");
    await field.pressSequentially("@te");
    await page.locator("#mention-list [aria-selected=true]").waitFor();
    await picture(page, `service-mention-${lang}`);
    await keys.press("Enter");
    await field.pressSequentially("?");
    await keys.press("Enter");
    await page.locator(".message[data-kind=note]").first().waitFor();
    await keys.press("Escape");
    await keys.press("g");
    await page.locator("dialog.tag-sheet input").first().waitFor();
    await keys.press("Tab");
    await keys.press("Space");
    await keys.press("Enter");
    await page.locator(".tag").first().waitFor();

    // The sheet: Enter is enough.
    await keys.press("e");
    await page.locator("dialog.wrap-up input:checked").first().waitFor();
    await picture(page, `service-wrap-up-${lang}`);
    await keys.press("Enter");

    // Rated with the keyboard alone.
    const first = ann.chat.locator("#rate input").first();
    await first.waitFor({ state: "attached" });
    await picture(ann.page, `service-rate-${lang}`);
    await first.focus();
    await ann.page.keyboard.press("Space");
    await ann.page.keyboard.press("Tab");
    await ann.page.keyboard.type("Too slow");
    await ann.page.keyboard.press("Tab");
    await ann.page.keyboard.press("Enter");
    await ann.reads(words.sorry);

    // The supervisor has been named, sees the follow-up and gives a remedy.
    const ted = await staffSignsIn(browser, server, "admin", DESKTOP, "#/desk", { locale, colorScheme: scheme });
    await ted.page.locator(".to-do-row").first().waitFor();
    await picture(ted.page, `service-to-do-${lang}`);
    await ted.page.locator(".to-do-row a").first().click();
    await ted.page.locator(".message[data-kind=note]").first().waitFor();
    await ted.page.locator(".to-do").waitFor({ state: "hidden" });
    await ted.page.keyboard.press("F");
    await ted.page.locator(".follow-row").first().getByText("Too slow").waitFor();
    await picture(ted.page, `service-follow-ups-${lang}`);
    await ted.page.locator(".follow-row").first().locator("button").last().click();
    await ted.page.locator("dialog.correct textarea").fill("Postage refunded");
    await ted.page.locator("dialog.correct button[type=submit]").click();
    await ann.chat.locator("#rate").getByText(words.again).waitFor();
    await ann.chat.locator("#rate label").last().click();
    await ann.chat.locator("#rate button[type=submit]").click();
    await ann.chat.locator("#rate-again, #log").getByText(/5 \/ 5|5 of 5/).first().waitFor();
    await ted.page.keyboard.press("3");
    await ted.page.locator(".follow-row").first().locator(".mark-good").waitFor();
    await picture(ted.page, `service-followed-up-${lang}`);
    await Promise.all([maya.leaves(), ann.leaves(), ted.leaves()]);
  });
}
