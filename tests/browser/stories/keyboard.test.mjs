// Without a mouse: from the sign-in to the second conversation, passed on with a note; wherever the focus goes it can be
// seen and has a name, and Escape always leads back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

const DESKTOP = { width: 1280, height: 800 };

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(["--rate-limits", "off"]), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What has the focus: as it is read out, and whether it can be seen. @param {import("playwright-core").Page} page */
async function focused(page) {
  const state = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    for (const probed of document.querySelectorAll("[data-probed]")) probed.removeAttribute("data-probed");
    element.setAttribute("data-probed", "");
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
      label: element.tagName === "SUMMARY" ? `- summary "${element.getAttribute("aria-label") ?? element.textContent}"` : "",
      tag: `${element.tagName.toLowerCase()}#${element.id}.${element.className}[${element.getAttribute("type")}]`, isInSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      shows: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
    };
  });
  if (!state) return null;
  const said = await page.locator("[data-probed]").ariaSnapshot();
  // Playwright passes over `summary`.
  return { ...state, said: said.split("\n")[0] || state.label };
}

/** @param {import("playwright-core").Page} page @param {string} where */
async function canBeSeen(page, where) {
  const now = await focused(page);
  if (!now) return null;
  assert.ok(now.shows && now.isInSight, `${where}: the focus on ${now.tag} cannot be seen`);
  assert.match(now.said, /".+"|: .+|\/.+\//, `${where}: ${now.tag} has no name: ${now.said}`);
  return now;
}

test("everything Tab reaches can be seen and has a name, on every place", async () => {
  const ann = await shopperArrives(browser, server, DESKTOP, "en");
  await ann.says("Where is PW20260003? 6033");
  await ann.reads(/typhoon/i);
  await ann.says("I want to talk to a person");
  await ann.chat.locator("#wait").waitFor();
  const ada = await staffSignsIn(browser, server, "admin", DESKTOP, "#/desk");
  const { page } = ada;
  await page.locator(".desk-list .row").first().waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("j");
  await page.locator(".brief-facts").waitFor();
  await page.keyboard.press("t");
  await page.locator(".composer-writing").waitFor();
  for (const [hash, ready] of /** @type {const} */ ([["", ".composer-writing"], ["#/phrases", ".phrase-rows .row"], ["#/knowledge", "main a"], ["#/knowledge/shipping-fee", "main textarea"], ["#/bench", "main textarea, main input"]])) {
    if (hash) await page.goto(`${server.url}/console/${hash}`);
    await page.locator(ready).first().waitFor();
    let reached = 0;
    for (let at = 0; at < 45; at++) {
      await page.keyboard.press("Tab");
      if (await canBeSeen(page, `${hash || "desk"}, Tab ${at + 1}`)) reached++;
    }
    assert.ok(reached >= 10, `${hash}: only ${reached} stops`);
  }
  await ada.leaves();
  await ann.leaves();
});

test("from the sign-in to a conversation that is passed on", async () => {
  const [ann, ben] = [await shopperArrives(browser, server, DESKTOP, "en"), await shopperArrives(browser, server, DESKTOP, "en")];
  for (const one of [ann, ben]) {
    await one.says("I want to talk to a person");
    await one.chat.locator("#wait").waitFor();
  }
  const noor = await staffSignsIn(browser, server, "admin", DESKTOP, "#/desk");
  await noor.page.locator(".seat-switch[aria-checked=false]").click();
  await noor.page.locator(".seat-switch[aria-checked=true]").waitFor();

  const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB" });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const keys = page.keyboard;
  await page.goto(`${server.url}/console/`);
  await page.locator("#mail:focus").waitFor();
  const { mail, password } = server.signIns.agent[0];
  await keys.type(mail);
  await keys.press("Tab");
  await keys.type(password);
  await keys.press("Enter");
  await page.locator(".desk-list .row").nth(1).waitFor();

  // The sheet, the palette, the search: each opens by a key, and Escape leads back to where one was.
  await keys.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Next conversation").waitFor();
  await canBeSeen(page, "key sheet");
  await keys.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await keys.press("Control+k");
  await page.getByRole("combobox", { name: "Commands and conversations" }).waitFor();
  await keys.type("queue");
  await canBeSeen(page, "palette");
  await keys.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await keys.press("/");
  assert.match((await canBeSeen(page, "search"))?.said ?? "", /searchbox "Search names/);
  await keys.press("Escape");
  assert.equal(await focused(page), null, "Escape leaves the field");

  // The next, by j; back and forth by k.
  await keys.press("1");
  await keys.press("j");
  await page.locator(".row[aria-current=true]").waitFor();
  const first = page.url();
  await keys.press("j");
  await page.waitForFunction((before) => location.href !== before, first);
  await keys.press("k");
  await page.waitForFunction((before) => location.href === before, first);
  await page.getByRole("region", { name: "Brief" }).waitFor();
  await keys.press("s");
  await page.locator(".brief-folded").waitFor();
  await keys.press("s");
  await page.locator(".brief-facts").waitFor();
  await keys.press("t");
  await page.getByText("With you").first().waitFor();

  // A reply, a note; Escape leaves the field and keeps the words.
  await keys.press("r");
  assert.match((await canBeSeen(page, "reply"))?.said ?? "", /textbox "Reply to the shopper/);
  await keys.type("I am looking into it.");
  await keys.press("Escape");
  assert.equal(await focused(page), null);
  await keys.press("r");
  await keys.press("Enter");
  await page.locator(".transcript").getByText("I am looking into it.").waitFor();
  await keys.press("Escape");
  await keys.press("n");
  assert.match((await canBeSeen(page, "note"))?.said ?? "", /textbox "A note for colleagues/);
  await keys.type("Wants an exchange.");
  await keys.press("Enter");
  await page.locator("[data-kind=note]").waitFor();
  await keys.press("Escape");

  // Why me, closed by Escape; then to a colleague, with the arrows and a note.
  await page.locator(".why > summary").focus();
  await keys.press("Enter");
  await page.locator(".why[open]").waitFor();
  await keys.press("Escape");
  await page.locator(".why:not([open])").waitFor();
  assert.match((await canBeSeen(page, "why"))?.said ?? "", /Why me/);
  await keys.press("Escape");
  await keys.press("p");
  await page.getByRole("dialog", { name: "Pass on to" }).waitFor();
  await page.locator(".transfer-choice input:focus").waitFor();
  await canBeSeen(page, "transfer");
  await keys.press("Tab");
  await keys.type("Please call her back.");
  await picture(page, "keyboard-transfer");
  await keys.press("Tab");
  assert.match((await canBeSeen(page, "pass on"))?.said ?? "", /button "Pass on"/);
  await keys.press("Enter");
  await page.getByText("Passed on.").waitFor();
  await noor.page.getByRole("tab", { name: /Mine/ }).click();
  await noor.page.locator(".rows .row").first().click();
  await noor.page.locator(".transcript").getByText("Please call her back.").waitFor();

  // The next one is taken and resolved.
  await keys.press("1");
  await keys.press("j");
  await keys.press("t");
  await page.getByText("With you").first().waitFor();
  await keys.press("e");
  await page.locator("dialog.wrap-up input:checked").first().waitFor();
  await keys.press("Enter");
  await page.getByText("Resolving").first().waitFor();
  await keys.press("z");
  await page.getByText("With you").first().waitFor();
  await keys.press("e");
  await page.locator("dialog.wrap-up input:checked").first().waitFor();
  await keys.press("Enter");
  await ben.reads(/closed|resolved|ended/i).catch(() => ann.reads(/closed|resolved|ended/i));
  await context.close();
  for (const one of [noor, ann, ben]) await one.leaves();
});
