// An offer: its time runs in the row, and who misses one is told so with the page before their eyes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

const DESKTOP = { width: 1280, height: 800 };

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

test("an offer counts down in the row; a missed one says that nothing comes any more, and one press brings it back", async () => {
  const ada = await staffSignsIn(browser, server, "admin", DESKTOP, "#/admin/inbox");
  await ada.page.getByLabel("Way").selectOption("least_loaded");
  await ada.page.getByLabel("Time to accept (seconds)").fill("10");
  await ada.page.getByRole("form", { name: "Inbox", exact: true }).getByRole("button", { name: "Save", exact: true }).click();
  await ada.page.getByText("Saved and in force.").waitFor();
  await ada.leaves();

  const maya = await staffSignsIn(browser, server, "agent", DESKTOP, "#/desk");
  const { page } = maya;
  await page.locator(".seat-switch[aria-checked=true]").waitFor();
  const ann = await shopperArrives(browser, server, DESKTOP, "en");
  await ann.says("I want to talk to a person");
  await page.keyboard.press("4");
  const left = page.locator(".desk-list .row-offer").first();
  await left.waitFor();
  const seconds = async () => Number((await left.textContent())?.match(/\d+/u)?.[0]);
  const first = await seconds();
  await page.waitForFunction((before) => Number(document.querySelector(".row-offer")?.textContent?.match(/\d+/)?.[0]) < before, first);
  await picture(page, "offer-counts-down");
  const told = page.locator(".toast").filter({ hasText: "You did not answer an offer" });
  await told.waitFor();
  await picture(page, "offer-missed");
  await page.locator(".seat-switch[aria-checked=false]").waitFor();
  await told.getByRole("button", { name: "I'm back" }).click();
  await page.locator(".seat-switch[aria-checked=true]").waitFor();
  assert.equal(await told.count(), 0);
  await Promise.all([maya.leaves(), ann.leaves()]);
});
