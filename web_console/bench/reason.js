// Shows why the bot would do what it would: decision and rule, what it would say, every candidate with its score
// against the thresholds, and what it heard in the words.

import { h } from "/common/dom.js";
import { Transcript } from "/common/transcript.js";
import { FEELINGS } from "../desk/order.js";
import { feelingMark, reasonText } from "../desk/words.js";
import { lineOf } from "../desk/side.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { currentWords, lang, t, tOr } from "../words.js";

/** @typedef {{answer: number, clarify: number, escalate: number, slow_burn: number}} Thresholds */
/** @typedef {{id: string, score: number, phrasing: string, lang: import("../types.d.ts").Lang, features?: Record<string, number> & {exact: boolean}}} ArticleCandidate */
/** @typedef {{name: string, score: number, by: {by: "pattern" | "example" | "cue", text: string}}} IntentCandidate */

/** @param {number} n 0 to 1 */
const score = (n) => new Intl.NumberFormat(lang(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(n);
/** @param {number} n 0 to 1 */
const percent = (n) => new Intl.NumberFormat(lang(), { style: "percent", maximumFractionDigits: 0 }).format(n);

/**
 * @param {any} reason the answer of POST /api/ask
 * @param {{asked: string, titles: Map<string, string>, items: any[]}} more names of articles by id; the log as it would be
 * @returns {HTMLElement}
 */
export function reasonSheet(reason, { asked, titles, items }) {
  const { understanding = {}, thresholds = null, decision = "", notes = [] } = reason;
  const [rule, ...steps] = notes;
  const weak = decision === "fallback" || decision === "clarify";
  return h("div", { class: "reason" },
    h("section", { class: "reason-decision" },
      h("p", { class: "eyebrow" }, t("bench.decision")),
      h("h2", {}, tOr(`bench.decision.${decision}`, decision.replaceAll("_", " "))),
      rule && h("p", { class: "quiet" }, t("bench.rule"), lang() === "en" ? ": " : "：", h("code", {}, rule)),
      weak && h("a", { class: "button", href: hashOf("knowledge", "new", { question: asked }) }, icon("plus"), t("bench.write"))),
    says(items),
    h("section", {}, h("h3", {}, t("bench.articles")), articles(understanding.articles ?? [], thresholds, titles), shifts(understanding.shifts ?? [])),
    h("section", {}, h("h3", {}, t("bench.intents")), intents(understanding.intents ?? [], thresholds)),
    heard(understanding),
    thresholds && thresholdList(thresholds),
    steps.length > 0 && h("section", {}, h("h3", {}, t("bench.notes")), h("ol", { class: "reason-notes" }, steps.map((/** @type {string} */ note) => h("li", {}, note)))),
    h("details", { class: "reason-raw" }, h("summary", {}, t("bench.raw")), h("pre", { tabindex: "0" }, JSON.stringify(reason, null, 2))));
}

/** What the shopper would read. @param {any[]} items */
function says(items) {
  if (items.length === 0) return null;
  const log = h("div", { class: "transcript" });
  new Transcript(log, { perspective: "shopper", words: currentWords(), shop: "", system: lineOf }).update({ items });
  return h("section", {}, h("h3", {}, t("bench.says")), log);
}

/** @param {ArticleCandidate[]} candidates @param {Thresholds | null} thresholds @param {Map<string, string>} titles */
function articles(candidates, thresholds, titles) {
  if (candidates.length === 0) return h("p", { class: "quiet" }, t("bench.no_article"));
  const inThree = candidates.slice(0, 3).reduce((sum, candidate) => sum + candidate.score, 0);
  const list = h("ol", { class: "candidates" }, candidates.map((candidate) => h("li", { class: "candidate" },
    h("div", { class: "candidate-name" },
      h("a", { href: hashOf("knowledge", candidate.id), title: t("bench.open_article") }, titles.get(candidate.id) ?? candidate.id), h("code", {}, candidate.id),
      candidate.features?.exact && h("span", { class: "mark" }, icon("done"), t("bench.exact"))),
    bar(candidate.score, thresholds),
    h("p", { class: "candidate-why" }, h("span", { class: "quiet" }, t("bench.phrasing")), " ", h("q", { lang: candidate.lang }, candidate.phrasing)),
    candidate.features && features(candidate.features))));
  return h("div", {}, h("p", { class: "quiet" }, t("bench.in_three", { n: score(inThree) })), list);
}

/** Everything the score was made of. @param {Record<string, number> & {exact: boolean}} of */
function features(of) {
  const { exact: _, ...numbers } = of;
  return h("details", { class: "candidate-features" },
    h("summary", { class: "quiet" }, t("bench.coverage", { query: percent(of.query_coverage), phrasing: percent(of.phrasing_coverage) })),
    h("dl", { class: "reason-facts" }, Object.entries(numbers).map(([name, value]) =>
      h("div", {}, h("dt", {}, tOr(`bench.feature.${name}`, name.replaceAll("_", " "))), h("dd", {}, name === "length" ? String(value) : score(value))))));
}

/** What moved all articles together: doubts, what shoppers said of answers. @param {{by: string, why: string, log_odds: number}[]} list */
function shifts(list) {
  if (list.length === 0) return null;
  const signed = new Intl.NumberFormat(lang(), { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "always" });
  return h("ul", { class: "reason-shifts" }, list.map(({ by, why, log_odds }) =>
    h("li", {}, t(`bench.shift_${by}`, { n: signed.format(log_odds) }), " ", h("code", {}, why))));
}

/** @param {IntentCandidate[]} candidates @param {Thresholds | null} thresholds */
function intents(candidates, thresholds) {
  if (candidates.length === 0) return h("p", { class: "quiet" }, t("bench.none"));
  return h("ol", { class: "candidates" }, candidates.map(({ name, score: points, by }) => h("li", { class: "candidate" },
    h("div", { class: "candidate-name" }, h("span", {}, tOr(`intent.${name}`, name)), h("code", {}, name)),
    bar(points, thresholds),
    by && h("p", { class: "candidate-why" }, h("span", { class: "quiet" }, t(`bench.by_${by.by}`)), " ", by.by === "pattern" ? h("code", {}, by.text) : h("q", {}, by.text)))));
}

/** A score on its scale, with the marks it has to reach. @param {number} points @param {Thresholds | null} thresholds */
function bar(points, thresholds) {
  const reached = !thresholds ? "" : points >= thresholds.answer ? "answer" : points >= thresholds.clarify ? "clarify" : "below";
  const fill = h("span", { class: "score-fill" });
  fill.style.setProperty("inline-size", `${Math.min(1, Math.max(0, points)) * 100}%`);
  const marks = thresholds ? /** @type {const} */ (["clarify", "answer"]).map((name) => {
    const mark = h("span", { class: `score-mark is-${name}` });
    mark.style.setProperty("inset-inline-start", `${thresholds[name] * 100}%`);
    return mark;
  }) : [];
  return h("div", { class: `score is-${reached}` },
    h("span", { class: "score-bar", "aria-hidden": "true" }, fill, marks),
    h("span", { class: "score-number" }, h("span", { class: "spoken" }, t("bench.score")), score(points)));
}

/** The analysis: language, what fills slots, feelings with the words that made them. @param {any} understanding */
function heard({ slots = {}, feelings = null, lang: spoken = null, shape = "" }) {
  const facts = Object.entries(slots).filter(([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0));
  const signals = FEELINGS.filter((name) => (feelings?.feeling?.[name] ?? 0) > 0);
  return h("section", {}, h("h3", {}, t("bench.understood")),
    h("dl", { class: "reason-facts" },
      h("div", {}, h("dt", {}, t("bench.lang")), h("dd", {}, spoken ? t(`lang.${spoken}`) : t("bench.lang_unknown"), shape && h("code", {}, shape))),
      facts.map(([name, value]) => h("div", {}, h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, h("code", {}, typeof value === "object" ? JSON.stringify(value) : String(value))))),
      feelings && h("div", {}, h("dt", {}, t("bench.feeling")), h("dd", {},
        signals.length === 0 ? t("feeling.calm") : signals.map((name) => h("span", { class: "reason-feeling" }, feelingMark({ name, strong: false }), score(feelings.feeling[name]))),
        h("span", { class: "quiet" }, t("bench.escalation", { n: score(feelings.escalation ?? 0) })),
        feelings.red_line && h("span", { class: "mark mark-red" }, icon("red_line"), t("bench.red_line", { reason: reasonText(feelings.red_line) })),
        feelings.dispute && h("code", {}, feelings.dispute), feelings.abusive && h("code", {}, "abuse"),
        (feelings.evidence ?? []).map((/** @type {{sign: string, words: string}} */ { sign, words }) => h("span", {}, h("q", {}, words), " ", h("code", {}, sign)))))));
}

/** @param {Thresholds} thresholds */
function thresholdList(thresholds) {
  return h("section", {}, h("h3", {}, t("bench.thresholds")), h("ul", { class: "reason-thresholds" },
    /** @type {const} */ (["answer", "clarify", "escalate", "slow_burn"]).filter((name) => thresholds[name] !== undefined)
      .map((name) => h("li", {}, h("span", { class: `score-key is-${name}`, "aria-hidden": "true" }), t(`bench.threshold.${name}`, { n: score(thresholds[name]) })))));
}
