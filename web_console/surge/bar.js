// Above the lists: who waits with the same matter, and the way to answer them together.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { bindKeys } from "../keys.js";
import { t, waitText } from "../words.js";
import { showSurge } from "./answer.js";
import { matterOf, topicOf } from "./words.js";

const MODES = /** @type {const} */ (["auto", "on", "off"]);
const MOST_SHOWN = 4;

export class SurgeBar {
  /** @type {() => void} */ unbind;

  /** @param {import("../desk/model.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.element = h("section", { class: "surges", "aria-label": t("surge.title") });
    this.onchange = () => this.#draw();
    desk.addEventListener("surges", this.onchange);
    this.unbind = bindKeys("surge.title", [
      { key: "a", label: "surge.key", run: () => {
        const [group] = desk.surges.groups;
        if (!group) return false;
        showSurge(desk, group);
        return true;
      } },
    ]);
    this.#draw();
  }

  dispose() {
    this.unbind();
    this.desk.removeEventListener("surges", this.onchange);
  }

  #draw() {
    const { groups, mode } = this.desk.surges;
    const { supervises } = this.desk;
    this.element.hidden = groups.length === 0 && !supervises;
    const focused = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement.dataset.group : undefined;
    this.element.replaceChildren(
      ...groups.slice(0, MOST_SHOWN).map((group, at) => h("button", { type: "button", class: "surge", "data-group": group.id, onclick: () => showSurge(this.desk, group) },
        h("span", { class: "surge-count" }, t("surge.count", { n: group.members.length })),
        h("span", { class: "surge-matter", lang: group.samples[0]?.lang ?? null }, matterOf(group)),
        h("span", { class: "quiet" }, [topicOf(group), t("desk.waiting_since", { wait: waitText(this.desk.now() - group.since) })].filter(Boolean).join(" · ")),
        at === 0 && h("kbd", { "aria-hidden": "true" }, "a"))),
      ...(supervises ? [this.#switch(mode)] : []));
    if (focused) for (const button of this.element.querySelectorAll("button")) if (button.dataset.group === focused) button.focus();
  }

  /** @param {string} mode */
  #switch(mode) {
    const field = h("select", { class: "input surge-switch", onchange: async () => {
      try {
        await api.switchSurge(/** @type {"auto" | "on" | "off"} */ (field.value));
        await this.desk.loadSurges();
      } catch (error) {
        toastError(error);
        this.#draw();
      }
    } }, MODES.map((one) => h("option", { value: one, selected: one === mode && "selected" }, t(`surge.mode.${one}`))));
    return h("label", { class: "surge-mode quiet" }, icon("list"), t("surge.mode"), field);
  }
}
