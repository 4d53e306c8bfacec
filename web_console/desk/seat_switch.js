// The agent's own switch in the bar: available or away, and how many conversations they have.

import { h } from "/common/dom.js";
import { t } from "../words.js";

/** @typedef {import("./model.js").Desk} Desk */

/**
 * "Available", with how many the agent has; pressed, it is "away".
 * @param {Desk} desk
 */
export class SeatSwitch {
  #sign = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.element = h("button", { type: "button", class: "seat-switch", role: "switch", onclick: () => this.turn() });
    this.update = this.update.bind(this);
    desk.addEventListener("seats", this.update);
    desk.addEventListener("link", this.update);
    this.update();
  }

  dispose() {
    clearTimeout(this.#timer);
    this.desk.removeEventListener("seats", this.update);
    this.desk.removeEventListener("link", this.update);
  }

  turn() {
    const seat = this.desk.seats.of(this.desk.me.id);
    if (seat) this.desk.setAvailable(!seat.available);
  }

  update() {
    const seat = this.desk.seats.of(this.desk.me.id);
    const wraps = (seat?.wrap_until ?? 0) > this.desk.now();
    clearTimeout(this.#timer);
    if (seat?.wrap_until && wraps) this.#timer = setTimeout(this.update, seat.wrap_until - this.desk.now() + 50);
    const sign = JSON.stringify([seat, this.desk.isOnline, wraps]);
    if (sign === this.#sign) return;
    this.#sign = sign;
    this.element.hidden = !seat;
    if (!seat) return;
    const { available, active, capacity } = seat;
    const load = capacity === undefined ? t("seat.load", { active }) : t("seat.load_of", { active, capacity });
    this.element.setAttribute("aria-checked", String(available));
    this.element.disabled = !this.desk.isOnline;
    this.element.title = t(available ? "seat.go_away" : "seat.come_back");
    this.element.replaceChildren(
      h("span", { class: `seat-dot ${wraps ? "is-wrapping" : available ? "is-available" : "is-away"}`, "aria-hidden": "true" }),
      h("span", { class: "seat-word" }, t(wraps ? "seat.wrapping_up" : available ? "seat.available" : "seat.away")),
      h("span", { class: "seat-load" }, load));
  }
}
