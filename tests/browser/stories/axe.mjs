// What axe-core finds on a page: serious and critical violations are failures, each told with the element that has it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * @param {import("playwright-core").Page | import("playwright-core").Frame} page
 * @param {string} what the state, for the message
 */
export async function hasNoBarriers(page, what) {
  await page.evaluate(SOURCE);
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
    return violations.map((/** @type {any} */ { id, impact, help, nodes }) =>
      ({ id, impact, help, at: nodes.slice(0, 4).map((/** @type {any} */ node) => `${node.target.join(" ")}: ${node.any.concat(node.all)[0]?.message ?? ""}`) }));
  });
  const grave = found.filter((/** @type {any} */ { impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(grave, [], `${what}: ${JSON.stringify(grave, null, 1)}`);
  return found.map((/** @type {any} */ { id, impact }) => `${id} (${impact})`);
}
