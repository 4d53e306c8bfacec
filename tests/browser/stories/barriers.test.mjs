// No page and no state keeps anybody out: axe finds nothing serious on the console and in the chat, light and dark.

import { after, before, test } from "node:test";
import { PLACES } from "../../../web_console/places.js";
import { staff } from "../clients/crowd.mjs";
import { hasNoBarriers } from "./axe.mjs";
import { SCREENS, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

const SCHEMES = /** @type {const} */ (["light", "dark"]);

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(["--rate-limits", "off"]), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const scheme of SCHEMES) {
  test(`the console (${scheme})`, async (t) => {
    const ann = await shopperArrives(browser, server, SCREENS.desktop, "zh-Hant");
    await ann.says("PW20260003 到哪了，末四碼 6033");
    await ann.reads(/颱風/);
    await ann.says("你們到底在搞什麼，拖這麼久太誇張了，爛透了！！！");
    await ann.chat.locator("#wait").waitFor();

    const context = await browser.newContext({ viewport: SCREENS.desktop, locale: "en-GB", colorScheme: scheme });
    const door = await context.newPage();
    await door.goto(`${server.url}/console/`);
    await door.locator("#mail").waitFor();
    await hasNoBarriers(door, "sign-in");
    await door.locator("#mail").fill("nobody@example.com");
    await door.locator("#password").fill("wrong");
    await door.locator("#password").press("Enter");
    await door.locator("#sign-in-error").waitFor();
    await hasNoBarriers(door, "sign-in, refused");
    await context.close();

    const maya = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/desk", { colorScheme: scheme });
    const { page } = maya;
    /** @param {string} what */
    const check = async (what) => t.diagnostic(`${what}: ${(await hasNoBarriers(page, what)).join(", ") || "nothing"}`);
    await page.locator(".desk-list .row").first().waitFor();
    await check("desk, nothing open");
    await page.locator(".desk-list .row").first().click();
    await page.locator(".brief-facts").waitFor();
    await check("desk, brief open, not taken");
    await page.locator("[data-act=take]").first().click();
    await page.locator(".composer-writing").waitFor();
    await check("desk, taken");
    await page.locator(".composer-field").pressSequentially("/");
    await page.locator(".phrase[aria-selected=true]").waitFor();
    await check("phrases behind the slash");
    await page.locator(".composer-field").fill("物流的事我們也不清楚，規定就是這樣");
    await page.keyboard.press("Enter");
    await page.locator(".composer .coach:not([hidden])").waitFor();
    await check("the coach speaks");
    await page.locator(".composer-field").fill("很抱歉，我半小時內回覆您。");
    await page.keyboard.press("Enter");
    await page.locator(".promise").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("n");
    await page.keyboard.type("note for colleagues");
    await page.keyboard.press("Enter");
    await page.locator("[data-kind=note]").waitFor();
    await page.keyboard.press("Escape");
    await check("desk, promise and note");
    await page.locator(".why > summary").click();
    await check("why me");
    // Who looks elsewhere has seen it.
    await page.locator(".conv-who h2").click();
    await page.locator(".why:not([open])").waitFor();
    await page.keyboard.press("p");
    await page.locator("dialog.transfer").waitFor();
    await check("transfer");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.locator("dialog").waitFor();
    await check("keys");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.locator("dialog.palette").waitFor();
    await page.keyboard.type("resolve");
    await check("palette");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator(".menu > summary").click();
    await check("menu");
    await page.keyboard.press("Escape");
    for (const [key, what] of /** @type {const} */ ([["2", "mine"], ["4", "all"], ["5", "closed"]])) {
      await page.keyboard.press(key);
      await check(`list: ${what}`);
    }
    // Every place there is, whoever adds one.
    const places = Object.keys(PLACES).filter((place) => place !== "desk").map((place) => `#/${place}`);
    for (const hash of [...places, "#/knowledge/shipping-fee"]) {
      await page.goto(`${server.url}/console/${hash}`);
      await page.locator("main :is(h1, h2, textarea)").first().waitFor({ state: "attached" });
      await check(hash);
    }
    await maya.leaves();
    await ann.leaves();
  });

  test(`the desk on a phone (${scheme})`, async () => {
    const ann = await shopperArrives(browser, server, SCREENS.desktop, "en");
    await ann.says("I want to talk to a person");
    await ann.chat.locator("#wait").waitFor();
    const maya = await staffSignsIn(browser, server, "agent", SCREENS.phone, "#/desk", { colorScheme: scheme });
    await maya.page.locator(".desk-list .row").first().waitFor();
    await hasNoBarriers(maya.page, "desk on a phone");
    await maya.page.locator(".desk-list .row").first().click();
    await maya.page.locator(".brief").waitFor();
    await hasNoBarriers(maya.page, "conversation on a phone");
    await maya.leaves();
    await ann.leaves();
  });

  test(`the chat (${scheme})`, async (t) => {
    const context = await browser.newContext({ viewport: SCREENS.phone, locale: "en-GB", colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(`${server.url}/demo/?lang=en`);
    await page.locator("warmline-widget button.launcher").click();
    const chat = page.frameLocator("warmline-widget iframe");
    await chat.locator("#write").waitFor();
    const frame = /** @type {import("playwright-core").Frame} */ (page.frames().find((one) => one.url().includes("/widget/chat")));
    /** @param {string} what */
    const check = async (what) => t.diagnostic(`${what}: ${(await hasNoBarriers(frame, what)).join(", ") || "nothing"}`);
    /** @param {string} text @param {string | RegExp} answer */
    const says = async (text, answer) => {
      await chat.locator("#write").fill(text);
      await chat.locator("#write").press("Enter");
      await chat.locator("#log").getByText(answer).last().waitFor();
    };
    await check("chat, empty");
    await says("How much is shipping?", /US\$15/);
    await check("chat, answered");
    await says("Where is my order PW20260004? 4270", /parcels/);
    await check("chat, an order");
    await says("I want to talk to a person", /colleague/);
    await chat.locator("#wait").waitFor();
    await check("chat, waiting");
    const ada = await staff(server.url, server.signIns.admin[0]);
    const { rows } = await ada.call("GET", "/api/conversations?view=queue");
    const conv = rows.at(-1).conv;
    const epoch = await ada.takes(conv);
    await ada.says(conv, epoch, "Hello, this is Ada.");
    await chat.locator("#log").getByText("Hello, this is Ada.").waitFor();
    await check("chat, with a person");
    await ada.resolves(conv, epoch);
    await chat.locator("#log").getByText(/closed|resolved|ended/i).last().waitFor();
    await check("chat, closed");
    ada.leaves();
    await context.close();
  });
}
