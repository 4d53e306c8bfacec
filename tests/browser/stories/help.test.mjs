// The help centre by hand: without JavaScript, as you type with it, within its budget, on phone and desktop, light and dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hasNoBarriers } from "./axe.mjs";
import { SCREENS, picture, startBrowser, startServer } from "./harness.mjs";

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

/** Over the wire, without pictures; of everything the page asks for before anybody touches it. */
const BUDGET = { bytes: 30 * 1024, requests: 6, shift: 0.02, paintMs: 1500 };

for (const [name, screen] of Object.entries(SCREENS)) {
  for (const lang of ["zh-Hant", "zh-Hans", "en"]) {
    test(`pages keep their budget (${name}, ${lang})`, async () => {
      const colorScheme = lang === "zh-Hans" ? "dark" : "light";
      for (const path of ["", "/topics/delivery", "/articles/shipping-fee", "/search?q=iPhone"]) {
        const context = await browser.newContext({ viewport: screen, colorScheme });
        const page = await context.newPage();
        const network = await context.newCDPSession(page);
        await network.send("Network.enable");
        const weighed = { bytes: 0, requests: 0 };
        /** @type {Set<string>} */ const pictures = new Set();
        network.on("Network.responseReceived", ({ requestId, type }) => {
          weighed.requests += 1;
          if (type === "Image") pictures.add(requestId);
        });
        network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
          if (!pictures.has(requestId)) weighed.bytes += encodedDataLength;
        });
        await page.goto(`${server.url}/help/${lang}${path}`, { waitUntil: "networkidle" });
        const { shift, paintMs } = await page.evaluate(() => new Promise((resolve) => {
          let shift = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => (shift += /** @type {any} */ (entry).value)))
            .observe({ type: "layout-shift", buffered: true });
          const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
          setTimeout(() => resolve({ shift, paintMs: paint }), 0);
        }));
        const measured = { ...weighed, shift, paintMs: Math.round(paintMs) };
        console.log(`${name} ${lang}${path}:`, JSON.stringify(measured));
        for (const [what, most] of Object.entries(BUDGET)) {
          assert.ok(measured[/** @type {keyof typeof measured} */ (what)] <= most, `${what} of ${path}: ${JSON.stringify(measured)}`);
        }
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= screen.width, `${path} is ${width} wide`);
        await hasNoBarriers(page, `help ${lang}${path}`);
        await picture(page, `help-${name}-${lang}${path.split("?")[0].replaceAll("/", "-")}`);
        await context.close();
      }
    });
  }
}

test("everything works without JavaScript", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: SCREENS.phone, locale: "zh-CN" });
  const page = await context.newPage();
  await page.goto(`${server.url}/help`);
  assert.match(page.url(), /\/help\/zh-Hans$/);
  await page.getByRole("searchbox").fill("运费多少钱");
  await page.getByRole("button", { name: "搜索" }).click();
  await page.locator(".answers a").first().click();
  assert.match(page.url(), /\/help\/zh-Hans\/articles\/shipping-fee$/);
  await page.getByRole("button", { name: "没有" }).click();
  await page.getByText("我们会把它写得更好").waitFor();
  assert.equal(await page.getByRole("button", { name: "打开对话" }).count(), 0, "no button that does nothing");
  await page.getByRole("link", { name: "English" }).click();
  assert.match(page.url(), /\/help\/en\/articles\/shipping-fee$/);
  await page.getByRole("link", { name: "Delivery", exact: true }).click();
  await page.getByRole("heading", { name: "Delivery", level: 1 }).waitFor();
  await context.close();
});

test("as you type, by keyboard, and on to the chat", async () => {
  const context = await browser.newContext({ viewport: SCREENS.desktop });
  const page = await context.newPage();
  /** @type {string[]} */ const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${server.url}/help/en`);
  await page.getByRole("searchbox").pressSequentially("how much is shipp");
  await page.locator("#found a").first().waitFor();
  await picture(page, "help-as-you-type");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/help\/en\/articles\//);
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.frameLocator("warmline-widget iframe").locator("#write").waitFor();
  await picture(page, "help-chat");
  assert.deepEqual(complaints, [], "nothing is refused by the policy");
  await page.emulateMedia({ media: "print" });
  await picture(page, "help-print");
  await context.close();
});
