// The desk at size: 200 conversations in the lists and one of 2,000 entries scroll, by script and by keyboard, without a
// task that holds the page for longer than 100 ms; scrolling back keeps what is read where it is.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inGroups, shopper, staff } from "./clients/crowd.mjs";
import { picture, staffSignsIn, startBrowser, startServer } from "./stories/harness.mjs";

const CONVERSATIONS = 200;
const MINE = 60;
const ENTRIES = 2_000;
const LONGEST_MS = 100;
/** Others work on this machine, too: what is ours takes too long every time. */
const ATTEMPTS = 5;

/** @type {import("./stories/harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
/** @type {Awaited<ReturnType<typeof shopper>>[]} */ let shoppers;
let long = "";
before(async () => {
  [server, browser] = await Promise.all([startServer(["--rate-limits", "off"]), startBrowser()]);
  const admin = await staff(server.url, server.signIns.admin[0]);
  const maya = await staff(server.url, server.signIns.agent[0]);
  await admin.call("PUT", `/api/desk/seats/${maya.me.id}`, { capacity: 200, langs: [] });
  shoppers = await inGroups(Array.from({ length: CONVERSATIONS }), 20, async (_, at) => {
    const one = await shopper(server.url, ["zh-Hant", "zh-Hans", "en"][at % 3]);
    await one.says(["我要找真人客服", "转人工", "I want to talk to a person"][at % 3]);
    return one;
  });
  long = shoppers[0].conv;
  const epoch = await maya.takes(long);
  await inGroups(shoppers.slice(1, MINE), 10, ({ conv }) => maya.takes(conv));
  await inGroups(Array.from({ length: ENTRIES }), 16, (_, at) => at % 2
    ? maya.says(long, epoch, `${at}: 我幫您看了，${"包裹在路上，請再等一下。".repeat(at % 5)}`)
    : shoppers[0].says(`${at}: where is it? ${"still waiting ".repeat(at % 7)}`));
  admin.leaves();
  maya.leaves();
});
after(async () => {
  for (const one of shoppers ?? []) one.leaves();
  await browser?.close();
  await server?.stop();
});

/**
 * Tasks over 50 ms while something is done; the best of several attempts.
 * @param {import("playwright-core").Page} page @param {string} what @param {() => Promise<unknown>} deed
 * @param {() => Promise<unknown>} [before] what makes a further attempt as hard as the first
 */
async function fluid(page, what, deed, before) {
  /** @type {number[]} */ const worst = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await before?.();
    await page.evaluate(() => {
      const tasks = /** @type {any} */ (globalThis).tasks = /** @type {number[]} */ ([]);
      /** @type {any} */ (globalThis).watcher?.disconnect();
      const watcher = /** @type {any} */ (globalThis).watcher = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
      watcher.observe({ type: "longtask" });
    });
    await deed();
    worst.push(await page.evaluate(() => Math.round(Math.max(0, ...(/** @type {any} */ (globalThis).tasks)))));
    if (worst[attempt] <= LONGEST_MS) break;
  }
  console.log(`${what}: longest task ${worst.map((ms) => (ms === 0 ? "< 50" : ms)).join(", ")} ms`);
  assert.ok(Math.min(...worst) <= LONGEST_MS, `${what}: tasks of ${worst.join(", ")} ms`);
}

