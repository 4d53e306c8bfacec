// A supervisor's hour: the wall tells who waits, a click leads there, a whisper and a takeover; an admin adds somebody,
// sets hours, is told of a slip at its line; and all of it by keyboard as well.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startBrowser>>} */
let browser;
const WALL = { width: 1920, height: 1080 };
const TABLET = { width: 820, height: 1180 };

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** @param {import("playwright-core").Page} page @param {string} label */
const figure = (page, label) => page.locator(".wall-figure").filter({ has: page.getByText(label, { exact: true }) }).locator("dd");

test("the wall is live, leads to the conversation, and the supervisor steps in", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  const boss = await staffSignsIn(browser, server, "admin", WALL, "#/wall");
  await figure(boss.page, "Waiting").getByText("0", { exact: true }).waitFor();
  const agent = await staffSignsIn(browser, server, "agent", SCREENS.desktop, "#/desk");
  await boss.page.locator(".wall-seat.is-available").first().waitFor();
  await ann.says("I want to talk to a person");
  await figure(boss.page, "Waiting").getByText("1", { exact: true }).waitFor();
  await boss.page.locator(".wall-rows .wall-row").first().waitFor();
  await picture(boss.page, "wall-en");
  // One more for the agent, on the spot.
  await boss.page.getByRole("button", { name: /^One more for/ }).first().click();
  await boss.page.locator(".wall-seat .number").getByText("/ 9").waitFor();
  await boss.page.locator(".wall-rows .wall-row").first().click();
  await boss.page.locator(".standing .is-running").getByText("Queue", { exact: true }).waitFor();
  await agent.page.locator(".desk-list .row").first().waitFor();
  await agent.page.keyboard.press("1");
  await agent.page.keyboard.press("j");
  await agent.page.locator(".desk-list .row[aria-current]").waitFor();
  await agent.page.keyboard.press("t");
  await boss.page.locator(".standing .is-running").getByText("Agent", { exact: true }).waitFor();
  await picture(boss.page, "standing-en");
  // What is said to the agent rings for her.
  await ann.says("If my refund is not there today my lawyer will sue you");
  await boss.page.locator(".toast-bad").getByText("Legal threat").waitFor();
  await boss.page.locator(".rule-notice").getByText("Legal threat").waitFor();
  await agent.page.getByText("Alert: Legal threat").first().waitFor();
  // A whisper, then the conversation itself.
  await boss.page.keyboard.press("n");
  await boss.page.keyboard.type("Offer her the express parcel.");
  await boss.page.keyboard.press("Enter");
  await agent.page.getByText("Offer her the express parcel.").first().waitFor();
  await boss.page.keyboard.press("Escape");
  await boss.page.keyboard.press("o");
  await boss.page.locator(".toast-good").first().waitFor();
  await boss.page.keyboard.press("Escape");
  await boss.page.keyboard.press("W");
  await figure(boss.page, "Answered / asked today").getByText("1 / 1", { exact: true }).waitFor();
  await boss.page.locator(".wall-seat").filter({ hasText: "Ted" }).getByText("1 / 8").waitFor();
  await agent.leaves();
  await boss.leaves();
  await ann.leaves();
});

test("an admin adds somebody, sets hours and is told of a slip where it is", async () => {
  const { page, leaves } = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/admin");
  await page.getByRole("link", { name: "Add somebody" }).click();
  await page.getByLabel("Name (shoppers see it)").fill("Lena");
  await page.getByLabel("Mail address").fill("lena");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("This is no mail address.").waitFor();
  assert.equal(await page.getByLabel("Name (shoppers see it)").inputValue(), "Lena", "nothing is lost");
  await page.getByLabel("Mail address").fill("lena@shop.example");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator(".admin-password").getByText("lena@shop.example").waitFor();
  await picture(page, "admin-staff-en");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.locator(".admin-table").getByRole("link", { name: "Lena", exact: true }).waitFor();

  await page.locator(".admin-nav").getByText("Inbox").click();
  await page.getByLabel("The desk has hours").check();
  await page.getByLabel("Monday").fill("nine");
  const save = page.getByRole("form", { name: "Inbox", exact: true }).getByRole("button", { name: "Save", exact: true });
  await save.click();
  await page.locator('[data-field="hours.mon"] .field-error').waitFor();
  await picture(page, "admin-inbox-en");
  // Without any hours the desk would be closed for ever; half a customer is none.
  await page.getByLabel("Monday").fill("");
  await page.getByLabel("Each agent at once").fill("1.5");
  await save.click();
  await page.locator('[data-field="capacity"] .field-error').getByText("Write a whole number").waitFor();
  await page.getByLabel("Each agent at once").fill("6");
  await save.click();
  await page.locator('[data-field="hours"] .field-error').getByText("the desk would never be open").waitFor();
  // As people write hours; a promise of two channels keeps both.
  await page.getByLabel("Monday").fill("9:00 – 12:00，13：00－18:00");
  await page.getByRole("button", { name: "Add a promise" }).click();
  const promise = page.locator(".admin-sla").last();
  await promise.getByLabel("First response").fill("30");
  for (const channel of [0, 2]) await promise.locator(".admin-checks input").nth(channel).check();
  const saved = page.waitForResponse((response) => response.request().method() === "PUT" && response.ok());
  await save.click();
  await saved;
  await page.reload();
  await page.locator(".admin-sla").first().waitFor();
  assert.equal(await page.getByLabel("Monday").inputValue(), "09:00-12:00, 13:00-18:00");
  assert.deepEqual(await promise.locator(".admin-checks input").evaluateAll((boxes) => boxes.map((box) => /** @type {HTMLInputElement} */ (box).checked)), [true, false, true, false]);
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]) await page.getByLabel(day).fill("00:00-24:00");
  await save.click();
  await page.getByText("Saved and in force.").waitFor();

  await page.locator(".admin-nav").getByText("Rules").click();
  await page.locator(".admin-file").getByText("Tone coach").click();
  const field = page.getByLabel("playbook/tone.toml");
  const text = await field.inputValue();
  await field.fill(text.replace("[advice.mocking]", "[advice.laughing]"));
  await page.locator(".admin-mistake.is-wrong").waitFor();
  await page.locator(".admin-gutter .is-wrong").waitFor();
  await picture(page, "admin-files-en");
  await field.fill(`${text}\n# ours\n`);
  await page.getByText("No mistake found. Not saved yet.").waitFor();
  await page.keyboard.press("Control+s");
  await page.getByText("Saved and in force on every node.").first().waitFor();

  // By keyboard, to what was changed.
  await page.locator("body").press("Escape");
  await page.locator(".admin-page").focus();
  await page.keyboard.press("5");
  await page.locator(".admin-table").getByText("saved a file of rules").first().waitFor();
  await picture(page, "admin-audit-en");
  await leaves();
});

for (const [locale, name] of [["zh-TW", "zh-Hant"], ["zh-CN", "zh-Hans"]]) {
  test(`wall and settings in ${name}, dark, on a tablet`, async () => {
    const { page, leaves } = await staffSignsIn(browser, server, "admin", TABLET, "#/wall", { locale, colorScheme: "dark" });
    await page.locator(".wall-figure").first().waitFor();
    await picture(page, `wall-${name}-dark`);
    await page.goto(`${server.url}/console/#/admin/inbox`);
    await page.locator(".admin-hours, .admin-slas").first().waitFor({ state: "attached" });
    await picture(page, `admin-inbox-${name}-dark`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing hangs over the edge");
    await leaves();
  });
}
