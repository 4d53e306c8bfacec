// Pictures come as people bring them: out of the clipboard wherever the focus is, dropped anywhere on the conversation or
// the chat. What is dropped beside it does not take the page away, and what cannot be taken is refused in words.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { hasNoBarriers } from "./axe.mjs";
import { SCREENS, picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
let folder = "";
before(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
  folder = await mkdtemp(path.join(tmpdir(), "warmline-brought-"));
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A small sign, as base64. @param {import("playwright-core").Page} page */
const drawn = (page) => page.evaluate(() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 200];
  const context = canvas.getContext("2d");
  context?.fillRect(20, 20, 200, 120);
  return canvas.toDataURL("image/png").split(",")[1];
});

/** A screenshot, or what a spreadsheet puts there: words, formatted words and a picture of them. @param {import("playwright-core").Page} page @param {string} [words] */
async function copies(page, words) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const base64 = await drawn(page);
  await page.evaluate(async ([base64, words]) => {
    const bytes = new Blob([Uint8Array.from(atob(String(base64)), (one) => one.charCodeAt(0))], { type: "image/png" });
    /** @type {Record<string, string>} */
    const text = words ? { "text/plain": words, "text/html": `<table><tr><td>${words}</td></tr></table>` } : {};
    await navigator.clipboard.write([new ClipboardItem({ "image/png": bytes, ...text })]);
  }, [base64, words]);
}

/** Files under the hand, as the system brings them into the window. @param {import("playwright-core").Page} page @param {string[]} files */
async function carries(page, files) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  let [x, y, isIn] = [0, 0, false];
  /** @param {"dragEnter" | "dragOver" | "drop"} type */
  const tell = (type) => session.send("Input.dispatchDragEvent", { type, x, y, data });
  return {
    /** @param {import("playwright-core").Locator} place */
    over: async (place) => {
      const box = await place.boundingBox();
      assert.ok(box);
      [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 60)];
      if (!isIn) await tell("dragEnter");
      isIn = true;
      await tell("dragOver");
      // Where it came to another place, that was all; as long as the hand is there, it is told again and again.
      await tell("dragOver");
    },
    drops: async () => {
      await tell("drop");
      await session.detach();
    },
  };
}

/** @param {import("playwright-core").Page} page @param {string} name */
async function saved(page, name) {
  const file = path.join(folder, name);
  await writeFile(file, name.endsWith(".pdf") ? "%PDF-1.7\nturn it\n" : Buffer.from(await drawn(page), "base64"));
  return file;
}

test("an agent pastes and drops", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("I want to talk to a person");
  await ann.reads(/bringing in a colleague|person from our team/);
  const maya = await staffSignsIn(browser, server, "agent", SCREENS.desktop, "#/desk");
  const { page } = maya;
  await page.locator(".desk-list .row").first().click();
  await page.locator(".conv-acts [data-act=take]").waitFor();
  const field = page.locator(".composer-field");
  const staged = page.locator(".composer .staged-one[data-state=ready]");
  const over = page.locator(".drop-here");
  const [photo, pdf] = [await saved(page, "shelf.png"), await saved(page, "How to mend.pdf")];
  // What nobody takes a browser opens in the place of the page (this one, without a window, does not).
  await page.evaluate(() => {
    const untaken = /** @type {any} */ (globalThis).untaken = /** @type {string[]} */ ([]);
    for (const name of ["dragover", "drop"]) addEventListener(name, (event) => { if (!event.defaultPrevented) untaken.push(name); });
  });

  // Not taken yet: told while the hand still holds it, and nothing happens.
  const early = await carries(page, [photo]);
  await early.over(page.locator(".log-scroller"));
  await page.locator(".drop-here.is-refused").getByText("Take the conversation to reply").waitFor();
  await early.drops();
  await page.locator(".conv-acts [data-act=take]").click();
  await field.waitFor();

  // A screenshot, while the focus is on the transcript.
  await copies(page);
  await page.locator(".log-scroller").focus();
  await page.keyboard.press("Control+v");
  await staged.first().waitFor();
  assert.ok(await field.evaluate((one) => one === document.activeElement), "writing goes on");
  await page.keyboard.type("like this");

  // A file over the transcript: what happens is said before the hand lets go.
  const carried = await carries(page, [pdf]);
  await carried.over(page.locator(".log-scroller"));
  await over.getByText("Drop to add").waitFor();
  await hasNoBarriers(page, "a file over the conversation");
  await picture(page, "brought-desk-over");
  await carried.drops();
  await staged.nth(1).waitFor();
  await over.waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await ann.chat.getByRole("button", { name: "Download How to mend.pdf" }).waitFor();
  await ann.chat.locator('.message[data-role="agent"] .picture').waitFor();
  await ann.reads("like this");

  // Words of a spreadsheet are words, though a picture of them comes along.
  await copies(page, "Kettle 2 pieces");
  await field.focus();
  await page.keyboard.press("Control+v");
  await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.querySelector(".composer-field")).value === "Kettle 2 pieces");
  assert.equal(await page.locator(".composer .staged-one").count(), 0);

  // Away from the conversation: nothing, and the page stays.
  const away = await carries(page, [photo]);
  await away.over(page.locator(".log-scroller"));
  await over.waitFor();
  await away.over(page.locator(".desk-list"));
  await over.waitFor({ state: "detached" });
  await away.drops();

  // Notes carry no files, and say so.
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await copies(page);
  await field.focus();
  await page.keyboard.press("Control+v");
  await page.getByText("Files go with replies, not with notes.").first().waitFor();
  const noted = await carries(page, [photo]);
  await noted.over(field);
  await page.locator(".drop-here.is-refused").getByText("Files go with replies").waitFor();
  await picture(page, "brought-desk-note");
  await noted.drops();
  assert.equal(await page.locator(".composer .staged-one").count(), 0);
  assert.equal(await field.inputValue(), "", "nothing of it was written into the note");
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).untaken), [], "the console would not have been left");
  await maya.leaves();
  await ann.leaves();
});

test("a shopper pastes and drops", async () => {
  const lin = await shopperArrives(browser, server, SCREENS.desktop, "zh-Hant");
  const staged = lin.chat.locator(".staged-one[data-state=ready]");
  // After the button was tried, say: the focus is not where one writes.
  await copies(lin.page);
  await lin.chat.locator("#attach").focus();
  await lin.page.keyboard.press("Control+v");
  await staged.first().waitFor();
  const files = await Promise.all(["1.png", "2.png", "3.png", "4.png"].map((name) => saved(lin.page, name)));
  const carried = await carries(lin.page, files);
  await carried.over(lin.chat.locator("#log"));
  await lin.chat.getByText("放開就會加入").waitFor();
  await picture(lin.page, "brought-chat-over");
  await carried.drops();
  await staged.nth(3).waitFor();
  await lin.chat.getByText("一則訊息最多 4 個檔案").waitFor();
  await lin.page.keyboard.type("壞掉了");
  await lin.page.keyboard.press("Enter");
  await lin.chat.locator('.message[data-role="shopper"] .picture').nth(3).waitFor();
  await lin.reads("壞掉了");
  await lin.leaves();
});
