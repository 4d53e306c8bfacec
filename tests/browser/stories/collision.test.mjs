// Two agents at one conversation: who takes first has it, each sees what the other does, what a colleague wrote since is
// shown before a reply goes, and no draft is lost when the conversation changes hands.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { picture, shopperArrives, staffSignsIn, startBrowser, startServer } from "./harness.mjs";

const DESKTOP = { width: 1280, height: 800 };

/** @type {import("./harness.mjs").Server} */ let server;
/** @type {import("playwright-core").Browser} */ let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("taken at once, written at once, taken over: one answers, nothing is lost", async () => {
  const ann = await shopperArrives(browser, server, DESKTOP, "en");
  await ann.says("I want to talk to a person");
  await ann.chat.locator("#wait").waitFor();
  const maya = await staffSignsIn(browser, server, "agent", DESKTOP, "#/desk");
  const ada = await staffSignsIn(browser, server, "admin", DESKTOP, "#/desk");
  const both = [maya.page, ada.page];
  const frames = await Promise.all(both.map(gate));
  for (const page of both) await page.locator(".desk-list .row").getByText("Asked for a person").click();
  for (const page of both) await page.locator(".composer .company").getByText(/ is looking$/).waitFor();
  // Another window of the same agent is no company.
  const window = await maya.page.context().newPage();
  await window.goto(maya.page.url());
  await window.locator(".composer .company").getByText(/ is looking$/).waitFor();
  assert.equal(await window.locator(".composer .company").getByText(/ and | are /).count(), 0);
  await window.close();

  // Both press before either hears of the other.
  for (const { hold } of frames) hold();
  for (const page of both) await page.locator("[data-act=take]").first().click();
  for (const { release } of frames) release();
  await Promise.race(both.map((page) => page.getByText("With you").first().waitFor()));
  await Promise.race(both.map((page) => page.getByText(/already has this conversation/).first().waitFor()));
  const mayaHasIt = await maya.page.getByText("With you").first().isVisible();
  const [owner, other] = mayaHasIt ? [maya.page, ada.page] : [ada.page, maya.page];
  await picture(other, "collision-lost-the-race");

  // Both write: one to the shopper, one to the colleague; each is told.
  const reply = owner.getByRole("textbox", { name: /Reply/ });
  await reply.fill("Your parcel will be there tomorrow, I promise");
  await other.locator(".composer .company").getByText(/is writing a reply$/).waitFor();
  await other.keyboard.press("Escape");
  await other.getByRole("tab", { name: /All open/ }).click();
  await other.locator(".desk-list").getByText(/is writing a reply$/).first().waitFor();
  await other.keyboard.press("n");
  await other.keyboard.type("Careful: the carrier says Thursday.");
  await owner.locator(".composer .company").getByText(/is writing a note$/).waitFor();
  await picture(owner, "collision-both-write");
  await other.keyboard.press("Enter");
  await owner.locator(".transcript").getByText("the carrier says Thursday").waitFor();
  assert.equal(await reply.inputValue(), "Your parcel will be there tomorrow, I promise");

  // The reply was begun before the note: it waits for a second thought, and is changed.
  await reply.press("Enter");
  await owner.getByRole("alert").getByText("A colleague has written since you began").waitFor();
  await picture(owner, "collision-warned");
  await reply.fill("Your parcel will be there on Thursday.");
  await reply.press("Enter");
  await ann.reads("Your parcel will be there on Thursday.");

  // Taken over while the next one is being written: the draft stays in sight and can be kept as a note.
  if (mayaHasIt) {
    await reply.fill("And I will call you myself.");
    await ada.page.keyboard.press("Escape");
    await ada.page.keyboard.press("o");
    await ada.page.getByText("With you").first().waitFor();
  } else {
    // Maya's turn to lose it: she gets it passed back first.
    await ada.page.keyboard.press("Escape");
    await ada.page.keyboard.press("q");
    await maya.page.keyboard.press("Escape");
    await maya.page.locator("[data-act=take]").first().click({ timeout: 20_000 });
    await maya.page.getByRole("textbox", { name: /Reply/ }).fill("And I will call you myself.");
    await ada.page.locator("[data-act=take_over]").click();
    await ada.page.getByText("With you").first().waitFor();
  }
  await maya.page.locator(".kept-draft").getByText("And I will call you myself.").waitFor();
  await picture(maya.page, "collision-draft-kept");
  await maya.page.getByRole("button", { name: "Keep as a note" }).click();
  await ada.page.locator(".transcript").getByText("And I will call you myself.").waitFor();
  await maya.page.locator(".kept-draft").waitFor({ state: "detached" });

  // Who leaves is gone from the line at once.
  await maya.leaves();
  await ada.page.locator(".composer .company:empty").waitFor({ state: "attached" });
  await ada.leaves();
  await ann.leaves();
});

/** What the server sends to the page can be held back. @param {import("playwright-core").Page} page */
async function gate(page) {
  let open = true;
  /** @type {(() => void)[]} */ let held = [];
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => (open ? socket.send(frame) : held.push(() => socket.send(frame))));
  });
  await page.reload();
  return {
    hold: () => (open = false),
    release: () => {
      open = true;
      for (const send of held) send();
      held = [];
    },
  };
}
