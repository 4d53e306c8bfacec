// The studio by hand: a question nobody answered becomes an article that another machine goes on with, is tried on real
// questions, published and rolled back; two editors merge; a question becomes a test; an intent is changed and tried.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hasNoBarriers } from "./axe.mjs";
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

/** @param {import("playwright-core").Page} page @param {string} end of the address */
const put = (page, end) => page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.url().endsWith(end) && answer.ok());

test("from an unanswered question to an answer, on two machines, and back", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("do you rent out hammocks for weddings");
  await ann.chat.locator("#log").getByText(/person|sorry|sure/i).last().waitFor();
  await ann.leaves();

  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/new?question=do%20you%20rent%20out%20hammocks%20for%20weddings");
  await iris.page.getByRole("textbox", { name: "Article id" }).fill("hammock-rental");
  await iris.page.getByRole("textbox", { name: "Title" }).fill("Can I rent hammocks?");
  const begun = put(iris.page, "/hammock-rental/draft");
  await iris.page.keyboard.press("Control+s");
  await begun;
  // The draft saves itself; another machine goes on with it.
  await iris.page.getByText("Draft saved on the server").waitFor();
  const kept = put(iris.page, "/hammock-rental/draft");
  await iris.page.getByRole("textbox", { name: "Answer" }).fill("**Yes**, for weddings, from May to September.");
  await kept;
  await iris.page.getByText("Draft saved on the server").waitFor();
  await iris.leaves();

  const home = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/hammock-rental");
  await home.page.getByRole("textbox", { name: "Answer" }).waitFor();
  assert.equal(await home.page.getByRole("textbox", { name: "Answer" }).inputValue(), "**Yes**, for weddings, from May to September.");
  // The page it will be, before anybody else can see it; it follows what is typed.
  await home.page.getByRole("button", { name: "Help page" }).click();
  const page = home.page.frameLocator("iframe.page-preview");
  await page.getByRole("heading", { name: "Can I rent hammocks?" }).waitFor();
  await page.getByText("Was this helpful?").waitFor();
  const typed = put(home.page, "/hammock-rental/draft");
  await home.page.getByRole("textbox", { name: "Answer" }).press("End");
  await home.page.keyboard.type(" Ask us.");
  await typed;
  await page.getByText("from May to September. Ask us.").waitFor();
  await page.getByRole("link", { name: "Help centre" }).click();
  await page.getByText("from May to September. Ask us.").waitFor();
  await hasNoBarriers(home.page, "the editor with the page as preview");
  await picture(home.page, "studio-page-preview");
  await home.page.getByRole("button", { name: "Publish", exact: true }).click();
  const sheet = home.page.getByRole("dialog");
  await sheet.getByText("do you rent out hammocks for weddings").waitFor();
  await sheet.getByText("1 fixed").waitFor();
  await sheet.getByLabel("Why?").fill("asked for yesterday");
  await picture(home.page, "studio-publish");
  const published = put(home.page, "/articles/hammock-rental");
  await sheet.getByRole("button", { name: "Publish" }).click();
  await published;

  const ben = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ben.says("do you rent out hammocks for weddings");
  await ben.reads(/from May to September/);
  await ben.leaves();

  // A second version, then back to the first.
  const more = put(home.page, "/hammock-rental/draft");
  await home.page.getByRole("textbox", { name: "Answer" }).fill("**No**, not any more.");
  await more;
  await home.page.getByRole("button", { name: "Publish changes" }).click();
  const again = put(home.page, "/articles/hammock-rental");
  await home.page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await again;
  await home.page.getByText("More", { exact: true }).click();
  await home.page.getByRole("button", { name: "History" }).click();
  await home.page.getByRole("button", { name: /Version 1/ }).click();
  await home.page.getByRole("button", { name: "Roll back to version 1" }).waitFor();
  await picture(home.page, "studio-history");
  await home.page.getByRole("button", { name: "Roll back to version 1" }).click();
  await home.page.getByText("Rolled back, as a new version.").waitFor();
  await home.page.waitForFunction(() => /** @type {HTMLTextAreaElement | null} */ (document.querySelector("#article-body"))?.value.includes("for weddings"));
  await picture(home.page, "studio-editor");
  await home.leaves();
});

