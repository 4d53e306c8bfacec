// The example cluster as a person starts it: two nodes behind nginx without sticky sessions; one of them dies.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, shopperArrives, staffSignsIn, startBrowser, startCluster } from "./harness.mjs";

/** @type {Awaited<ReturnType<typeof startCluster>>} */ let cluster;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  cluster = await startCluster();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await cluster?.stop();
});

test("behind the proxy a conversation goes on when either node dies", async () => {
  // Of two, each on a node of their own at first: the proxy gives them out in turn.
  const people = await Promise.all(["en", "zh-Hant"].map((lang) => shopperArrives(browser, /** @type {any} */ (cluster), SCREENS.phone, lang)));
  const maya = await staffSignsIn(browser, /** @type {any} */ (cluster), "agent", SCREENS.desktop, "#/desk");
  const reply = maya.page.locator(".desk-conversation textarea");
  /** @param {string} text */
  const replies = async (text) => {
    await reply.fill(text);
    await reply.press("Enter");
  };
  const [ann, mei] = people;
  await ann.says("Let me talk to a person, about parcel one");
  await ann.chat.locator("#wait").waitFor();
  await maya.page.locator(".desk-list .row").first().click();
  await maya.page.locator("[data-act=take]").first().click();
  await replies("Hello, I am Maya.");
  await ann.reads("Hello, I am Maya.");
  await mei.says("運費多少");
  await mei.reads(/NT\$90/);

  cluster.kill(0);
  await Promise.all([ann.says("are you still there?"), mei.says("七天內可以退貨嗎")]);
  await maya.page.locator(".desk-conversation .message").getByText("are you still there?").waitFor();
  await replies("I am, one moment.");
  await ann.reads("I am, one moment.");
  await mei.reads(/7 天/);
  for (const words of ["Hello, I am Maya.", "are you still there?", "I am, one moment."]) {
    assert.equal(await ann.chat.locator("#log").getByText(words, { exact: true }).count(), 1, words);
  }
  // Who comes now never meets the dead one.
  for (let visit = 0; visit < 6; visit++) assert.equal((await fetch(`${cluster.url}/readyz`)).status, 200);
  await Promise.all([...people, maya].map((one) => one.leaves()));
});
