// Articles in and out as files: download, choose, see what would change, apply.

import { h } from "/common/dom.js";
import { ApiError, api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { testLine } from "../knowledge/trial.js";
import { hashOf } from "../router.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { textOf } from "./table.js";

/** @typedef {import("../types.d.ts").ImportFile} ImportFile */
/** @typedef {import("../types.d.ts").ImportPlan} ImportPlan */

export class FilesTab {
  /** @type {ImportFile[]} */ #files = [];

  constructor() {
    this.choice = h("input", { type: "file", id: "files-choice", multiple: true, accept: ".csv,text/csv", onchange: () => this.#choose() });
    this.plan = h("div", { class: "files-plan", role: "status" });
    this.element = h("div", { class: "table-files scroller" },
      h("p", { class: "quiet" }, t("files.lead")),
      h("p", {}, h("a", { class: "button", href: "/api/articles.csv", download: "articles.csv" }, t("files.export"))),
      h("p", { class: "files-choose" }, h("label", { for: "files-choice" }, t("files.choose")), this.choice),
      this.plan);
  }

  show() {}

  dispose() {}

  async #choose() {
    this.#files = await Promise.all([...(this.choice.files ?? [])].map(async (file) => ({ name: file.name, text: textOf(new Uint8Array(await file.arrayBuffer())) })));
    if (this.#files.length > 0) await this.#send({});
  }

  /** @param {{apply?: boolean, with_tests?: boolean}} how */
  async #send(how) {
    try {
      const plan = await api.importArticles(this.#files, how);
      this.#draw(plan, how.apply ?? false);
      if (how.apply) toast(t("files.applied"), { tone: "good" });
    } catch (error) {
      if (error instanceof ApiError && error.code === "invalid") {
        /** @type {{path: string, line: number, message: string}[]} */
        const problems = error.body?.problems ?? [];
        const told = problems.map(({ path, line, message }) => t(line > 0 ? "files.mistake_at" : "files.mistake_in", { path, line: String(line), message }));
        return void this.plan.replaceChildren(h("p", { role: "alert" }, t("files.mistakes")), h("ul", {}, (told.length > 0 ? told : [error.message]).map((mistake) => h("li", {}, mistake))));
      }
      if (error instanceof ApiError && error.code === "tests_broken") {
        const { tests } = /** @type {{tests: import("../types.d.ts").TestRun}} */ (error.body ?? {});
        return void this.plan.replaceChildren(h("p", { role: "alert" }, t("studio.refused")), testLine(tests));
      }
      this.plan.replaceChildren(h("p", { role: "alert" }, errorText(error)));
      toastError(error);
    }
  }

  /** @param {ImportPlan} plan @param {boolean} isApplied */
  #draw({ added, changed, unchanged, unread, tests }, isApplied) {
    const total = added.length + changed.length;
    this.plan.replaceChildren(
      h("p", {}, t("files.plan", { added: added.length, changed: changed.length, unchanged })),
      tests ? testLine(tests) : "",
      unread === undefined ? "" : h("p", {}, t("files.unread", { n: unread }), " ", h("button", { type: "button", class: "button small", onclick: (/** @type {Event} */ event) => {
        if (event.currentTarget instanceof HTMLButtonElement) event.currentTarget.disabled = true;
        void this.#send({ with_tests: true });
      } }, t("files.ask_tests"))),
      total === 0 ? h("p", { class: "quiet" }, t("files.nothing"))
        : isApplied ? "" : h("button", { type: "button", class: "button primary", onclick: () => this.#send({ apply: true }) }, t("files.apply")),
      h("ul", {},
        added.map((id) => h("li", {}, h("b", {}, t("files.new")), " ", isApplied ? h("a", { href: hashOf("knowledge", id) }, id) : id)),
        changed.map(({ id, fields }) => h("li", {}, h("a", { href: hashOf("knowledge", id) }, id), " ", h("span", { class: "quiet" }, fields.join(", "))))));
  }
}
