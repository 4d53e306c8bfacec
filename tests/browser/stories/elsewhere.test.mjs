// What an editor has open goes on elsewhere: a colleague publishes it, a table overtakes it, its time comes. What was typed
// is never lost, and never goes over somebody else's words unseen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SCREENS, picture, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

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

/** @param {import("playwright-core").Page} page @param {string} end of the address */
const put = (page, end) => page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.url().endsWith(end) && answer.ok());

/** @param {import("playwright-core").Page} page */
const answerOf = (page) => page.getByRole("textbox", { name: "Answer" });

/** As the console itself asks. @param {import("playwright-core").Page} page @param {string} method @param {string} path @param {unknown} [body] */
const ask = (page, method, path, body) => page.evaluate(async ({ method, path, body }) => {
  const answer = await fetch(path, { method, headers: { "Content-Type": "application/json", "X-Warmline-CSRF": "1" }, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}, { method, path, body });

/** A new version of the English answer, as a table would bring it. @param {import("playwright-core").Page} page @param {string} id @param {string} body */
async function overtake(page, id, body) {
  const { version, category, products, valid_from, valid_until, texts, care } = await ask(page, "GET", `/api/articles/${id}`);
  await ask(page, "PUT", `/api/articles/${id}`, { version, category, products, valid_from, valid_until, care, texts: { ...texts, en: { ...texts.en, body } }, publish: true });
}

test("a draft that was overtaken keeps its words, even where what both began with cannot be read", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/gift-wrap");
  const { page } = iris;
  await answerOf(page).waitFor();
  const kept = put(page, "/gift-wrap/draft");
  await answerOf(page).fill("Iris wraps it herself.");
  await kept;
  await overtake(page, "gift-wrap", "A table wraps it.");
  await page.getByText("Since this draft was begun, version 2 of the article was saved.").waitFor();
  await page.reload();
  await answerOf(page).waitFor();
  await page.route("**/api/articles/gift-wrap/versions/**", (route) => route.abort());
  await page.getByRole("button", { name: "Compare and merge" }).click();
  const sheet = page.getByRole("dialog");
  assert.equal(await sheet.getByText("Only they changed").count(), 0);
  assert.ok(await sheet.getByRole("radio", { name: /^Keep mine/ }).first().isChecked());
  await picture(page, "elsewhere-unknown-base");
  const merged = put(page, "/gift-wrap/draft");
  await sheet.getByRole("button", { name: "Apply and keep editing" }).click();
  await merged;
  assert.equal(await answerOf(page).inputValue(), "Iris wraps it herself.");
  await iris.leaves();
});

test("a colleague publishes what I have open: I hear of it and write on in a new draft", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/cup-care");
  const { page } = iris;
  await answerOf(page).waitFor();
  const kept = put(page, "/cup-care/draft");
  await answerOf(page).fill("By hand.");
  await kept;
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/knowledge/cup-care");
  await ted.page.getByRole("button", { name: "Publish changes" }).click();
  await ted.page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await page.getByText(/^Version 2 is published \(Ted/).waitFor();
  await picture(page, "elsewhere-published");
  const again = put(page, "/cup-care/draft");
  await answerOf(page).fill("By hand, and gently.");
  await again;
  await page.getByText("Draft saved on the server").waitFor();

  // Published in the very second in which more is typed: what was typed is put together with what it says now.
  await page.route("**/api/articles/cup-care", (route) => route.abort());
  const { draft: { revision }, ...article } = await ask(ted.page, "GET", "/api/articles/cup-care");
  const { version, category, products, valid_from, valid_until, texts, care } = article;
  await ask(ted.page, "PUT", "/api/articles/cup-care", { version, category, products, valid_from, valid_until, care, texts: { ...texts, en: { ...texts.en, body: "In the machine." } }, publish: true, revision });
  await answerOf(page).fill("By hand, and very gently.");
  const sheet = page.getByRole("dialog");
  await sheet.getByText("saved version 3").waitFor();
  assert.ok(await sheet.getByRole("radio", { name: "Keep both, mine first" }).isChecked());
  await sheet.getByRole("radio", { name: /^Keep mine/ }).check();
  const merged = put(page, "/cup-care/draft");
  await sheet.getByRole("button", { name: "Apply and keep editing" }).click();
  await merged;
  assert.equal(await answerOf(page).inputValue(), "By hand, and very gently.");
  await iris.leaves();
  await ted.leaves();
});

test("an id that is taken is said to be, and what was typed stays", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/gift-wrap");
  const { page } = iris;
  await answerOf(page).waitFor();
  const { version } = await ask(page, "GET", "/api/articles/how-to-order");
  await ask(page, "DELETE", `/api/articles/how-to-order?version=${version}&why=test`);
  for (const id of ["shipping-fee", "how-to-order"]) {
    await page.goto(`${server.url}/console/#/knowledge/new`);
    await page.getByRole("textbox", { name: "Article id" }).fill(id);
    await page.getByRole("textbox", { name: "Title" }).fill("My words");
    await page.keyboard.press("Control+s");
    await page.getByText("There is already an article with this id. Choose another.").waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Title" }).inputValue(), "My words");
    await page.goto(`${server.url}/console/#/knowledge`);
  }
  await iris.leaves();
});

test("a time that is set is told, is lost by typing, is set again, and comes", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/track-parcel");
  const { page } = iris;
  await answerOf(page).waitFor();
  const kept = put(page, "/track-parcel/draft");
  await answerOf(page).fill("See your mail.");
  await kept;
  await ask(page, "POST", "/api/articles/track-parcel/draft", { revision: 1, act: "schedule", at: Date.now() + 3_600_000 });
  await page.getByText("Any change to it takes the time away again.").waitFor();
  await picture(page, "elsewhere-scheduled");
  await answerOf(page).fill("See your mails.");
  await page.getByText(/^It changed, so it is no longer scheduled for/).waitFor();
  await picture(page, "elsewhere-time-lost");
  await page.getByRole("button", { name: /^Schedule again for/ }).click();
  await page.getByText("Any change to it takes the time away again.").waitFor();
  const { draft } = await ask(page, "GET", "/api/articles/track-parcel");
  assert.ok(draft.publish_at > Date.now() + 3_000_000, "the same time");
  await ask(page, "POST", "/api/articles/track-parcel/draft", { revision: draft.revision, act: "schedule", at: Date.now() + 1_500 });
  await page.getByText(/^Version 2 is published/).waitFor();
  assert.equal(await page.getByText("Any change to it takes the time away again.").count(), 0);
  await iris.leaves();
});
