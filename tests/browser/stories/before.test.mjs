// Who comes back has been here before: the desk says so beside the conversation, leads to that place in it, and the brief
// says how the shopper feels now beside how it was.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shopper, staff } from "../clients/crowd.mjs";
import { hasNoBarriers } from "./axe.mjs";
import { SCREENS, picture, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

/** More than a conversation brings when it is opened. */
const SINCE = 330;

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  server = await startServer(["--rate-limits", "off"]);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("an earlier stay is told with its end and rating, and a click leads to where it began", async () => {
  const ann = await shopper(server.url, "en");
  await ann.says("I want to talk to a person");
  const maya = await staff(server.url, server.signIns.agent[0]);
  const epoch = await maya.takes(ann.conv);
  await maya.says(ann.conv, epoch, "Your kettle is on its way.");
  await maya.resolves(ann.conv, epoch, { category: "delivery", outcome: "solved" });
  await ann.rates(1, 5);
  await ann.says("hello again");
  await ann.says("I want to talk to a person");
  const again = await maya.takes(ann.conv);
  for (let at = 0; at < SINCE; at++) await maya.says(ann.conv, again, `step ${at}`);

  const { page, leaves } = await staffSignsIn(browser, server, "agent", SCREENS.desktop, `#/desk/${ann.conv}`);
  await page.locator(".transcript").getByText(`step ${SINCE - 1}`, { exact: true }).waitFor();
  const stay = page.locator(".desk-side .before").first();
  await stay.getByText("Rated 5 of 5").waitFor();
  assert.match(await stay.innerText(), /Delivery.*Solved/s);
  await hasNoBarriers(page, "what was before");
  await picture(page, "before-desktop");
  assert.equal(await page.locator(".transcript").getByText("Your kettle is on its way.").count(), 0, "not loaded yet");
  await stay.click();
  const first = page.locator(".transcript .message").first();
  await page.locator(".transcript").getByText("Your kettle is on its way.").waitFor();
  await page.waitForFunction(() => {
    const row = /** @type {Element} */ (document.querySelector(".transcript .message")).getBoundingClientRect();
    const room = /** @type {Element} */ (document.querySelector(".log-scroller")).getBoundingClientRect();
    return row.bottom > room.top && row.top < room.bottom;
  });
  assert.match(await first.innerText(), /Hello, I'm Perchwood's support bot/);
  ann.leaves();
  maya.leaves();
  await leaves();
});

test("the brief says how the shopper feels now, when that is another than at the handoff", async () => {
  const ann = await shopper(server.url, "en");
  await ann.says("THIS IS RIDICULOUS, two weeks and nothing, you people are useless!!!");
  const maya = await staff(server.url, server.signIns.agent[0]);
  const epoch = await maya.takes(ann.conv);
  const { page, leaves } = await staffSignsIn(browser, server, "agent", SCREENS.desktop, `#/desk/${ann.conv}`);
  await page.locator(".brief-facts").waitFor();
  assert.equal(await page.locator(".brief-now").count(), 0, "nothing was said since");
  const anger = async () => (await maya.call("GET", `/api/conversations/${ann.conv}/standing`)).feeling.anger;
  for (const words of ["Thank you for looking into it", "Tomorrow is fine for me", "Very kind of you"]) {
    const before = await anger();
    await maya.says(ann.conv, epoch, "I am looking into it.");
    await ann.says(words);
    // What is said to a person is heard by a turn of its own, a moment later.
    for (const until = Date.now() + 15_000; (await anger()) >= before; ) assert.ok(Date.now() < until, "heard");
  }
  // Folded since somebody has answered: the feeling of now stands in the head.
  await page.locator(".brief-folded").getByText("No strong feeling").waitFor();
  await page.locator(".brief-toggle").click();
  await page.locator(".brief-now").waitFor();
  assert.match(await page.locator(".brief-now").innerText(), /Now:\s*No strong feeling/);
  assert.match(await page.locator(".brief-facts").innerText(), /At the handoff:\s*(Very angry|Angry)/);
  await picture(page, "before-feeling");
  ann.leaves();
  maya.leaves();
  await leaves();
});
