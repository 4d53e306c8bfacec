// The stage for browser stories: the built binary on a free port with a data folder of its own, and Chromium.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const BINARY = process.env.WARMLINE_BINARY ?? path.join(ROOT, "target/release/warmline");
const OUT = path.join(ROOT, "target/browser-pictures");
const DEADLINE_MS = Number(process.env.WARMLINE_DEADLINE_MS ?? 15_000);
/** A debug build that reads its first articles beside other work. */
const READY_WITHIN_MS = 60_000;

/** The widths everything must work at. */
export const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

/**
 * `kill` is kill -9; `restart` comes back on the same port with the same data.
 * @typedef {{url: string, signIns: Record<string, {mail: string, password: string}[]>, stop: () => Promise<void>,
 *   kill: () => Promise<void>, restart: () => Promise<void>}} Server
 */

/** Starts Warmline as an operator would and reads what it prints. @param {string[]} [flags] @returns {Promise<Server>} */
export async function startServer(flags = []) {
  const folder = await mkdtemp(path.join(tmpdir(), "warmline-story-"));
  let { child, said, url } = await run(folder, "127.0.0.1:0", flags);
  const signIns = signInsOf(said);
  /** @param {NodeJS.Signals} signal */
  const end = async (signal) => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  return {
    url,
    signIns,
    kill: () => end("SIGKILL"),
    restart: async () => {
      ({ child } = await run(folder, new URL(url).host, flags));
    },
    stop: async () => {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param {string} said what a server prints at its start */
function signInsOf(said) {
  /** @type {Server["signIns"]} */
  const signIns = {};
  for (const [, role, mail, password] of said.matchAll(/^ +(agent|editor|admin) +(\S+@\S+) +(\S+)$/gm)) {
    (signIns[role] ??= []).push({ mail, password });
  }
  return signIns;
}

/** The example cluster as its script starts it, behind its proxy; `kill` is kill -9 of one node. */
export async function startCluster() {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const child = spawn(path.join(ROOT, "deploy/cluster/local"), [], { cwd: ROOT, detached: true, env: { ...process.env, WARMLINE: BINARY, PORT: String(port) } });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the cluster is not ready:\n${said}`)), 3 * READY_WITHIN_MS);
    child.stdout.on("data", (text) => {
      said += text;
      if (said.includes("Ctrl-C ends")) {
        clearTimeout(late);
        resolve(undefined);
      }
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the cluster ended with ${code}:\n${said}`)));
  });
  child.removeAllListeners("exit");
  const url = said.match(/proxy on (http:\/\/[\d.]+:\d+)/)?.[1];
  if (!url) throw new Error(`nginx is not installed; please install it:\n${said}`);
  const nodes = [...said.matchAll(/node on (http:\S+)\/demo\/ \(process (\d+)\)/g)].map(([, at, pid]) => ({ url: at, pid: Number(pid) }));
  return {
    url,
    nodes,
    signIns: signInsOf(said),
    /** @param {number} node */
    kill: (node) => process.kill(nodes[node].pid, "SIGKILL"),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      // Ctrl-C is to all that it started.
      process.kill(-(/** @type {number} */ (child.pid)), "SIGINT");
      await ended;
    },
  };
}

/** @param {string} folder @param {string} listen @param {string[]} flags */
async function run(folder, listen, flags) {
  const child = spawn(BINARY, ["--listen", listen, "--data-dir", path.join(folder, "data"), ...flags], { cwd: ROOT });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Warmline is not ready:\n${said}`)), READY_WITHIN_MS);
    child.stdout.on("data", (text) => {
      said += text;
      if (said.includes("Stop with")) {
        clearTimeout(late);
        resolve(undefined);
      }
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`Warmline ended with ${code}:\n${said}`)));
  });
  child.removeAllListeners("exit");
  const url = /** @type {RegExpMatchArray} */ (said.match(/http:\/\/[\d.]+:\d+/))[0];
  return { child, said, url };
}

export async function startBrowser() {
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!found) throw new Error("Chromium is not installed; tests/run installs it or says how");
  // As root (containers) Chromium needs its own sandbox off; the pages are ours.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({
    executablePath: found,
    args: [...sandbox, "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A picture for people to look at, in target/browser-pictures; tests/run says so at its end. @param {import("playwright-core").Page} page @param {string} name */
export async function picture(page, name) {
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: path.join(OUT, `${name}.png`) });
}

/**
 * A shopper on the demo shop's page with the chat open.
 * @param {import("playwright-core").Browser} browser @param {Server} server
 * @param {{width: number, height: number}} screen @param {string} lang
 */
export async function shopperArrives(browser, server, screen, lang) {
  const context = await browser.newContext({ viewport: screen, locale: lang === "en" ? "en-GB" : lang === "zh-Hans" ? "zh-CN" : "zh-TW" });
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  await page.goto(`${server.url}/demo/?lang=${lang}`);
  const chat = page.frameLocator("warmline-widget iframe");
  const person = {
    page,
    chat,
    /** After a reload the chat may be open already. */
    open: async () => {
      const launcher = page.locator("warmline-widget button.launcher");
      await launcher.waitFor({ state: "attached" });
      if ((await launcher.getAttribute("aria-expanded")) !== "true") await launcher.click();
    },
    /** @param {string} text */
    says: async (text) => {
      await chat.locator("#write").fill(text);
      await chat.locator("#write").press("Enter");
    },
    /** Waits until a bubble with these words is there. @param {string | RegExp} words */
    reads: (words) => chat.locator("#log").getByText(words).last().waitFor(),
    /** @param {string} label */
    presses: (label) => chat.locator("#log").getByRole("button", { name: label, exact: true }).last().click(),
    leaves: () => context.close(),
  };
  await person.open();
  await chat.locator("#write").waitFor();
  return person;
}

/**
 * Somebody of the staff, signed in.
 * @param {import("playwright-core").Browser} browser @param {Server} server @param {"agent" | "editor" | "admin"} role
 * @param {{width: number, height: number}} screen @param {string} hash where to go, such as `#/desk`
 * @param {{locale?: string, colorScheme?: "light" | "dark", account?: number}} [of] the browser, and which account of that role
 */
export async function staffSignsIn(browser, server, role, screen, hash, { locale = "en-GB", colorScheme = "light", account = 0 } = {}) {
  const context = await browser.newContext({ viewport: screen, locale, colorScheme });
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  await page.goto(`${server.url}/console/${hash}`);
  const { mail, password } = server.signIns[role][account];
  await page.locator("#mail").fill(mail);
  await page.locator("#password").fill(password);
  await page.locator("#password").press("Enter");
  await page.locator("#mail").waitFor({ state: "detached" });
  return { page, leaves: () => context.close() };
}
