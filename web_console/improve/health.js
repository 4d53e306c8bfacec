// The articles' health: what was found, by kind, each with the way to the article.

import { h } from "/common/dom.js";
import { LANGS } from "/common/i18n.js";
import { ago } from "/common/time.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { hashOf } from "../router.js";
import { lang, t } from "../words.js";
import { UnusedPictures } from "./pictures.js";

/** @typedef {import("../types.d.ts").HealthReport} HealthReport */
/** @typedef {import("../types.d.ts").Finding} Finding */

const DAYS = ["stale", "unused", "expired", "ends_soon", "review_due"];

export class HealthTab {
  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.pictures = new UnusedPictures(me);
    this.list = h("div", { class: "health-kinds" });
    this.about = h("p", { class: "quiet", role: "status" });
    this.again = h("button", { type: "button", class: "button", onclick: () => this.#look() }, t("health.again"));
    this.element = h("div", { class: "health scroller" },
      h("div", { class: "health-head" }, h("p", { class: "quiet" }, t("health.lead")), this.about, this.again), this.list, this.pictures.element);
    void this.#load();
    void this.pictures.load();
  }

  show() {}

  dispose() {}

  async #load() {
    try {
      this.#draw(await api.health());
    } catch (error) {
      this.list.replaceChildren(h("p", { class: "empty" }, errorText(error)));
    }
  }

  async #look() {
    this.again.disabled = true;
    void this.pictures.load();
    try {
      this.#draw(await api.lookAtHealth());
    } catch (error) {
      toastError(error);
    }
    this.again.disabled = false;
  }

  /** @param {HealthReport | null} report */
  #draw(report) {
    if (!report) return void this.list.replaceChildren(h("p", { class: "empty" }, t("health.never")));
    this.about.textContent = [t("health.at", { ago: ago(report.at, lang()), n: report.articles }), report.is_current ? "" : t("health.old")].join(" ");
    if (report.findings.length === 0) return void this.list.replaceChildren(h("p", { class: "empty" }, t("health.none")));
    this.list.replaceChildren(...Object.entries(report.counts).map(([kind, count]) => {
      const found = report.findings.filter((finding) => finding.kind === kind);
      return h("details", { class: "health-kind", open: found.length <= 12 },
        h("summary", {}, h("h2", {}, t(`health.${kind}`)), h("span", { class: "count" }, String(count))),
        h("p", { class: "quiet" }, t(`health.${kind}.hint`)),
        h("ul", {}, found.map((finding) => this.#row(report, finding))),
        count > found.length && h("p", { class: "quiet" }, t("health.more", { n: count - found.length })));
    }));
  }

  /** @param {HealthReport} report @param {Finding} finding */
  #row(report, finding) {
    const link = (/** @type {string} */ id) => {
      const titles = report.titles[id] ?? {};
      const own = [finding.lang, lang(), ...LANGS].find((one) => one && titles[one]);
      return h("a", { href: hashOf("knowledge", id), lang: own }, own ? titles[own] : id);
    };
    const count = finding.count ?? 0;
    const amount = DAYS.includes(finding.kind) ? t("health.days", { n: count }) : finding.kind === "confusable" ? t("health.times", { n: count }) : "";
    return h("li", {}, link(finding.article), finding.other && [" · ", link(finding.other)],
      h("span", { class: "quiet" }, [finding.lang && t(`lang.${finding.lang}`), finding.about, amount].filter(Boolean).join(" · ")));
  }
}
