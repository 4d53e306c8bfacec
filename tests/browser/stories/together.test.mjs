// One thing for many: marked conversations, a macro, one answer for all with the same matter, and rules tried on what was.

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

/** @param {string} words @param {string} [lang] */
async function waits(words, lang = "en") {
  const shopper = await shopperArrives(browser, server, DESKTOP, lang);
  await shopper.says(words);
  await shopper.chat.locator("#wait").waitFor();
  return shopper;
}

/** Both by name: the list may change its order in between. @param {import("playwright-core").Page} page */
async function markBoth(page) {
  const rows = await page.locator(".desk-list .rows a.row").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.equal(rows.length, 2);
  for (const row of rows) await page.locator(`.desk-list li:has(a[href="${row}"]) .row-mark`).check();
}

test("what is marked is taken, moved up and answered with the keyboard; a macro is seen before it runs", async () => {
  const [ann, bob] = [await waits("I want to talk to a person"), await waits("I want to talk to a person")];
  const { page } = await staffSignsIn(browser, server, "agent", DESKTOP, "#/desk");
  const keys = page.keyboard;
  await page.locator(".desk-list .rows .row").nth(1).waitFor();
  await keys.press("1");
  await keys.press("j");
  await page.locator(".desk-list .row[aria-current]").waitFor();
  await keys.press("Shift+J");
  await page.getByText("2 marked").waitFor();
  await picture(page, "together-marked");
  await keys.press("t");
  await page.getByText("Done for 2 conversations.").waitFor();
  await keys.press("2");
  await page.locator(".desk-list .rows .row").nth(1).waitFor();
  await markBoth(page);
  await keys.press("r");
  await page.getByRole("dialog").getByRole("textbox").fill("We are looking into it and write back within the hour.");
  await picture(page, "together-reply");
  await keys.press("Control+Enter");
  await ann.reads(/within the hour/);
  await bob.reads(/within the hour/);
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await markBoth(page);
  await keys.press("g");
  await page.getByRole("dialog").locator("input[name=add]").first().check();
  await picture(page, "together-tags");
  await keys.press("Control+Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator(".desk-list .row-tag").nth(1).waitFor();

  await keys.press("Shift+M");
  await page.locator(".within [aria-current=page]", { hasText: "Macros" }).waitFor();
  await keys.press("c");
  await page.locator("#macro-en").fill("Wrap up kindly");
  await page.locator(".macro-act select").nth(1).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Add an act" }).click();
  await page.locator(".macro-acts textarea").fill("Called the carrier");
  await picture(page, "macro-edit");
  await page.getByRole("button", { name: /^Save/ }).click();
  await page.locator(".row-name .name", { hasText: "Wrap up kindly" }).waitFor();
  await keys.press("Escape");
  await page.locator("h2", { hasText: "Wrap up kindly" }).click();
  await keys.press("Shift+D");
  await page.locator(".desk-list .rows .row").first().click();
  await page.locator(".desk-conversation .conv-head").click();
  await keys.press("m");
  await page.getByRole("combobox").fill("wrap");
  await keys.press("Enter");
  await page.locator(".macro-previews textarea").first().waitFor();
  await picture(page, "macro-preview");
  // An open place is where typing goes; nothing else is in the way of Enter.
  const inHand = await page.evaluate(() => (document.activeElement instanceof HTMLTextAreaElement ? getSelection()?.toString() : document.activeElement?.getAttribute("type")));
  const isOpen = (await page.locator(".macro-previews .mark-warn").count()) > 0;
  assert.equal(inHand, isOpen ? "⋯⋯" : "submit");
  for (const field of await page.locator(".macro-previews textarea").all()) {
    if ((await field.inputValue()).includes("⋯⋯")) await field.fill("Thank you for your patience.");
  }
  await page.getByRole("button", { name: "Run on 1 conversation" }).click();
  await page.getByText("Done for 1 conversation.").waitFor();
  await page.locator(".transcript").getByText("Called the carrier").waitFor();
});

test("who waits with the same matter is answered at once, and rules are tried before they are followed", async () => {
  const ann = await waits("My parcel is stuck because of the typhoon, let me talk to a person");
  const bob = await waits("The typhoon holds my parcel up, let me talk to a person");
  const { page } = await staffSignsIn(browser, server, "admin", DESKTOP, "#/desk");
  await page.locator(".surge-switch").selectOption("on");
  await page.locator(".surge").waitFor();
  await picture(page, "surge-desk");
  await page.locator(".surge").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The typhoon holds my parcel up").first().waitFor();
  await dialog.getByRole("textbox").fill("I am sorry for the wait: the lorries stand still until Friday. I will write to you as soon as they drive again.");
  await picture(page, "surge-answer");
  await dialog.getByRole("button", { name: "Send to 2" }).click();
  await page.getByText("Done for 2 conversations.").waitFor();
  await bob.reads(/until Friday/);
  await ann.reads(/to 2 people at once/);
  await ann.presses("I still need a person");
  await ann.chat.locator("#wait").waitFor();

  await page.keyboard.press("Shift+R");
  const field = page.getByRole("textbox", { name: "Rules: when … then …" });
  await field.fill("[[rule]]\nname = \"Storm\"\nwhen = \"handed_off\"\nwords = ['typhoon']\nthen = { priority = \"high\" ");
  await page.keyboard.press("Control+Enter");
  await page.getByText(/^Line [45]:/).waitFor();
  await field.fill("[[rule]]\nname = \"Storm\"\nwhen = \"handed_off\"\nwords = ['typhoon']\nthen = { priority = \"high\", notify = \"Typhoon\" }\n");
  await page.keyboard.press("Control+Enter");
  await page.getByText(/Would have acted \d+ times/).waitFor();
  await picture(page, "rules-tried");
  await page.getByRole("button", { name: "Save and follow" }).click();
  await page.getByText("Saved; followed within seconds.").waitFor();
  assert.equal(await page.locator(".form-problem:visible").count(), 0);
});
