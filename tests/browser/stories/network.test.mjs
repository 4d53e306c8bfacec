// What phones and networks do to a chat: the server dies, the page is reloaded with words not yet sent, the phone sleeps,
// two tabs are open. Every message arrives once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

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

/** How many bubbles say this. @param {import("playwright-core").FrameLocator} chat @param {string} words */
const bubbles = (chat, words) => chat.locator("#log .bubble").getByText(words, { exact: true }).count();

test("the server is killed while the shopper writes: the words wait, and arrive once when it is back", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("How much is shipping?");
  await ann.reads(/US\$15/);
  await server.kill();
  await ann.says("How long does delivery take?");
  await ann.chat.locator("#log").getByText("How long does delivery take?").waitFor();
  await server.restart();
  await ann.reads(/working days/);
  assert.equal(await bubbles(ann.chat, "How long does delivery take?"), 1);
  assert.equal(await bubbles(ann.chat, "How much is shipping?"), 1);
  await ann.leaves();
});

test("a reload before the words were sent does not lose them", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("How much is shipping?");
  await ann.reads(/US\$15/);
  await ann.page.context().setOffline(true);
  await ann.says("Which cards do you take?");
  await ann.chat.locator("#log").getByText("Which cards do you take?").waitFor();
  // The page that comes back is another one; only what was stored can still be sent.
  const socket = ann.page.waitForEvent("websocket");
  await Promise.all([ann.page.context().setOffline(false), ann.page.reload()]);
  await socket;
  await ann.open();
  await ann.reads(/Which payment methods do you accept/); // answered, by its source
  assert.equal(await bubbles(ann.chat, "Which cards do you take?"), 1);
  await ann.leaves();
});

test("a phone that slept shows on waking what an agent wrote meanwhile", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("I want to talk to a person");
  const maya = await staffSignsIn(browser, server, "agent", SCREENS.desktop, "#/desk");
  await maya.page.locator(".desk-list, .list").getByText(/Asked for a person/).first().click();
  await maya.page.getByRole("button", { name: /^Take/ }).first().click();
  await ann.reads(/can see the conversation so far/);
  const phone = await ann.page.context().newCDPSession(ann.page);
  await phone.send("Page.setWebLifecycleState", { state: "frozen" });
  await maya.page.getByRole("textbox", { name: /Reply/ }).fill("Your parcel leaves today.");
  await maya.page.keyboard.press("Enter");
  await maya.page.locator(".message .bubble").getByText("Your parcel leaves today.").waitFor();
  await phone.send("Page.setWebLifecycleState", { state: "active" });
  await ann.reads("Your parcel leaves today.");
  assert.equal(await bubbles(ann.chat, "Your parcel leaves today."), 1);
  await maya.leaves();
  await ann.leaves();
});

test("two tabs of one shopper show the same, whichever is written in", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.desktop, "en");
  const page = await ann.page.context().newPage();
  await page.goto(`${server.url}/demo/?lang=en`);
  const launcher = page.locator("warmline-widget button.launcher");
  await launcher.waitFor({ state: "attached" });
  if ((await launcher.getAttribute("aria-expanded")) !== "true") await launcher.click();
  const other = page.frameLocator("warmline-widget iframe");
  await other.locator("#write").waitFor();
  await ann.says("How much is shipping?");
  await other.locator("#log").getByText(/US\$15/).last().waitFor();
  await other.locator("#write").fill("Do you ship to Japan?");
  await other.locator("#write").press("Enter");
  await ann.reads("Do you ship to Japan?");
  assert.equal(await bubbles(ann.chat, "Do you ship to Japan?"), 1);
  assert.equal(await bubbles(other, "Do you ship to Japan?"), 1);
  await ann.leaves();
});
