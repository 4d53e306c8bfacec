// Pictures that no article names any more, with their size; an admin removes them in one act, nobody else and nothing does.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { toast } from "../toast.js";
import { lang, t } from "../words.js";

/** @typedef {import("../types.d.ts").UnusedPicture} UnusedPicture */

/** @param {number} bytes */
const size = (bytes) => (bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

/** @param {UnusedPicture[]} pictures */
const sizeOf = (pictures) => size(pictures.reduce((sum, { bytes }) => sum + bytes, 0));

export class UnusedPictures {
  /** @param {import("../types.d.ts").Agent} me */
  constructor(me) {
    this.mayRemove = me.role === "admin";
    this.element = h("div", {});
  }

  async load() {
    try {
      this.#draw(await api.unusedPictures());
    } catch (error) {
      this.element.replaceChildren(h("p", { class: "quiet" }, errorText(error)));
    }
  }

  /** @param {UnusedPicture[]} pictures */
  #draw(pictures) {
    this.element.replaceChildren(...(pictures.length === 0 ? [] : [h("details", { class: "health-kind" },
      h("summary", {}, h("h2", {}, t("health.pictures")), h("span", { class: "count" }, String(pictures.length)), h("span", { class: "quiet" }, sizeOf(pictures))),
      h("p", { class: "quiet" }, t(this.mayRemove ? "health.pictures.hint" : "health.pictures.hint_editor")),
      this.mayRemove && this.#removal(pictures),
      h("ul", {}, pictures.map((picture) => this.#row(picture))))]));
  }

  /** @param {UnusedPicture} picture */
  #row({ name, bytes, added_at }) {
    return h("li", {},
      h("a", { class: "picture-link", href: `/pictures/${encodeURIComponent(name)}`, target: "_blank", rel: "noopener" },
        h("img", { src: `/pictures/${encodeURIComponent(name)}`, alt: "", loading: "lazy" }), name),
      h("span", { class: "quiet" }, size(bytes), " · ", h("time", { datetime: new Date(added_at).toISOString(), title: exact(added_at, lang()) }, ago(added_at, lang()))));
  }

  /** Asked once more, as there is no way back. @param {UnusedPicture[]} pictures */
  #removal(pictures) {
    const place = h("div", { class: "picture-acts" });
    const begin = h("button", { type: "button", class: "button", onclick: () => {
      const sure = h("button", { type: "button", class: "button danger", onclick: () => void this.#remove(pictures, place) }, t("health.pictures.sure", { n: pictures.length, size: sizeOf(pictures) }));
      place.replaceChildren(h("p", { role: "status" }, t("health.pictures.no_way_back")), sure,
        h("button", { type: "button", class: "button", onclick: () => { place.replaceChildren(begin); begin.focus(); } }, t("health.pictures.keep")));
      sure.focus();
    } }, t("health.pictures.remove", { n: pictures.length, size: sizeOf(pictures) }));
    place.replaceChildren(begin);
    return place;
  }

  /** @param {UnusedPicture[]} pictures @param {HTMLElement} place */
  async #remove(pictures, place) {
    for (const button of place.querySelectorAll("button")) button.disabled = true;
    try {
      const gone = await api.removeUnusedPictures(pictures.map(({ name }) => name));
      toast(t("health.pictures.gone", { n: gone.length, size: sizeOf(gone) }), { tone: "good" });
    } catch (error) {
      toastError(error);
    }
    await this.load();
  }
}
