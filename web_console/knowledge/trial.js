// What a change would do to real questions of lately and to the regression set, in words.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { lang, t, tOr } from "../words.js";
import { diffOf } from "./changes.js";

/** @typedef {import("../types.d.ts").Trial} Trial */
/** @typedef {import("../types.d.ts").Outcome} Outcome */

const SIGNS = /** @type {const} */ ({ broken: "warn", fixed: "done", changed: "forward", reworded: "draft" });

/** @param {Trial} trial @returns {HTMLElement} */
export function trialReport({ replay, tests, matches, practice }) {
  const count = replay.broken + replay.fixed + replay.changed;
  return h("div", { class: "trial" },
    testLine(tests),
    matches ? matchLines(matches) : null,
    practice ? practiceLines(practice) : null,
    h("p", { class: "trial-sum" }, replay.asked === 0 ? t("studio.replay_none")
      : h("span", {}, t("studio.replay_sum", { n: replay.asked }), " ",
        ...(/** @type {const} */ (["fixed", "broken", "changed", "reworded"])).map((change) =>
          h("span", { class: `mark ${replay[change] > 0 ? `change-${change}` : "quiet"}` }, icon(SIGNS[change]), t(`studio.change.${change}`, { n: replay[change] }))))),
    replay.asked > 0 && count === 0 && replay.reworded === 0 && h("p", { class: "quiet" }, t("studio.replay_same")),
    h("ol", { class: "differences" }, replay.differences.map((difference) => h("li", { class: `difference change-${difference.change}` },
      h("p", { class: "difference-question" },
        h("span", { class: `mark change-${difference.change}` }, icon(SIGNS[difference.change]), t(`studio.changed.${difference.change}`)), " ",
        h("q", { lang: difference.lang }, difference.question),
        difference.asked > 1 && h("span", { class: "quiet" }, ` × ${difference.asked}`),
        difference.helped !== undefined && h("span", { class: "quiet" }, ` · ${t(difference.helped ? "studio.had_helped" : "studio.had_not_helped")}`)),
      difference.change !== "reworded" && h("p", { class: "quiet" }, outcomeText(difference.before), " → ", h("strong", {}, outcomeText(difference.after)))))));
}

/** What the bot does, as a phrase. @param {Outcome} outcome */
export function outcomeText({ decision, article, choices }) {
  const what = tOr(`bench.decision.${decision}`, decision);
  const which = article ?? choices.join(", ");
  return which ? `${what}: ${which}` : what;
}

/** What a change does to the regression set. @param {Trial["tests"]} tests */
export function testLine(tests) {
  if (tests.passed + tests.asked + tests.failed === 0) return h("p", { class: "quiet" }, t("studio.no_tests"));
  const isBroken = tests.broken.length > 0;
  return h("div", { class: isBroken ? "trial-tests is-broken" : "trial-tests", role: isBroken ? "alert" : undefined }, icon(isBroken ? "warn" : "done"),
    h("div", {},
      h("p", {}, isBroken ? t("studio.tests_broken", { n: tests.broken.length }) : t("studio.tests_fine", { passed: tests.passed, asked: tests.asked, failed: tests.failed })),
      isBroken && h("ul", { class: "test-list" }, tests.broken.map((test) => h("li", {}, h("q", { lang: test.lang }, test.question), " ",
        h("span", { class: "quiet" }, t("studio.test_wants", { what: expectedText(test) }), " ", outcomeText(test.got)))))));
}

/** @param {{expects: string, target?: string}} test */
export function expectedText({ expects, target }) {
  return expects === "nothing" ? t("studio.expects.nothing") : expects === "intent" ? tOr(`intent.${target}`, target ?? "") : target ?? "";
}

/** Conversations with the flows that would read otherwise, line by line. @param {NonNullable<Trial["practice"]>} practice */
function practiceLines({ of, changed }) {
  return h("section", { class: "practice", lang: lang() },
    h("p", {}, changed.length > 0 ? t("studio.practice_sum", { of, n: changed.length }) : t("studio.practice_same", { of })),
    changed.map(({ title, before, after }, at) => h("details", { open: at === 0 }, h("summary", {}, title), diffOf(before.split("\n"), after.split("\n")))));
}

/** @param {NonNullable<Trial["matches"]>} matches */
function matchLines(matches) {
  /** @param {"gained" | "lost" | "kept"} name @param {boolean} open */
  const part = (name, open) => matches[name].length > 0 && h("details", { open },
    h("summary", {}, t(`studio.matches.${name}`, { n: matches[name].length })),
    h("ul", { class: "match-list" }, matches[name].map((match) => h("li", {}, h("a", { href: hashOf("bench", undefined, { q: match.question }), lang: match.lang }, match.question)))));
  return h("section", { class: "matches", lang: lang() },
    h("p", {}, t("studio.matches_sum", { before: matches.before, after: matches.after })),
    part("gained", true), part("lost", true), part("kept", false));
}
