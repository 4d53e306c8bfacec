// An editor writes an article and publishes it; the shopper's next question is answered by it.

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

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`published, then answered (${name})`, async () => {
    const answer = `Shipping is free on every order this week, code ${name.toUpperCase()}.`;
    const iris = await staffSignsIn(browser, server, "editor", screen, "#/knowledge/shipping-fee");
    const body = iris.page.getByRole("textbox", { name: "Answer" });
    await body.waitFor();
    await body.fill(answer);
    await iris.page.getByText(answer).last().waitFor(); // the preview
    await picture(iris.page, `editor-${name}`);
    const isStored = iris.page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.url().endsWith("/shipping-fee") && answer.ok());
    await iris.page.getByRole("button", { name: "Publish changes" }).click();
    await iris.page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
    await isStored;

    const ann = await shopperArrives(browser, server, screen, "en");
    await ann.says("How much is shipping?");
    await ann.reads(new RegExp(name.toUpperCase()));
    await picture(ann.page, `shopper-new-answer-${name}`);
    await iris.leaves();
    await ann.leaves();
  });
}
