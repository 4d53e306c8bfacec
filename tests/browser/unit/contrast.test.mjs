// The palette holds WCAG 2.2 AA in light and dark, for every pair of colours that meets on the page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("../../../web_common/tokens.css", import.meta.url), "utf8");
const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => /** @type {const} */ ([name, value]))));

const TEXT = ["ink", "ink-soft", "bot", "person", "ok", "warn", "bad"];
const SURFACES = ["paper", "surface", "sunken", "accent-tint", "bot-tint", "person-tint", "note-tint"];

for (const [name, palette] of Object.entries({ light, dark })) {
  test(`${name}: words 4.5 to 1 on every surface`, () => {
    for (const ink of TEXT) for (const surface of SURFACES) holds(palette, ink, surface, 4.5);
    holds(palette, "on-accent", "accent", 4.5);
  });
  test(`${name}: outlines, marks and focus 3 to 1`, () => {
    for (const mark of ["edge", "accent", "focus", "ok", "warn"]) for (const surface of ["paper", "surface", "sunken", "person-tint"]) holds(palette, mark, surface, 3);
  });
}

test("dark is a palette of its own: it names every colour that light names", () => {
  assert.deepEqual([...dark.keys()].sort(), [...light.keys()].sort());
});

/** @param {Map<string, string>} palette @param {string} a @param {string} b @param {number} least */
function holds(palette, a, b, least) {
  const [high, low] = [luminance(palette.get(a) ?? ""), luminance(palette.get(b) ?? "")].sort((x, y) => y - x);
  const ratio = (high + 0.05) / (low + 0.05);
  assert.ok(ratio >= least, `${a} on ${b} is ${ratio.toFixed(2)} to 1, needs ${least}`);
}

/** @param {string} hex */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
