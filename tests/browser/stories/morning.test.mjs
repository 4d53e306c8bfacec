// An agent's morning without a mouse: take, read the brief, insert a phrase, be coached, promise, note, resolve, find it
// again; and a phrase of one's own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

const DESKTOP = { width: 1280, height: 800 };
const TABLET = { width: 820, height: 1180 };

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

for (const [name, screen, scheme] of /** @type {const} */ ([["desktop-light", DESKTOP, "light"], ["desktop-dark", DESKTOP, "dark"], ["tablet-light", TABLET, "light"], ["tablet-dark", TABLET, "dark"]])) {
  test(`a morning with the keyboard alone (${name})`, async () => {
    const ann = await shopperArrives(browser, server, DESKTOP, "zh-Hant");
    await ann.says("PW20260003 到哪了，末四碼 6033");
    await ann.reads(/颱風/);
    await ann.says("你們到底在搞什麼，拖這麼久太誇張了，爛透了！！！");
    await ann.chat.locator("#wait").waitFor();

    const maya = await staffSignsIn(browser, server, "agent", screen, "#/desk", { locale: "zh-TW", colorScheme: scheme });
    const { page } = maya;
    const keys = page.keyboard;
    await page.locator(".desk-list .row").first().waitFor();
    await keys.press("1");
    await keys.press("j");
    await page.getByRole("region", { name: "交接摘要" }).getByText("PW20260003").first().waitFor();
    await picture(page, `morning-brief-${name}`);
    await keys.press("t");
    await page.locator(".composer-writing").waitFor();
    await keys.press("r");
    const field = page.locator(".composer-field");

    // A phrase: `/`, a letter, Enter; its places are filled in.
    await field.pressSequentially("/hi");
    await page.locator(".phrase[aria-selected=true]").waitFor();
    await picture(page, `morning-phrases-${name}`);
    await keys.press("Enter");
    assert.match(await field.inputValue(), /棲木生活.*前面的紀錄我都看過了/su);
    await keys.press("Enter");
    await ann.reads(/前面的紀錄我都看過了/);

    // The coach: what is wrong, something better with one key.
    await ann.says("所以到底什麼時候會到？我已經等了兩個禮拜！！");
    await page.locator(".suggestion").first().waitFor();
    await field.pressSequentially("物流的事我們也不清楚，規定就是這樣");
    await keys.press("Enter");
    const coach = page.locator(".composer .coach:not(.collision, .unfilled)");
    await coach.waitFor();
    await picture(page, `morning-coach-${name}`);
    await keys.press("Alt+Enter");
    await coach.waitFor({ state: "hidden" });
    assert.doesNotMatch(await field.inputValue(), /規定就是這樣/u);

    // A place that is still open is shown once before it goes.
    await keys.press("Control+a");
    await field.pressSequentially("訂單 ⋯⋯ 的進度我查到了");
    await keys.press("Enter");
    await page.locator(".composer .unfilled mark").getByText("⋯⋯").waitFor();
    assert.equal(await field.evaluate((/** @type {HTMLTextAreaElement} */ area) => area.value.slice(area.selectionStart, area.selectionEnd)), "⋯⋯");
    await field.pressSequentially("PW20260003");
    await page.locator(".composer .unfilled").waitFor({ state: "hidden" });
    await keys.press("Enter");
    await ann.reads(/訂單 PW20260003 的進度/);

    // Other words in what was sent are heard by the coach, too.
    await page.locator(".message-tool").filter({ hasText: /^修改/ }).last().click();
    const edit = page.locator("dialog.correct");
    await edit.getByRole("textbox").fill("規定就是這樣");
    await keys.press("Enter");
    await edit.locator(".coach:not(.unfilled)").waitFor();
    await keys.press("Enter");
    await edit.waitFor({ state: "detached" });
    if (name.startsWith("desktop")) await page.locator(".desk-side").getByText(/語氣提醒/).first().waitFor();
    await keys.press("r");

    // A promise becomes a reminder, in the list too.
    await keys.press("Control+a");
    await field.pressSequentially("真的很抱歉讓您等這麼久，我馬上跟物流確認，半小時內回覆您。");
    await keys.press("Enter");
    await ann.reads(/半小時內回覆您/);
    await page.locator(".promise").getByText(/您答應/).waitFor();
    await keys.press("Escape");
    await keys.press("2");
    await page.locator(".desk-list .row").getByText(/前回覆/).waitFor();
    await picture(page, `morning-promise-${name}`);

    await keys.press("n");
    await field.pressSequentially("已打給物流，下午到");
    await keys.press("Enter");
    await page.locator(".desk-conversation").getByText("已打給物流，下午到").first().waitFor();
    await keys.press("Escape");
    await keys.press("e");
    await page.locator("dialog.wrap-up input:checked").first().waitFor();
    await picture(page, `morning-wrap-up-${name}`);
    await keys.press("Enter");
    await ann.reads(/結束/);

    // What was said is found again, although the conversation is closed.
    await page.locator("dialog").waitFor({ state: "detached" });
    await keys.press("/");
    await page.keyboard.type("已打給物流");
    await page.locator(".rows-heading").waitFor();
    await picture(page, `morning-search-${name}`);
    await keys.press("Control+k");
    await page.keyboard.type("常用語");
    await page.locator(".palette-item[aria-selected=true]").waitFor();
    await picture(page, `morning-palette-${name}`);
    await keys.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await keys.press("Escape");

    // A phrase of one's own.
    await keys.press("P");
    await page.locator(".phrase-rows .row").first().waitFor();
    await keys.press("c");
    await page.locator("#phrase-shortcut").waitFor();
    await keys.type(`typhoon-${name}`);
    await page.locator("#phrase-zh-Hant").focus();
    await keys.type("{contact}您好，颱風期間配送會晚一天，造成不便很抱歉。");
    await keys.press("Control+Enter");
    await page.locator(".phrase-rows").getByText(`/typhoon-${name}`).waitFor();
    await picture(page, `morning-phrases-page-${name}`);
    await maya.leaves();
    await ann.leaves();
  });
}
