// The frame around desk, knowledge and test bench: where one is, whether the line is up, language, keys, the way out.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { isSounding, switchSound } from "../desk/chime.js";
import { canNotify, isNotifying, switchNotifications } from "../desk/notices.js";
import { rowsOf } from "../desk/order.js";
import { SeatSwitch } from "../desk/seat_switch.js";
import { icon } from "../icons.js";
import { bindKeys } from "../keys.js";
import { PLACES } from "../places.js";
import { go, hashOf } from "../router.js";
import { toast, toastRegion } from "../toast.js";
import { lang, t } from "../words.js";
import { showKeySheet } from "./key_sheet.js";
import { showPalette } from "./palette.js";

/** @typedef {import("../types.d.ts").Agent} Agent */
/** @typedef {import("../types.d.ts").Lang} Lang */
/** @typedef {import("../places.js").Place} Place */

export class Shell {
  /**
   * @param {Agent} me
   * @param {Place[]} places that this agent may enter
   * @param {import("../desk/model.js").Desk | null} desk
   * @param {{onlang: (lang: Lang) => void, onsignout: () => void}} on
   */
  constructor(me, places, desk, { onlang, onsignout }) {
    this.me = me;
    this.desk = desk;
    this.onlang = onlang;
    this.onsignout = onsignout;
    this.places = places;
    this.links = linksTo([...new Set(places.map((place) => PLACES[place].part))].map((part) => places.find((place) => PLACES[place].part === part) ?? part));
    this.within = h("nav", { class: "within", "aria-label": t("nav.within") });
    this.count = h("span", { class: "count nav-count" });
    this.links.get("desk")?.append(this.count);
    this.seat = desk && new SeatSwitch(desk);
    this.link = h("div", { class: "link-state", role: "status" });
    this.main = h("main", { id: "main", tabindex: "-1" });
    this.element = h("div", { class: "shell" },
      h("a", { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => { event.preventDefault(); this.main.focus(); } }, t("app.skip")),
      h("header", { class: "bar" },
        h("span", { class: "brand", "aria-hidden": "true" }, t("app.name")),
        h("nav", { "aria-label": t("nav.label") }, [...this.links.values()]),
        this.link,
        this.seat?.element,
        this.#menu()),
      this.within,
      this.main,
      toastRegion());
    this.closeMenu = (/** @type {Event} */ event) => {
      for (const one of this.element.querySelectorAll("details:is(.menu, .why)[open]")) {
        if (event.target instanceof Node && !one.contains(event.target)) one.removeAttribute("open");
      }
    };
    addEventListener("pointerdown", this.closeMenu);
    this.update = this.update.bind(this);
    desk?.addEventListener("rows", this.update);
    desk?.addEventListener("link", this.update);
    this.unbind = bindKeys("keys.everywhere", [
      ...places.map((place) => ({ key: PLACES[place].key, label: `keys.${place}`, run: () => go(hashOf(place)) })),
      { key: "?", label: "keys.help", run: showKeySheet },
      { key: "k", mod: true, whileTyping: true, label: "palette.title", run: () => showPalette(this.desk) },
    ]);
    this.update();
  }

  dispose() {
    this.unbind();
    this.desk?.removeEventListener("rows", this.update);
    this.desk?.removeEventListener("link", this.update);
    removeEventListener("pointerdown", this.closeMenu);
    this.seat?.dispose();
    clearTimeout(this.#linkTimer);
  }

  /** @param {Place} place */
  at(place) {
    const { part } = PLACES[place];
    for (const [one, link] of this.links) mark(link, PLACES[one].part === part, one === place ? "page" : "true");
    const near = this.places.filter((one) => PLACES[one].part === part);
    this.within.hidden = near.length < 2;
    this.within.replaceChildren(...[...linksTo(near)].map(([one, link]) => {
      mark(link, one === place, "page");
      return link;
    }));
  }

  update() {
    if (!this.desk) return;
    const waiting = rowsOf(this.desk.rows.values(), "queue", this.me.id).length;
    this.count.hidden = waiting === 0;
    this.count.replaceChildren(h("span", { "aria-hidden": "true" }, waiting), h("span", { class: "spoken" }, ` ${t("status.queued")}`));
    const { name } = this.desk.socket.state;
    const state = name === "ready" ? "online" : name === "connecting" ? "connecting" : "offline";
    if (state === this.#linkState) return;
    // A reload of the server takes a blink; only what lasts is worth a word.
    clearTimeout(this.#linkTimer);
    if (state === "online" || this.#linkState === "offline") this.#showLink(state);
    else this.#linkTimer = setTimeout(() => this.#showLink(state), 800);
  }
  #linkState = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #linkTimer = undefined;

  /** @param {"online" | "connecting" | "offline"} state */
  #showLink(state) {
    // While we try again and again, the sentence stays.
    const shown = state === "connecting" && this.#linkState === "offline" ? "offline" : state;
    if (shown === this.#linkState) return;
    this.#linkState = shown;
    this.link.className = `link-state is-${shown}`;
    this.link.replaceChildren(icon(shown === "online" ? "done" : shown === "offline" ? "warn" : "queued"),
      h("span", { class: "link-text" }, t(`link.${shown}`)),
      ...(shown === "offline" ? [h("button", { type: "button", class: "link-button", onclick: () => this.desk?.socket.probe() }, t("link.retry"))] : []));
  }

  #menu() {
    const summary = h("summary", { class: "icon-button", "aria-label": t("nav.menu") }, h("span", { class: "initial", "aria-hidden": "true" }, [...this.me.name][0] ?? "?"));
    const notify = h("button", { type: "button", class: "menu-item", onclick: () => this.#notifications(notify) });
    notify.textContent = t(isNotifying() ? "notice.desktop_on" : "notice.desktop_off");
    const sound = h("button", { type: "button", class: "menu-item", onclick: () => { sound.textContent = t(switchSound() ? "notice.sound_on" : "notice.sound_off"); } });
    sound.textContent = t(isSounding() ? "notice.sound_on" : "notice.sound_off");
    const menu = h("details", { class: "menu" }, summary,
      h("div", { class: "menu-sheet" },
        h("p", { class: "menu-who" }, h("strong", {}, this.me.name), h("span", { class: "quiet" }, t(`role.${this.me.role}`))),
        h("fieldset", { class: "menu-langs" }, h("legend", {}, t("nav.language")),
          LANGS.map((one) => h("button", { type: "button", class: "menu-item", lang: one, "aria-pressed": String(one === lang()), onclick: () => this.onlang(one) },
            one === lang() ? icon("done") : h("span", { class: "icon" }), LANG_NAMES[one]))),
        this.desk && canNotify() && notify,
        this.desk && sound,
        h("button", { type: "button", class: "menu-item", onclick: () => { menu.open = false; showKeySheet(); } }, t("nav.keys"), h("kbd", { "aria-hidden": "true" }, "?")),
        h("button", { type: "button", class: "menu-item", onclick: this.onsignout }, t("nav.sign_out"))));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      summary.focus();
    });
    return menu;
  }

  /** @param {HTMLElement} button */
  async #notifications(button) {
    const now = await switchNotifications();
    button.textContent = t(now === "on" ? "notice.desktop_on" : "notice.desktop_off");
    if (now === "denied") toast(t("notice.desktop_denied"), { tone: "bad" });
  }
}

/** @param {Place[]} places @returns {Map<Place, HTMLElement>} */
function linksTo(places) {
  return new Map(places.map((place) => [place, h("a", { href: hashOf(place), class: "nav-link" }, h("span", {}, t(`nav.${place}`)))]));
}

/** @param {HTMLElement} link @param {boolean} isCurrent @param {"page" | "true"} how */
function mark(link, isCurrent, how) {
  if (isCurrent) link.setAttribute("aria-current", how);
  else link.removeAttribute("aria-current");
}
