// A picture in an answer: chosen, pasted, made small on the way, seen by shoppers in the chat and on the help page.

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

/**
 * A photograph as large as a telephone's, drawn in the page.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Buffer>}
 */
async function photograph(page) {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [3000, 2000];
    const context = canvas.getContext("2d");
    if (!context) return "";
    for (let at = 0; at < 4000; at++) {
      context.fillStyle = `hsl(${(at * 37) % 360} 60% ${20 + (at % 60)}%)`;
      context.fillRect((at * 97) % 3000, (at * 61) % 2000, 60, 40);
    }
    return canvas.toDataURL("image/jpeg", 0.98).split(",")[1];
  });
  return Buffer.from(base64, "base64");
}

/** @param {import("playwright-core").Locator} image whether it has been drawn, and how wide its file is */
const widthOf = (image) => image.evaluate((one) => /** @type {HTMLImageElement} */ (one).decode().then(() => /** @type {HTMLImageElement} */ (one).naturalWidth));

test("a picture from an editor's telephone reaches shoppers small", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/new");
  await iris.page.getByRole("textbox", { name: "Article id" }).fill("hammock-knot");
  await iris.page.getByRole("textbox", { name: "Title" }).fill("How do I tie the hammock knot?");
  const answer = iris.page.getByRole("textbox", { name: "Answer" });
  await answer.fill("Like this:\n\n");
  const photo = await photograph(iris.page);
  assert.ok(photo.length > 512 * 1024, `a large one: ${photo.length} bytes`);
  await iris.page.getByLabel("Picture (or paste it, or drop it)").last().setInputFiles({ name: "IMG_2041.JPG", mimeType: "image/jpeg", buffer: photo });
  await iris.page.waitForFunction(() => /\(\/pictures\//.test(/** @type {HTMLTextAreaElement} */ (document.getElementById("article-body")).value));
  // Its description is selected: typing writes over it.
  await iris.page.keyboard.type("A bowline, seen from above");
  assert.match(await answer.inputValue(), /^Like this:\n\n!\[A bowline, seen from above\]\(\/pictures\/[0-9a-f]{16}-1280x853\.jpg\)$/);
  assert.equal(await widthOf(iris.page.locator(".preview img")), 1280);
  await picture(iris.page, "picture-editor");

  // What is no picture is refused in words, and what was written stays.
  await iris.page.getByLabel("Picture (or paste it, or drop it)").last().setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await iris.page.getByText("PNG, JPEG, WebP or GIF").waitFor();
  assert.match(await answer.inputValue(), /bowline/);

  await iris.page.getByRole("button", { name: "Publish", exact: true }).click();
  const published = iris.page.waitForResponse((one) => /\/api\/articles(\/[^/]+)?$/.test(one.url()) && one.request().method() !== "GET" && one.ok());
  await iris.page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await published;

  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("How do I tie the hammock knot?");
  const shown = ann.chat.locator("#log img");
  await shown.waitFor();
  assert.equal(await widthOf(shown), 1280);
  assert.equal(await shown.getAttribute("alt"), "A bowline, seen from above");
  const [image, log] = [await shown.boundingBox(), await ann.chat.locator("#log").boundingBox()];
  assert.ok(image && log && image.width > 100 && image.x + image.width <= log.x + log.width, "it fits the phone");
  await picture(ann.page, "picture-phone");
  await ann.page.goto(`${server.url}/help/en/articles/hammock-knot`);
  assert.equal(await widthOf(ann.page.locator(".answer img")), 1280);
  await ann.leaves();
  await iris.leaves();
});
