// A shopper asks, looks an order up, reloads: answered with a source, the order with its parcels, nothing lost or doubled.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, picture, shopperArrives, startBrowser, startServer } from "./harness.mjs";

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

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`a shopper is answered and finds the order (${name})`, async () => {
    const ann = await shopperArrives(browser, server, screen, "zh-Hant");
    await ann.says("運費怎麼算");
    await ann.reads(/免運/);
    await ann.reads(/運費怎麼算？/); // the article it comes from, by its title
    await ann.presses("有幫助");
    await ann.says("我的包裹到哪了");
    await ann.reads(/訂單編號/);
    await ann.says("PW20260004");
    await ann.reads(/電話末四碼/);
    await ann.says("4270");
    await ann.reads(/共 2 個包裹/);
    await picture(ann.page, `shopper-order-${name}`);

    const count = () => ann.chat.locator("#log .message").count();
    const said = await count();
    assert.ok(said >= 8, `${said} messages`);
    await ann.page.reload();
    await ann.open();
    await ann.reads(/共 2 個包裹/);
    assert.equal(await count(), said, "the same messages after a reload, none lost, none doubled");
    await ann.leaves();
  });

  test(`the other script and English find the same articles (${name})`, async () => {
    const lin = await shopperArrives(browser, server, screen, "zh-Hans");
    await lin.says("邮费多少钱");
    await lin.reads(/包邮/);
    await lin.says("How much is shipping?");
    await lin.reads(/US\$15/);
    await lin.leaves();
  });
}
