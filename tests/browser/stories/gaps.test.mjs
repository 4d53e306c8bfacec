// From a question that nothing answered to an article that does: the gap, the draft, the publish, the shopper asks again.
// Then what the health page finds, and a table that is imported.

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

const QUESTION = "do you rent out film projectors";
const SECRET = "ann.lee@mail.example";

test("a gap becomes an answer", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.desktop, "en");
  await ann.says(QUESTION);
  await ann.reads(/mean|sure|understand/i);
  await ann.says("I want to talk to a person");
  const maya = await staffSignsIn(browser, server, "agent", SCREENS.desktop, "#/desk");
  await maya.page.locator(".rows a.row").first().click();
  await maya.page.locator("[data-act=take]").first().click();
  const reply = maya.page.locator(".desk-conversation textarea");
  await reply.fill(`Yes, we rent out film projectors for US$9 a day. Questions to ${SECRET}.`);
  await reply.press("Enter");
  await ann.reads(/US\$9 a day/);
  // A conversation is read for gaps once it has rested for a minute.
  await maya.page.locator("[data-act=resolve]").first().click();

  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/improve");
  const row = iris.page.locator(".gap-row", { hasText: "projector" });
  for (let tries = 0; tries < 90 && !(await row.isVisible()); tries++) {
    await iris.page.getByRole("combobox", { name: "State" }).selectOption("dismissed");
    await iris.page.getByRole("combobox", { name: "State" }).selectOption("open");
    await row.waitFor({ timeout: 1_000 }).catch(() => {});
  }
  await row.click();
  await iris.page.getByText("US$9 a day").waitFor();
  await picture(iris.page, "gap-desktop");
  assert.ok(!(await iris.page.locator("body").innerText()).includes(SECRET), "personal data is masked");
  await iris.page.getByRole("button", { name: "Draft an article" }).click();
  const body = iris.page.getByRole("textbox", { name: "Answer" });
  await body.waitFor();
  assert.match(await body.inputValue(), /> Yes, we rent out film projectors/);
  await body.fill("Yes: US$9 a day, code PROJECTOR.");
  await picture(iris.page, "gap-draft");
  await iris.page.getByRole("button", { name: "Publish", exact: true }).click();
  const sheet = iris.page.getByRole("dialog");
  await sheet.getByText("1 fixed").waitFor();
  const isStored = iris.page.waitForResponse((answer) => /\/api\/articles(\/[^/]+)?$/.test(answer.url()) && answer.request().method() !== "GET" && answer.ok());
  await sheet.getByRole("button", { name: "Publish" }).click();
  await isStored;

  const ben = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ben.says(QUESTION);
  await ben.reads(/PROJECTOR/);

  await iris.page.goto(`${server.url}/console/#/improve/health`);
  await iris.page.getByRole("button", { name: "Look again" }).click();
  await iris.page.getByText("Too few questions").first().waitFor();
  await picture(iris.page, "health-desktop");
  await iris.page.goto(`${server.url}/console/#/improve/files`);
  await iris.page.getByLabel("Choose CSV files").setInputFiles({ name: "articles.csv", mimeType: "text/csv", buffer: Buffer.from("id,lang,title,questions,category,body\numbrella,en,Can I borrow an umbrella?,umbrella lending,general,Yes.\n") });
  await iris.page.getByText("New 1, changed 0, unchanged 0").waitFor();
  await picture(iris.page, "files-desktop");
  await iris.page.getByRole("button", { name: "Apply" }).click();
  await iris.page.getByText("Applied.").waitFor();
  for (const person of [ann, ben, maya, iris]) await person.leaves();
});