/** Frame by frame, as a finger would. @param {import("playwright-core").Locator} scroller @param {number} by pixels a frame @param {number} frames */
const scrolls = (scroller, by, frames) => scroller.evaluate(async (element, [step, count]) => {
  for (let frame = 0; frame < count; frame++) {
    element.scrollTop += step;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}, [by, frames]);

test("200 conversations in the lists stay fluid", async () => {
  const { page, leaves } = await staffSignsIn(browser, server, "agent", { width: 1280, height: 800 }, "#/desk");
  await page.locator(".desk-list .row").nth(50).waitFor();
  await page.keyboard.press("1");
  await page.waitForFunction((least) => document.querySelectorAll(".rows .row").length >= least, CONVERSATIONS - MINE);
  const rows = page.locator("#desk-rows");
  await fluid(page, "the queue, by script", async () => {
    await scrolls(rows, 60, 100);
    await scrolls(rows, -60, 100);
  });
  await fluid(page, "the queue, with j and k", async () => {
    for (let at = 0; at < 30; at++) await page.keyboard.press("j");
    for (let at = 0; at < 30; at++) await page.keyboard.press("k");
  });
  await fluid(page, "from list to list", async () => {
    for (const key of ["2", "1", "3", "2", "4", "1"]) await page.keyboard.press(key);
  });
  // Everybody writes: the lists follow.
  await page.keyboard.press("2");
  await fluid(page, "forty shoppers write at once", () => inGroups(shoppers.slice(1, 41), 10, (one, at) => one.says(`hello ${at}`)));
  await page.locator(".badge-count").nth(20).waitFor();
  await picture(page, "fluid-lists");
  await leaves();
});

test("2,000 entries stay fluid and what is read stays in its place", async () => {
  const { page, leaves } = await staffSignsIn(browser, server, "agent", { width: 1280, height: 800 }, `#/desk/${long}`);
  const scroller = page.locator(".log-scroller");
  await page.locator(".transcript .message").nth(100).waitFor();
  await fluid(page, "new words at the end", async () => {
    for (let at = 0; at < 5; at++) await shoppers[0].says(`still there? ${at}`);
    await page.locator(".transcript").getByText("still there? 4").last().waitFor();
  });
  await scroller.focus();
  await fluid(page, "back to the beginning, by script", async () => {
    // Asked of the one element: a search through all that is said would be what takes long.
    const isThere = () => page.evaluate(() => document.querySelector(".log-edge")?.textContent === "The conversation begins here");
    for (let pages = 0; pages < 60 && !(await isThere()); pages++) {
      await scrolls(scroller, -400, 20);
      await page.waitForFunction(() => document.querySelector(".log-edge")?.textContent !== "Loading earlier messages…");
    }
    assert.ok(await isThere(), "the beginning is reached");
  }, async () => {
    await page.reload();
    await page.locator(".transcript .message").nth(100).waitFor();
    await scroller.focus();
  });
  const count = await page.locator(".transcript .message").count();
  assert.ok(count >= ENTRIES, `${count} messages`);
  // In their order, and above everything else the day, once, however often it had to move up.
  const [days, isInOrder] = await page.evaluate(() => {
    const seqs = [...document.querySelectorAll(".transcript [data-seq]")].map((row) => Number(row.getAttribute("data-seq")));
    const rows = [...document.querySelectorAll(".transcript :is(.day, [data-seq])")];
    return [rows.flatMap((row, at) => (row.matches(".day") ? at : [])), seqs.every((seq, at) => at === 0 || seq > seqs[at - 1])];
  });
  assert.equal(days[0], 0, `days at ${days}`);
  assert.ok(days.length === 1 || days.length === 2, `days at ${days}; two when it is midnight`);
  assert.ok(isInOrder, "every entry stands below the one before it");
  await fluid(page, "through all of it with the keyboard", async () => {
    for (let at = 0; at < 40; at++) await page.keyboard.press("PageDown");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
  });
  await fluid(page, "a new word below 2,000", () => shoppers[0].says("one more"));
  await page.getByRole("button", { name: "New messages below" }).waitFor();
  await page.reload();

  // What comes above does not move what is read.
  await page.locator(".transcript .message").nth(100).waitFor();
  for (let pages = 0; pages < 3; pages++) {
    const moved = await scroller.evaluate(async (element) => {
      element.scrollTop = 40;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const rows = [...document.querySelectorAll(".transcript .message")];
      const top = element.getBoundingClientRect().top;
      const read = /** @type {Element} */ (rows.find((row) => row.getBoundingClientRect().top > top + 200));
      const [before, known] = [read.getBoundingClientRect().top, rows.length];
      while (document.querySelectorAll(".transcript .message").length === known) await new Promise((resolve) => requestAnimationFrame(resolve));
      return read.isConnected ? Math.abs(read.getBoundingClientRect().top - before) : -1;
    });
    assert.ok(moved >= 0 && moved <= 2, `moved by ${moved} px`);
  }
  await picture(page, "fluid-scrolled-back");
  await leaves();
});
