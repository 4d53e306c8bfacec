// What poor ratings ask of a supervisor: open ones by due time, taken ones, done ones with how the shopper found the remedy.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { keepInStep } from "../keyed.js";
import { bindKeys } from "../keys.js";
import { hashOf } from "../router.js";
import { toast } from "../toast.js";
import { lang, t } from "../words.js";

/** @typedef {import("../types.d.ts").FollowUp} FollowUp */
/** @typedef {"open" | "taken" | "done"} State */

/** @type {State[]} */
const STATES = ["open", "taken", "done"];
const ASK_EVERY_MS = 30_000;

export class FollowUpsView {
  /** @type {State} */ #state = "open";
  /** @type {FollowUp[]} */ #rows = [];
  #loaded = false;

  /** @param {import("../types.d.ts").Agent} me @param {import("../desk/model.js").Desk | null} desk a rating there is news here */
  constructor(me, desk) {
    this.me = me;
    this.tabs = h("div", { class: "tabs", role: "tablist", "aria-label": t("follow.title") });
    this.rows = h("ul", { class: "follow-rows" });
    this.empty = h("p", { class: "empty" });
    this.element = h("section", { class: "pane follow-ups", "aria-label": t("follow.title") },
      h("header", { class: "place-head" }, h("h1", {}, t("follow.title"))), this.tabs,
      h("div", { class: "scroller", id: "follow-rows", role: "tabpanel" }, this.rows, this.empty));
    this.unbind = bindKeys("nav.follow_ups", [
      { key: "j", label: "follow.next", run: () => this.#move(1) },
      { key: "k", label: "follow.previous", run: () => this.#move(-1) },
      ...STATES.map((state, at) => ({ key: String(at + 1), label: `follow.${state}`, run: () => this.#show(state) })),
    ]);
    this.watching = new AbortController();
    /** @type {string} */ let known = "";
    desk?.addEventListener("rows", () => {
      const ratings = JSON.stringify([...desk.rows.values()].filter((row) => row.rating !== undefined).map((row) => [row.conv, row.rating, row.updated_at]));
      if (ratings !== known && known !== "") void this.#load();
      known = ratings;
    }, { signal: this.watching.signal });
    this.ticking = setInterval(() => void this.#load(), ASK_EVERY_MS);
    this.#draw();
    void this.#load();
  }

  dispose() {
    this.unbind();
    this.watching.abort();
    clearInterval(this.ticking);
  }

  show() {}

  /** @param {State} state */
  #show(state) {
    this.#state = state;
    this.#rows = [];
    this.#loaded = false;
    this.#draw();
    void this.#load();
  }

  /** @param {1 | -1} step */
  #move(step) {
    const links = [...this.rows.querySelectorAll("a.follow-who")];
    const at = links.findIndex((link) => link.closest("li")?.contains(document.activeElement));
    const next = links[Math.min(links.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    if (next instanceof HTMLElement) next.focus();
  }

  async #load() {
    const state = this.#state;
    try {
      const rows = await api.followUps(state);
      if (state !== this.#state) return;
      this.#rows = rows;
      this.#loaded = true;
      this.#draw();
    } catch (error) {
      if (!this.#loaded) toastError(error);
    }
  }

  #draw() {
    keepInStep(this.tabs, STATES.map((state) => ({
      key: state, sign: String(state === this.#state),
      make: () => h("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(state === this.#state), "aria-controls": "follow-rows", onclick: () => this.#show(state) }, t(`follow.${state}`)),
    })));
    keepInStep(this.rows, this.#rows.map((row) => ({ key: `${row.conv}:${row.resolution}`, sign: JSON.stringify(row), make: () => this.#row(row) })));
    this.empty.hidden = this.#rows.length > 0;
    this.empty.textContent = this.#loaded ? t(`follow.empty.${this.#state}`) : t("desk.loading");
  }

  /** @param {FollowUp} row */
  #row(row) {
    const now = Date.now();
    const late = row.state !== "done" && row.due_at < now;
    const at = row.done_at ?? row.due_at;
    return h("li", { class: "follow-row" },
      h("p", { class: "follow-head" },
        h("span", { class: "mark mark-red" }, t("follow.score", { n: row.score })),
        row.score_again !== undefined && h("span", { class: row.score_again > row.score ? "mark mark-good" : "mark mark-red" }, t("follow.score_again", { n: row.score_again })),
        h("a", { class: "follow-who", href: hashOf("desk", row.conv) }, t("follow.conversation", { code: row.conv.slice(-4).toUpperCase() })),
        row.agent && h("span", { class: "quiet" }, t("follow.resolved_by", { name: row.agent.name })),
        row.owner && h("span", { class: "quiet" }, t("follow.owner", { name: row.owner.name })),
        h("time", { class: late ? "sla-mark is-late" : "quiet", datetime: new Date(at).toISOString(), title: exact(at, lang()) },
          t(row.state === "done" ? "follow.done_at" : late ? "follow.late" : "follow.due", { time: ago(at, lang(), now) }))),
      row.comment && h("blockquote", { lang: row.lang, dir: "auto" }, row.comment),
      row.comment_again && h("blockquote", { lang: row.lang, dir: "auto" }, row.comment_again),
      row.remedy ? h("p", {}, icon("done"), " ", row.remedy) : null,
      row.state !== "done" && h("div", { class: "wrap-acts" },
        row.owner?.id !== this.me.id && h("button", { type: "button", class: "button small", onclick: () => this.#do(() => api.takeFollowUp(row), t("follow.taken_done")) }, t("follow.take")),
        h("button", { type: "button", class: "button small", onclick: () => this.#ask("note", row) }, t("follow.note")),
        h("button", { type: "button", class: "button small primary", onclick: () => this.#ask("done", row) }, t("follow.end"))));
  }

  /** @param {"note" | "done"} what @param {FollowUp} row */
  #ask(what, row) {
    const field = h("textarea", { rows: "3", class: "correct-field", maxlength: what === "note" ? "4000" : "1000", "aria-label": t(`follow.${what}_label`), placeholder: t(`follow.${what}_hint`) });
    const form = h("form", { method: "dialog", class: "wrap-form", onsubmit: () => {
      const text = field.value.trim();
      if (what === "note" && text) void this.#do(() => api.noteFollowUp(row, text), t("follow.noted"));
      if (what === "done") void this.#do(() => api.endFollowUp(row, text), t(text ? "follow.asked_again" : "follow.ended"));
    } },
    h("header", { class: "sheet-head" }, h("h2", { id: "follow-title" }, t(`follow.${what}_label`)),
      h("button", { type: "button", class: "icon-button", "aria-label": t("wrap.close_sheet"), onclick: () => dialog.close() }, icon("close"))),
    field,
    h("div", { class: "wrap-acts" }, h("button", { type: "submit", class: "button primary" }, t(what === "note" ? "follow.note" : "follow.end"))));
    const dialog = h("dialog", { class: "sheet correct", "aria-labelledby": "follow-title" }, form);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  }

  /** @param {() => Promise<unknown>} deed @param {string} said */
  async #do(deed, said) {
    try {
      await deed();
      toast(said, { tone: "good" });
    } catch (error) {
      toastError(error);
    }
    await this.#load();
  }
}