test("two editors write in one draft, and both find their words", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/gift-card");
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/knowledge/gift-card");
  await ted.page.getByRole("textbox", { name: "Title" }).waitFor();
  const kept = put(iris.page, "/gift-card/draft");
  await iris.page.getByRole("textbox", { name: "Title" }).fill("How do gift cards work here?");
  await kept;
  await ted.page.getByRole("textbox", { name: "Answer" }).fill("Ted's answer about gift cards.");
  const sheet = ted.page.getByRole("dialog");
  await sheet.getByText("Iris Wu wrote in this draft too").waitFor();
  await picture(ted.page, "studio-merge");
  const merged = put(ted.page, "/gift-card/draft");
  await sheet.getByRole("button", { name: "Apply and keep editing" }).click();
  await merged;
  assert.equal(await ted.page.getByRole("textbox", { name: "Title" }).inputValue(), "How do gift cards work here?");
  assert.equal(await ted.page.getByRole("textbox", { name: "Answer" }).inputValue(), "Ted's answer about gift cards.");
  await iris.leaves();
  await ted.leaves();
});

test("two editors change one answer: only the sentence both rewrote is asked about, and the keyboard answers", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/return-window");
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/knowledge/return-window");
  const answer = ted.page.getByRole("textbox", { name: "Answer" });
  await answer.waitFor();
  const [first, , last] = (await answer.inputValue()).split("\n");
  const kept = put(iris.page, "/return-window/draft");
  await iris.page.getByRole("textbox", { name: "Answer" }).fill(`Hello.\n\n${first}\n\n${last} Iris knows more.`);
  await kept;
  await answer.fill(`${first}\n\n${last} Ted knows more.\n\nSee you.`);
  const sheet = ted.page.getByRole("dialog");
  await sheet.getByText("Iris Wu wrote in this draft too").waitFor();
  assert.equal(await sheet.getByRole("radio").count(), 3, "one choice: mine, theirs, both");
  assert.ok(await sheet.getByRole("radio", { name: "Keep both, mine first" }).isChecked(), "nothing goes unless somebody says so");
  await hasNoBarriers(ted.page, "a merge line by line");
  await picture(ted.page, "studio-merge-lines");
  await sheet.getByRole("radio", { name: /^Keep mine/ }).focus();
  await ted.page.keyboard.press("ArrowDown");
  assert.ok(await sheet.getByRole("radio", { name: /^Take Iris Wu’s/ }).isChecked(), "arrows choose");
  const merged = put(ted.page, "/return-window/draft");
  await sheet.getByRole("button", { name: "Apply and keep editing" }).press("Enter");
  await merged;
  assert.equal(await answer.inputValue(), `Hello.\n\n${first}\n\n${last} Iris knows more.\n\nSee you.`);
  await iris.leaves();
  await ted.leaves();
});

test("a translation starts from the other language and says when it is behind", async () => {
  const iris = await staffSignsIn(browser, server, "editor", SCREENS.desktop, "#/knowledge/hammock-rental");
  await iris.page.getByRole("tab", { name: /繁體中文/ }).click();
  await iris.page.getByLabel("Beside it").selectOption("en");
  await iris.page.getByRole("button", { name: "Start from English" }).click();
  assert.match(await iris.page.getByRole("textbox", { name: "Answer" }).inputValue(), /for weddings/);
  await picture(iris.page, "studio-side-by-side");
  await iris.page.getByRole("tab", { name: /English/ }).click();
  const kept = put(iris.page, "/hammock-rental/draft");
  await iris.page.getByRole("textbox", { name: "Answer" }).fill("**Yes**, from April.");
  await kept;
  await iris.page.getByRole("tab", { name: /繁體中文.*Translation behind/ }).click();
  await iris.page.getByText("The English text has changed since this was made from it").waitFor();
  await iris.leaves();
});

