// What is worked on keeps its room: with the brief open and files beside a long reply the last words stay in sight, at
// 1280 × 800 and on a tablet, light and dark.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shopper } from "../clients/crowd.mjs";
import { picture, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

/** So much of the transcript stays, in pixels. */
const LEAST_PX = 200;
const SCREENS = { desktop: { width: 1280, height: 800 }, tablet: { width: 1024, height: 768 } };
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR42mO4kGCABzGMSmNDAIUTiYEWT/w8AAAAAElFTkSuQmCC", "base64");

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

/** Of the pane: how high the transcript is, how far it is from its end, and whether the last words are in sight. @param {import("playwright-core").Page} page */
const measured = (page) => page.evaluate(async () => {
  // Two frames: sizes are told after the first.
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  const one = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(name));
  const [scroller, pane, composer, head] = [".log-scroller", ".desk-conversation", ".composer", ".conv-head"].map(one);
  const last = /** @type {Element} */ ([...document.querySelectorAll(".transcript .message .bubble")].at(-1)).getBoundingClientRect();
  const [room, all, foot] = [scroller, pane, composer].map((element) => element.getBoundingClientRect());
  return {
    height: Math.round(room.height),
    toEnd: Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight),
    lastInSight: last.bottom <= room.bottom + 1 && last.bottom > room.top,
    fits: foot.bottom <= all.bottom + 1 && head.getBoundingClientRect().top >= all.top - 1 && document.documentElement.scrollHeight <= innerHeight,
    brief: Math.round(document.querySelector(".brief")?.getBoundingClientRect().height ?? 0),
  };
});

/** @param {Awaited<ReturnType<typeof measured>>} now @param {string} when */
function hasRoom(now, when) {
  const told = `${when}: ${JSON.stringify(now)}`;
  assert.ok(now.height >= LEAST_PX, told);
  assert.ok(now.toEnd <= 1 && now.lastInSight, told);
  assert.ok(now.fits, told);
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const [screen, size] of Object.entries(SCREENS)) {
    test(`the last words stay in sight, ${screen}, ${colorScheme}`, async () => {
      const ann = await shopper(server.url, "en");
      await ann.says("Where is PW20260003? 6033");
      await ann.says("THIS IS RIDICULOUS, two weeks and still nothing, you people are useless!!!");
      for (let at = 0; at < 12; at++) await ann.says(`${at}: still waiting, ${"and nobody tells me anything. ".repeat(3)}`);
      const { page, leaves } = await staffSignsIn(browser, server, "agent", size, `#/desk/${ann.conv}`, { colorScheme });
      await page.locator(".brief-facts").waitFor();
      await page.locator(".transcript .message").nth(10).waitFor();
      hasRoom(await measured(page), "while it waits");
      await page.locator(".desk-conversation [data-act=take]").first().click();
      const field = page.locator(".composer-field");
      await field.waitFor();
      hasRoom(await measured(page), "taken");

      // Four files, a long reply, the brief still open: nobody has answered.
      await page.locator(".composer input[type=file]").setInputFiles([1, 2, 3, 4].map((at) => ({ name: `${at}.png`, mimeType: "image/png", buffer: PNG })));
      await page.locator('.staged-one[data-state="ready"]').nth(3).waitFor();
      hasRoom(await measured(page), "with files");
      await field.fill("I am sorry.\n".repeat(14));
      const full = await measured(page);
      hasRoom(full, "with a long reply");
      assert.ok(full.brief >= 60, `the brief can be read: ${full.brief} px`);
      await ann.says("hello? is anybody there?");
      await page.locator(".transcript").getByText("hello? is anybody there?").waitFor();
      hasRoom(await measured(page), "after a new word");
      await picture(page, `room-${screen}-${colorScheme}`);
      assert.ok(await page.locator(".composer button.primary").evaluate((button) => {
        const [own, around] = [button.getBoundingClientRect(), /** @type {Element} */ (button.closest(".composer")).getBoundingClientRect()];
        return own.bottom <= around.bottom + 1;
      }), "the button that sends is in sight");

      // Who reads further up stays there.
      await page.locator(".log-scroller").evaluate((scroller) => { scroller.scrollTop -= 300; });
      const before = await page.locator(".log-scroller").evaluate((scroller) => scroller.scrollTop);
      await field.fill("");
      await ann.says("one more");
      await page.getByRole("button", { name: "New messages below" }).waitFor();
      const read = await page.locator(".log-scroller").evaluate((scroller) => scroller.scrollTop);
      assert.ok(Math.abs(read - before) <= 2, `${before} became ${read}`);
      ann.leaves();
      await leaves();
    });
  }
}
