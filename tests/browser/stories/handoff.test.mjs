// An angry shopper goes to a person, who reads the brief, takes the conversation, replies and resolves.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { SCREENS, picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

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

/** What a file says that is downloaded. @param {import("playwright-core").Page} page @param {() => Promise<void>} press */
async function downloaded(page, press) {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  return readFile(await file.path(), "utf8");
}

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`angry, queued, read, answered, resolved (${name})`, async () => {
    const ann = await shopperArrives(browser, server, screen, "zh-Hant");
    await ann.says("PW20260003 到哪了，末四碼 6033");
    await ann.reads(/颱風/);
    await ann.says("你們到底在搞什麼，拖這麼久太誇張了，爛透了！！！");
    await ann.reads(/真的很抱歉|不好受/);
    await ann.chat.locator("#wait").waitFor();
    await picture(ann.page, `shopper-waits-${name}`);

    const maya = await staffSignsIn(browser, server, "agent", screen, "#/desk");
    await maya.page.getByText("Strong feeling").first().click();
    const brief = maya.page.getByRole("region", { name: "Brief" });
    await brief.getByText("PW20260003").first().waitFor();
    await brief.getByText("Very angry").waitFor();
    await brief.getByText("Suggested next step").waitFor();
    await picture(maya.page, `agent-brief-${name}`);

    await maya.page.locator("[data-act=take]").first().click();
    const reply = maya.page.locator(".desk-conversation textarea");
    await reply.fill("黃小姐您好，我是 Maya，包裹明天中午前送到，我會盯著。");
    await reply.press("Enter");
    await ann.reads(/包裹明天中午前送到/);
    await ann.says("好，謝謝");
    await maya.page.locator(".desk-conversation").getByText("好，謝謝").waitFor();
    await picture(maya.page, `agent-replied-${name}`);

    // Both can keep it as a file: the shopper without what is between agents.
    await maya.page.keyboard.press("Escape");
    const hers = await downloaded(maya.page, () => maya.page.keyboard.press("S"));
    assert.match(hers, /Shopper: 好，謝謝/);
    assert.match(hers, /Strong feeling/);
    const kept = await downloaded(ann.page, () => ann.chat.locator("#save").click());
    assert.match(kept, /您: 你們到底在搞什麼/);
    assert.match(kept, /Maya Lin・客服: 黃小姐您好/);
    assert.doesNotMatch(kept, /Strong feeling/);

    // Resolving leaves ten seconds to think again.
    await maya.page.locator("[data-act=resolve]").first().click();
    await maya.page.locator("dialog.wrap-up input[name=category]:checked, dialog.wrap-up input[name=outcome]:checked").first().waitFor();
    await picture(maya.page, `agent-wraps-up-${name}`);
    await maya.page.keyboard.press("Enter");
    await ann.reads(/結束/);
    await picture(ann.page, `shopper-resolved-${name}`);
    await maya.leaves();
    await ann.leaves();
  });
}