test("a question becomes a test, and an intent is tried before it is in force", async () => {
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/bench?q=How%20much%20is%20shipping%3F");
  await ted.page.locator(".test-maker summary").click();
  await ted.page.locator(".test-form").getByRole("button", { name: "Make this question a test" }).click();
  await ted.page.getByText("Added to the regression set.").waitFor();
  await ted.page.getByRole("button", { name: "Run all" }).click();
  await ted.page.locator(".test.is-passed").waitFor();
  await picture(ted.page, "studio-tests");

  await ted.page.goto(`${server.url}/console/#/intents/${encodeURIComponent("intents/stock.toml")}`);
  const patterns = ted.page.getByLabel(/^Patterns/);
  await patterns.waitFor();
  const before = await patterns.inputValue();
  await patterns.fill(`(unclosed\n${before}`);
  await ted.page.locator(".list-error").getByText(/^Line 1: /).waitFor();
  await picture(ted.page, "studio-intent-mistake");
  await patterns.fill(`hammocks for weddings\n${before}`);
  // A cue of its own, by keyboard.
  await ted.page.getByRole("button", { name: "Add a cue" }).press("Enter");
  await ted.page.keyboard.type("hammocks?");
  await ted.page.getByText(/^Past messages this line matches now: [12] of/).waitFor();
  await ted.page.getByLabel("Weight of cue 4").fill("0.5");
  await patterns.press("Control+Home");
  await ted.page.getByText(/^Past messages this line matches now: [12] of/).waitFor();
  await ted.page.getByText("It reads well.").waitFor();
  await ted.page.getByText("1 gained").or(ted.page.getByText("2 gained")).first().waitFor();
  await hasNoBarriers(ted.page, "an intent as a form");
  // The text says it too, and its comments are still there.
  await ted.page.getByRole("button", { name: "Text", exact: true }).click();
  const text = await ted.page.getByLabel("Content (TOML)").inputValue();
  assert.match(text, /"hammocks for weddings"[^]*# The button's own words\./);
  assert.match(text, /\{ weight = 0\.5, regex = "hammocks\?" \}/);
  await ted.page.getByRole("button", { name: "Form", exact: true }).click();
  await patterns.waitFor();
  await picture(ted.page, "studio-intent");
  const saved = put(ted.page, "/api/studio/file");
  await ted.page.getByRole("button", { name: "Put into force" }).click();
  await saved;
  await ted.page.getByText("In force: the bot acts on it from now on.").waitFor();
  await ted.leaves();
});

test("a category is added, the return policy is a form, and what articles did is seen", async () => {
  const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
  await ann.says("How much is shipping?");
  await ann.reads(/NT\$/);
  await ann.leaves();
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/admin/categories?id=new");
  await ted.page.getByLabel("Id", { exact: true }).fill("plants");
  for (const [name, words] of [["繁體中文", "植物"], ["简体中文", "植物"], ["English", "Plants"]]) await ted.page.getByLabel(`Name · ${name}`).fill(words);
  await ted.page.getByRole("button", { name: "Save" }).click();
  const row = ted.page.getByRole("row", { name: /^Plants/ });
  await row.waitFor();
  // One step up, and it stays there.
  const ordered = put(ted.page, "/api/studio/categories");
  await ted.page.getByRole("button", { name: "Move Plants up" }).press("Enter");
  await ordered;
  await ted.page.getByText(/^Plants is number \d+ now\.$/).waitFor();
  await ted.page.reload();
  await row.waitFor();
  assert.match(await ted.page.locator("tr[data-category]").nth(-2).innerText(), /^Plants/);
  await hasNoBarriers(ted.page, "categories");
  await picture(ted.page, "studio-categories");
  await ted.page.goto(`${server.url}/console/#/knowledge/new`);
  await ted.page.getByLabel("Category").selectOption({ label: "Plants" });

  // What nothing names is a day old before it is shown: here the server's answer is ours.
  const unused = { pictures: [{ name: "old-banner.png", bytes: 412_000, added_at: Date.now() - 40 * 86_400_000 }] };
  await ted.page.route("**/api/pictures/unused", (route) => route.fulfill({ json: unused }));
  await ted.page.goto(`${server.url}/console/#/improve/health`);
  await ted.page.getByRole("heading", { name: "Pictures that nothing names" }).click();
  await ted.page.getByRole("button", { name: "Remove these 1 (412 kB)" }).press("Enter");
  await ted.page.getByText("There is no way back.").waitFor();
  await hasNoBarriers(ted.page, "pictures that nothing names");
  await picture(ted.page, "studio-pictures");
  await ted.page.getByRole("button", { name: "Yes, remove 1 (412 kB)" }).press("Enter");
  await ted.page.getByText("Pictures removed: 1 (412 kB).").waitFor();

  await ted.page.goto(`${server.url}/console/#/improve/effect`);
  await ted.page.getByRole("button", { name: "Page views" }).waitFor();
  await ted.page.getByRole("button", { name: "Helped", exact: true }).click();
  await hasNoBarriers(ted.page, "effect");
  await picture(ted.page, "studio-effect");
  await ted.page.goto(`${server.url}/console/#/intents/${encodeURIComponent("playbook/returns.toml")}`);
  const days = ted.page.getByLabel(/^Days for a change of mind/);
  const force = ted.page.getByRole("button", { name: "Put into force" });
  await days.fill("21");
  await ted.page.getByText("It reads well.").waitFor();
  for (const wrong of ["-3", "7.5", ""]) {
    await days.fill(wrong);
    await ted.page.locator("#form-change_of_mind_days-error", { hasText: /^Please fill in a whole number from 0 to 3,?650\.$/ }).waitFor();
    assert.ok(await force.isDisabled(), `${wrong}: nothing of it goes live`);
  }
  await hasNoBarriers(ted.page, "a number that is missing");
  await days.fill("14");
  await ted.page.getByText("It reads well.").waitFor();
  await hasNoBarriers(ted.page, "the return policy as a form");
  await picture(ted.page, "studio-returns");
  const saved = put(ted.page, "/api/studio/file");
  await ted.page.getByRole("button", { name: "Put into force" }).click();
  await saved;
  await ted.leaves();
});

test("a limit of the flows is a field, is practised first, and is the bot's from then on", async () => {
  const asks = async () => {
    const ann = await shopperArrives(browser, server, SCREENS.phone, "en");
    let times = 0;
    for (const words of ["where is my order?", "I can't find it anywhere", "there is really nothing", "no idea, sorry"]) {
      const before = await ann.chat.locator("#log [data-seq]").count();
      await ann.says(words);
      await ann.chat.locator("#log [data-seq]").nth(before + 1).waitFor();
      if (await ann.chat.locator("#wait").isVisible()) break;
      times++;
    }
    await ann.leaves();
    return times;
  };
  const shipped = await asks();
  const ted = await staffSignsIn(browser, server, "admin", SCREENS.desktop, "#/intents");
  const { page } = ted;
  await page.getByRole("link", { name: /^Flows: orders and returns/ }).click();
  const times = page.getByLabel("Times the same question is asked");
  await times.fill("7");
  await page.getByText("Please fill in a whole number from 1 to 5.").waitFor();
  await times.fill("3");
  await page.getByText("It reads well.").waitFor();
  await page.getByText(/^Of 10 practice conversations, \d would read otherwise:$/).waitFor();
  await page.locator(".practice .diff-gone", { hasText: "handoff failure" }).first().waitFor();
  await page.getByLabel("Reasons that are buttons, in this order: number 3").waitFor();
  await hasNoBarriers(page, "the flows as a form");
  await picture(page, "studio-flows");
  await page.getByLabel("Why?").fill("they look for the mail");
  const saved = put(page, "/api/studio/file");
  await page.getByRole("button", { name: "Put into force" }).click();
  await saved;
  await page.getByText("In force: the bot acts on it from now on.").waitFor();
  assert.equal(await asks(), shipped + 1, "no restart");

  // Back to the version of before, by the history.
  await page.getByText("History", { exact: true }).click();
  await page.locator(".versions summary").nth(1).click();
  await page.getByRole("button", { name: "Bring this one back" }).click();
  await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.getElementById("set-questions-asked")).value === "2");
  await page.getByText("It reads well.").waitFor();
  const back = put(page, "/api/studio/file");
  await page.getByRole("button", { name: "Put into force" }).click();
  await back;
  assert.equal(await asks(), shipped);
  await ted.leaves();

  // On a phone: the table of rights says that there is more of it, and nothing keeps anybody out.
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const phone = await staffSignsIn(browser, server, "admin", SCREENS.phone, "#/admin/categories", { colorScheme });
    await phone.page.locator("tr[data-category]").first().waitFor();
    await phone.page.locator(".scroll-hint").waitFor();
    const frame = phone.page.locator(".admin-table-frame");
    assert.ok(await frame.evaluate((element) => element.scrollWidth > element.clientWidth), "there is more to the side");
    assert.ok(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page itself is no wider than the phone");
    await hasNoBarriers(phone.page, `the table of rights on a phone, ${colorScheme}`);
    await picture(phone.page, `studio-rights-phone-${colorScheme}`);
    await phone.page.goto(`${server.url}/console/#/intents/${encodeURIComponent("playbook/flows.toml")}`);
    await phone.page.getByLabel("Times the same question is asked").waitFor();
    assert.ok(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "so with the flows");
    await hasNoBarriers(phone.page, `the flows on a phone, ${colorScheme}`);
    await picture(phone.page, `studio-flows-phone-${colorScheme}`);
    await phone.leaves();
  }
});
