// A shopper shows what broke from a phone, an agent sees it large and answers with a picture; a wrong file and a broken
// connection are told in words, and the words that were written stay.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

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

/** @param {import("playwright-core").Page} page @param {string} type @param {number} width @param {number} height */
async function photograph(page, type, width, height) {
  const base64 = await page.evaluate(([type, width, height]) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Number(width), Number(height)];
    const context = canvas.getContext("2d");
    if (!context) return "";
    for (let at = 0; at < 600; at++) {
      context.fillStyle = `hsl(${(at * 37) % 360} 60% ${20 + (at % 60)}%)`;
      context.fillRect((at * 97) % canvas.width, (at * 61) % canvas.height, canvas.width / 8, canvas.height / 8);
    }
    return canvas.toDataURL(String(type), 0.9).split(",")[1];
  }, [type, width, height]);
  return Buffer.from(base64, "base64");
}

/** @param {import("playwright-core").Locator} image */
const sizeOf = (image) => image.evaluate(async (one) => {
  const drawn = /** @type {HTMLImageElement} */ (one);
  await drawn.decode();
  return [drawn.naturalWidth, drawn.naturalHeight];
});

test("a photograph from a phone reaches the agent, and one of the agent's comes back", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("I want to talk to a person");
  await ann.reads(/bringing in a colleague|person from our team/);
  const chooser = ann.chat.locator("#files");

  // What is no picture is refused in words, and what is written stays.
  await ann.chat.locator("#write").fill("The handle came off");
  await chooser.setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("<html>no picture</html>") });
  await ann.chat.getByText("This is not a picture we can show").waitFor();
  await ann.chat.locator("#write").press("Enter");
  assert.equal(await ann.chat.locator("#write").inputValue(), "The handle came off");
  await ann.chat.getByRole("button", { name: "Remove file 1" }).click();

  // The connection breaks on the way: the words stay, a tap tries again.
  await ann.page.route("**/api/widget/files", (route) => route.abort());
  await chooser.setInputFiles({ name: "IMG_2041.PNG", mimeType: "image/png", buffer: await photograph(ann.page, "image/png", 2400, 3200) });
  await ann.chat.getByText("what you wrote is kept").waitFor();
  await picture(ann.page, "files-phone-failed");
  await ann.page.unroute("**/api/widget/files");
  await ann.chat.getByRole("button", { name: "Retry" }).click();
  await ann.chat.locator('.staged-one[data-state="ready"]').waitFor();

  // Draft and picture survive a reload.
  await ann.page.reload();
  await ann.open();
  await ann.chat.locator('.staged-one[data-state="ready"]').waitFor();
  assert.equal(await ann.chat.locator("#write").inputValue(), "The handle came off");
  await picture(ann.page, "files-phone-staged");
  await ann.chat.locator("#send").click();
  const thumbnail = ann.chat.getByRole("button", { name: "Picture, open large" });
  await thumbnail.waitFor();
  assert.equal(await ann.chat.locator(".staged-one").count(), 0);
  await thumbnail.hover();
  assert.deepEqual(await sizeOf(thumbnail.locator("img[src]")), [1536, 2048], "made smaller on the way");

  const maya = await staffSignsIn(browser, server, "agent", SCREENS.desktop, "#/desk");
  await maya.page.getByText("[attachment] The handle came off").first().click();
  const seen = maya.page.locator(".transcript").getByRole("button", { name: "Picture, open large" });
  await seen.hover();
  assert.deepEqual(await sizeOf(seen.locator("img[src]")), [1536, 2048]);
  // By keyboard alone: large, and back to where it was.
  await seen.focus();
  await maya.page.keyboard.press("Enter");
  const large = maya.page.getByRole("dialog", { name: "Picture, open large" });
  await large.waitFor();
  await sizeOf(large.locator("img[src]"));
  await picture(maya.page, "files-desk-large");
  await maya.page.keyboard.press("Escape");
  await large.waitFor({ state: "detached" });
  assert.ok(await seen.evaluate((one) => one === document.activeElement), "the focus is back");

  await maya.page.locator('[data-act="take"]').first().click();
  const field = maya.page.locator(".composer-field");
  await field.waitFor();
  await maya.page.locator(".composer input[type=file]").setInputFiles([
    { name: "how.jpg", mimeType: "image/jpeg", buffer: await photograph(maya.page, "image/jpeg", 800, 600) },
    { name: "How to mend.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\nturn it\n") },
  ]);
  await maya.page.locator('.staged-one[data-state="ready"]').nth(1).waitFor();
  await picture(maya.page, "files-desk-staged");
  await field.focus();
  await maya.page.keyboard.press("Enter");
  await ann.chat.getByRole("button", { name: "Download How to mend.pdf" }).waitFor();
  const back = ann.chat.locator('.message[data-role="agent"] .picture');
  await back.hover();
  assert.deepEqual(await sizeOf(back.locator("img[src]")), [800, 600]);
  const saved = ann.page.waitForEvent("download");
  await ann.chat.getByRole("button", { name: "Download How to mend.pdf" }).click();
  assert.equal((await saved).suggestedFilename(), "How to mend.pdf");

  // Esc closes the picture, and not the chat behind it.
  await back.click();
  await ann.chat.getByRole("dialog").waitFor();
  await picture(ann.page, "files-phone-large");
  await ann.page.keyboard.press("Escape");
  await ann.chat.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await ann.chat.locator("#write").isVisible());
  const [width, room] = await ann.chat.locator("#scroll").evaluate((one) => [one.scrollWidth, one.clientWidth]);
  assert.ok(width <= room, "nothing is wider than the phone");
  await ann.leaves();
  await maya.leaves();
});

test("the bot says that it does not see a picture, and goes on", async () => {
  const lin = await shopperArrives(browser, server, SCREENS.desktop, "zh-Hant");
  await lin.chat.locator("#files").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: await photograph(lin.page, "image/jpeg", 900, 600) });
  // Sent while it is on its way up: it goes as soon as it is there.
  await lin.chat.locator("#send").click();
  await lin.reads(/看不到圖片內容/);
  await lin.chat.getByRole("button", { name: "圖片，點一下放大" }).waitFor();
  await lin.presses("退貨或換貨");
  await lin.reads(/訂單編號/);
  await picture(lin.page, "files-desktop-bot");
  await lin.leaves();
});
