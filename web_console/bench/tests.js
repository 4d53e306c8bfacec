// The regression set: questions that must stay answered rightly, made from what was just asked, run at will.

import { h } from "/common/dom.js";
import { LANG_NAMES } from "/common/i18n.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { expectedText, outcomeText, testLine } from "../knowledge/trial.js";
import { askWhy } from "../knowledge/why.js";
import { toast, toastWithUndo } from "../toast.js";
import { lang, t, tOr } from "../words.js";

/** @typedef {import("../types.d.ts").KnowledgeTest} KnowledgeTest */
/** @typedef {import("../types.d.ts").CheckedTest} CheckedTest */

const EXPECTS = /** @type {const} */ (["article", "intent", "nothing"]);

export class TestSet {
  /** @type {(KnowledgeTest & Partial<CheckedTest>)[]} */ #tests = [];

  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.supervises = me.role === "supervisor" || me.role === "admin";
    this.list = h("ul", { class: "tests" });
    this.button = h("button", { type: "button", class: "button", onclick: () => this.#run() }, t("studio.tests_run"));
    this.refuse = h("input", { type: "checkbox", onchange: () => this.#refuse() });
    this.sum = h("p", { class: "quiet", role: "status" });
    this.runs = h("details", { class: "test-runs", hidden: true });
    this.element = h("section", { class: "test-set" },
      h("header", { class: "test-head" }, h("h2", {}, t("studio.tests")), this.button),
      h("p", { class: "quiet" }, t("studio.tests_lead")),
      this.supervises && h("label", { class: "check" }, this.refuse, " ", t("studio.refuse")),
      this.sum, this.list, this.runs);
    void this.load();
  }

  async load() {
    try {
      const [{ tests, runs }, { refuses_broken_tests }] = await Promise.all([api.knowledgeTests(), api.studio()]);
      this.#tests = tests;
      this.refuse.checked = refuses_broken_tests;
      this.sum.textContent = "";
      this.#draw();
      this.#drawRuns(runs);
    } catch (error) {
      this.sum.textContent = errorText(error);
    }
  }

  #draw() {
    this.button.disabled = this.#tests.length === 0;
    this.list.replaceChildren(...(this.#tests.length === 0 ? [h("li", { class: "quiet" }, t("studio.tests_empty"))] : this.#tests.map((test) => h("li", { class: `test ${test.verdict ? `is-${test.verdict}` : ""}` },
      test.verdict && h("span", { class: test.verdict === "passed" ? "mark" : "mark mark-warn" }, icon(test.verdict === "passed" ? "done" : "warn"), t(`studio.verdict.${test.verdict}`)),
      h("q", { lang: test.lang }, test.question), h("span", { class: "quiet" }, LANG_NAMES[test.lang]),
      h("span", {}, t("studio.expects"), lang() === "en" ? " " : "", t(`studio.expects.${test.expects}`), test.expects === "nothing" ? "" : `: ${expectedText(test)}`),
      test.got && test.verdict !== "passed" && h("span", { class: "quiet" }, "→ ", outcomeText(test.got)),
      h("button", { type: "button", class: "icon-button", "aria-label": t("studio.remove_test", { text: test.question }), onclick: () => this.#remove(test) }, icon("close"))))));
  }

  /** What publishes did to the set, newest first. @param {import("../types.d.ts").TestRun[]} runs */
  #drawRuns(runs) {
    this.runs.hidden = runs.length === 0;
    this.runs.replaceChildren(h("summary", {}, t("studio.runs")), h("ol", { class: "versions" }, runs.map((run) => h("li", {},
      h("strong", {}, run.of ?? ""), " ", h("span", { class: run.how === "held" ? "mark mark-warn" : "mark" }, t(`studio.run.${run.how ?? "published"}`)), " ",
      h("span", { class: "quiet" }, run.by, " ", h("time", { title: exact(run.at, lang()) }, ago(run.at, lang()))),
      testLine(run)))));
  }

  async #run() {
    this.button.disabled = true;
    this.button.textContent = t("studio.tests_running");
    try {
      const rank = { failed: 0, asked: 1, passed: 2 };
      this.#tests = (await api.runKnowledgeTests()).toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
      const count = (/** @type {string} */ verdict) => this.#tests.filter((test) => test.verdict === verdict).length;
      this.sum.textContent = EXPECTS.length && `${t("studio.verdict.passed")} ${count("passed")} · ${t("studio.verdict.asked")} ${count("asked")} · ${t("studio.verdict.failed")} ${count("failed")}`;
    } catch (error) {
      toastError(error);
    }
    this.button.textContent = t("studio.tests_run");
    this.#draw();
  }

  /** @param {KnowledgeTest} test */
  async #remove(test) {
    const why = await askWhy({ title: t("studio.remove_test", { text: test.question }), act: t("studio.remove") });
    if (why === null) return;
    try {
      await api.removeKnowledgeTest(test.id, why);
      await this.load();
      toastWithUndo(t("studio.removed_test"), async () => {
        const { question, lang: written, expects, target } = test;
        await api.addKnowledgeTest({ question, lang: written, expects, target, why: t("toast.undo") }).catch(toastError);
        await this.load();
      });
    } catch (error) {
      toastError(error);
    }
  }

  async #refuse() {
    const why = await askWhy({ title: t(this.refuse.checked ? "studio.refuse_on" : "studio.refuse_off"), act: t("studio.switch") });
    if (why === null) return void (this.refuse.checked = !this.refuse.checked);
    try {
      await api.refuseBrokenTests(this.refuse.checked, why);
    } catch (error) {
      this.refuse.checked = !this.refuse.checked;
      toastError(error);
    }
  }
}

/**
 * "Make this question a test", filled with what the bot does now.
 * @param {any} reason the answer of POST /api/ask
 * @param {{asked: string, titles: Map<string, string>, onmade: () => void}} more
 * @returns {HTMLElement}
 */
export function testMaker(reason, { asked, titles, onmade }) {
  const { decision = "", understanding = {} } = reason;
  const articles = /** @type {{id: string}[]} */ (understanding.articles ?? []);
  const intents = /** @type {{name: string}[]} */ (understanding.intents ?? []);
  const first = decision === "answer" || decision === "clarify" ? "article" : decision === "fallback" ? "nothing" : intents.length ? "intent" : "article";
  const expects = h("select", { class: "input", id: "test-expects" }, EXPECTS.map((one) => h("option", { value: one }, t(`studio.expects.${one}`))));
  expects.value = first;
  const target = h("input", { class: "input", id: "test-target", list: "test-targets", autocomplete: "off", spellcheck: "false", required: true });
  const options = h("datalist", { id: "test-targets" });
  const fill = () => {
    const isArticle = expects.value === "article";
    target.hidden = expects.value === "nothing";
    target.required = !target.hidden;
    target.value = (isArticle ? articles[0]?.id : intents[0]?.name) ?? "";
    options.replaceChildren(...(isArticle
      ? [...new Set([...articles.map(({ id }) => id), ...titles.keys()])].map((id) => h("option", { value: id }, titles.get(id) ?? id))
      : intents.map(({ name }) => h("option", { value: name }, tOr(`intent.${name}`, name)))));
  };
  expects.addEventListener("change", fill);
  fill();
  const make = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      const kind = expects.value;
      await api.addKnowledgeTest({ question: asked.trim(), lang: reason.lang, expects: kind, ...(kind === "nothing" ? {} : { target: target.value.trim() }) });
      toast(t("studio.made_test"), { tone: "good" });
      details.open = false;
      onmade();
    } catch (error) {
      toastError(error);
    }
  };
  const details = h("details", { class: "test-maker" }, h("summary", { class: "button" }, icon("plus"), t("studio.make_test")),
    h("form", { class: "test-form", onsubmit: make },
      h("label", { class: "label", for: "test-expects" }, t("studio.expects")), expects,
      h("label", { class: "spoken", for: "test-target" }, t("studio.target")), target, options,
      h("button", { type: "submit", class: "button primary" }, t("studio.make_test"))));
  return details;
}
