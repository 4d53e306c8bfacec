// Gaps: the list by size on the left, on the right how shoppers asked and what an editor can do about it.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { bindKeys } from "../keys.js";
import { go, hashOf } from "../router.js";
import { toast } from "../toast.js";
import { lang, t } from "../words.js";

/** @typedef {import("../types.d.ts").Gap} Gap */
/** @typedef {import("../types.d.ts").GapDetail} GapDetail */
/** @typedef {import("../types.d.ts").GapState} GapState */

const STATES = /** @type {GapState[]} */ (["open", "drafted", "dismissed"]);
const WHYS = /** @type {const} */ (["handed_off", "not_helped", "unanswered", "clarified"]);

export class GapsTab {
  /** @type {Gap[]} */ #gaps = [];
  /** @type {{id: string, name: string}[]} */ #editors = [];
  /** @type {string | undefined} */ #id;
  #isGone = false;

  constructor() {
    this.state = h("select", { class: "input", "aria-label": t("gaps.state"), onchange: () => this.#load() },
      STATES.map((state) => h("option", { value: state }, t(`gaps.${state}`))));
    this.rows = h("ul", { class: "rows gap-rows" });
    this.empty = h("p", { class: "empty" });
    this.detail = h("div", { class: "gap-detail scroller" });
    this.element = h("div", { class: "gaps" },
      h("section", { class: "pane gaps-list", "aria-label": t("improve.gaps") },
        h("div", { class: "gaps-head" }, h("p", { class: "quiet" }, t("gaps.lead")), this.state),
        h("div", { class: "scroller" }, this.rows, this.empty)),
      this.detail);
    this.unbind = bindKeys("nav.improve", [
      { key: "j", label: "gaps.key.next", run: () => this.#move(1) },
      { key: "k", label: "gaps.key.previous", run: () => this.#move(-1) },
    ]);
    void this.#load();
  }

  dispose() {
    this.#isGone = true;
    this.unbind();
  }

  /** @param {string | undefined} id */
  show(id) {
    this.#id = id;
    this.element.dataset.shows = id ? "gap" : "list";
    this.#draw();
    void this.#loadDetail();
  }

  async #load() {
    try {
      const { gaps, editors } = await api.gaps(/** @type {GapState} */ (this.state.value));
      [this.#gaps, this.#editors] = [gaps, editors];
    } catch (error) {
      this.empty.textContent = errorText(error);
      return toastError(error);
    }
    this.#draw();
    this.#drawDetail();
  }

  /** @param {1 | -1} step */
  #move(step) {
    const at = this.#gaps.findIndex((gap) => gap.id === this.#id);
    const next = this.#gaps[at < 0 ? 0 : Math.min(this.#gaps.length - 1, Math.max(0, at + step))];
    if (next) go(hashOf("improve", next.id), { replace: this.#id !== undefined });
  }

  #draw() {
    keepInStep(this.rows, this.#gaps.map((gap) => ({
      key: gap.id,
      sign: JSON.stringify([gap, gap.id === this.#id]),
      make: () => h("li", {}, h("a", { class: "gap-row", href: hashOf("improve", gap.id), "aria-current": gap.id === this.#id && "true" },
        h("span", { class: "gap-title", lang: gap.lang }, gap.title),
        h("span", { class: "gap-facts quiet" },
          h("span", {}, t("gaps.reach", { n: gap.reach })),
          trend(gap),
          gap.owner_name && h("span", {}, gap.owner_name),
          gap.still_asked ? h("span", { class: "mark mark-warn" }, icon("warn"), t("gaps.still_asked"))
            : gap.answered && h("span", { class: "mark is-published" }, icon("published"), t("gaps.answered"))))),
    })));
    this.empty.hidden = this.#gaps.length > 0;
    this.empty.textContent = t(`gaps.empty.${this.state.value}`);
  }

  /** @type {GapDetail | null} */ #shown = null;

  async #loadDetail() {
    const id = this.#id;
    this.#shown = null;
    if (!id) return this.#drawDetail();
    try {
      const detail = await api.gap(id);
      if (this.#id !== id || this.#isGone) return;
      this.#shown = detail;
    } catch (error) {
      return void this.detail.replaceChildren(h("p", { class: "empty" }, errorText(error)));
    }
    this.#drawDetail();
  }

  #drawDetail() {
    const detail = this.#shown;
    const gap = this.#gaps.find((one) => one.id === this.#id);
    if (!detail) return void this.detail.replaceChildren(h("p", { class: "empty" }, this.#id ? "" : t("gaps.pick")));
    this.detail.replaceChildren(
      h("h2", { lang: gap?.lang }, detail.title),
      gap ? h("p", { class: "quiet" }, t("gaps.size", { size: gap.size.toFixed(1), reach: gap.reach, urgency: (1 + gap.urgency).toFixed(1), feeling: (1 + gap.feeling).toFixed(1) })) : "",
      gap ? h("p", { class: "gap-whys" }, WHYS.filter((why) => gap[why] > 0).map((why) => h("span", { class: "mark quiet" }, `${t(`gaps.why.${why}`)} ${gap[why]}`)), trend(gap)) : "",
      this.#acts(detail, gap),
      h("h3", {}, t("gaps.samples")),
      h("ul", { class: "gap-samples" }, detail.samples.map((sample) => h("li", {},
        h("p", { class: "gap-question", lang: sample.lang }, sample.question),
        h("p", { class: "quiet" }, t(`gaps.why.${sample.why}`), " · ", h("time", { title: exact(sample.at, lang()) }, ago(sample.at, lang()))),
        sample.bot && quote("gaps.bot_said", sample.bot, "bot"),
        sample.agent && quote("gaps.agent_said", sample.agent, "agent")))));
  }

  /** @param {GapDetail} detail @param {Gap | undefined} gap */
  #acts(detail, gap) {
    const draft = h("button", { type: "button", class: "button primary", onclick: () => this.#draft(detail.id) },
      icon("draft"), t(gap?.article ? "gaps.open_article" : "gaps.draft"));
    const owner = h("select", { class: "input", "aria-label": t("gaps.owner"), onchange: () => this.#do(() => api.assignGap(detail.id, owner.value || null)) },
      h("option", { value: "" }, t("gaps.nobody")),
      this.#editors.map(({ id, name }) => h("option", { value: id }, name)));
    owner.value = gap?.owner ?? "";
    const merge = h("select", { class: "input", "aria-label": t("gaps.merge"), onchange: () => this.#merge(detail, merge.value) },
      h("option", { value: "" }, t("gaps.merge")),
      detail.alike.map(({ id, title }) => h("option", { value: id }, title)));
    return h("div", { class: "gap-acts" }, draft, owner, detail.alike.length > 0 && merge,
      detail.state === "open"
        ? h("button", { type: "button", class: "button", onclick: () => this.#dismiss(detail.id) }, t("gaps.dismiss"))
        : h("button", { type: "button", class: "button", onclick: () => this.#do(() => api.reopenGap(detail.id)) }, t("gaps.reopen")));
  }

  /** @param {() => Promise<unknown>} act */
  async #do(act) {
    try {
      await act();
    } catch (error) {
      toastError(error);
    }
    await this.#load();
    await this.#loadDetail();
  }

  /** @param {string} id */
  async #draft(id) {
    try {
      go(hashOf("knowledge", await api.draftFromGap(id)));
    } catch (error) {
      toastError(error);
    }
  }

  /** @param {string} id */
  async #dismiss(id) {
    await this.#do(() => api.dismissGap(id));
    toast(t("gaps.dismissed_now"), { tone: "good", action: { label: t("toast.undo"), run: () => this.#do(() => api.reopenGap(id)) } });
  }

  /** @param {GapDetail} detail @param {string} into */
  async #merge(detail, into) {
    if (!into) return;
    const title = detail.alike.find(({ id }) => id === into)?.title ?? "";
    try {
      await api.mergeGap(detail.id, into);
      toast(t("gaps.merged_now", { title }), { tone: "good" });
      go(hashOf("improve", into), { replace: true });
    } catch (error) {
      toastError(error);
    }
    await this.#load();
  }
}

/** By a sign and in words. @param {Gap} gap */
function trend({ recent, before }) {
  const way = recent > before ? "up" : recent < before ? "down" : "same";
  const words = t(`gaps.trend.${way}`, { recent, before });
  return h("span", { class: `gap-trend is-${way}`, title: words }, h("span", { "aria-hidden": "true" }, { up: "↑", down: "↓", same: "→" }[way], recent), h("span", { class: "spoken" }, words));
}

/** @param {string} who @param {string} text @param {string} kind */
function quote(who, text, kind) {
  return h("blockquote", { class: `gap-quote is-${kind}` }, h("b", {}, t(who)), " ", text);
}
