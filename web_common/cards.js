// Order and return cards: quieter than words, state by shape and word, dates in the reader's format.

import { h, copyText } from "./dom.js";
import { icon } from "./icons.js";
import { day, isoDay } from "./time.js";

/**
 * @typedef {import("./i18n.js").Translator} Translator
 * @typedef {import("./types.d.ts").OrderCard} OrderCard
 * @typedef {import("./types.d.ts").OrderParcel} OrderParcel
 * @typedef {import("./types.d.ts").ReturnCard} ReturnCard
 * @typedef {{ label: string, at: number | null, state: "done" | "now" | "next" | "late" }} Step
 */

/**
 * @param {import("./types.d.ts").Card} card
 * @param {Translator} words
 * @returns {HTMLElement}
 */
export function cardOf(card, words) {
  return card.type === "order" ? orderCard(card, words) : returnCard(card, words);
}

/** @param {OrderCard} order @param {Translator} words */
function orderCard(order, words) {
  const { t, lang } = words;
  const late = order.parcels.some((parcel) => parcel.late);
  return h("div", { class: "card", role: "group", "aria-label": t("order.title"), lang },
    h("header", { class: "card-head" },
      h("div", null, h("span", { class: "card-kind" }, t("order.title")), copyable(order.number, words)),
      h("p", { class: "badge", "data-state": order.state }, icon(badgeIcon(order.state)), t(`order.state.${order.state}`))),
    late && h("p", { class: "badge", "data-state": "late" }, icon("alert"), t("order.late")),
    h("p", { class: "card-small" }, t("order.placed", { date: day(order.placed_at, lang) })),
    h("ul", { class: "card-items", "aria-label": t("order.items") },
      order.items.map((item) => h("li", null, t("order.item", { name: item.name, n: item.quantity })))),
    order.parcels.length
      ? order.parcels.map((parcel, index) => parcelPart(parcel, index, order.parcels.length, words))
      : timeline(orderSteps(order, words), t("order.progress"), words));
}

/** @param {import("./types.d.ts").OrderState} state */
function badgeIcon(state) {
  if (state === "unpaid" || state === "paid" || state === "packed") return "clock";
  if (state === "shipped") return "parcel";
  if (state === "delivered" || state === "refunded") return "check";
  return state === "cancelled" ? "close" : "back";
}

/**
 * @param {OrderParcel} parcel
 * @param {number} index
 * @param {number} count
 * @param {Translator} words
 */
function parcelPart(parcel, index, count, words) {
  const { t } = words;
  const title = count > 1 ? t("order.parcel_of", { n: index + 1, count }) : t("order.parcel");
  return h("div", { class: "parcel" },
    h("p", { class: "parcel-head" }, h("strong", null, title), h("span", null, parcel.carrier),
      parcel.tracking && copyable(parcel.tracking, words)),
    timeline(parcelSteps(parcel, words), title, words),
    parcel.delay && h("p", { class: "delay" }, icon("alert"), h("span", null, parcel.delay)));
}

/**
 * @param {OrderParcel} parcel
 * @param {Translator} words
 * @param {number} [now]
 * @returns {Step[]}
 */
export function parcelSteps(parcel, { t }, now = Date.now()) {
  const shipped = parcel.shipped_at !== null;
  /** @type {Step[]} */
  const steps = [{ label: t(shipped ? "step.shipped" : "step.ship"), at: parcel.shipped_at, state: shipped ? "done" : "now" }];
  if (parcel.delivered_at !== null) {
    steps.push({ label: t("step.delivered"), at: parcel.delivered_at, state: "done" });
  } else {
    if (shipped) steps.push({ label: t("step.on_the_way"), at: null, state: "now" });
    if (parcel.expected_at !== null) {
      // A late parcel's date is the new one where it lies ahead, else the promise that was not kept.
      const label = !parcel.late ? "step.expected" : parcel.expected_at < now ? "step.expected_late" : "step.expected_new";
      steps.push({ label: t(label), at: parcel.expected_at, state: parcel.late ? "late" : "next" });
    }
  }
  return steps;
}

/**
 * The way of an order that has no parcel yet; none for one that has ended.
 * @param {OrderCard} order
 * @param {Translator} words
 * @returns {Step[]}
 */
export function orderSteps(order, { t }) {
  const reached = ["unpaid", "paid", "packed"].indexOf(order.state);
  if (reached < 0) return [];
  /** @type {(order: number) => Step["state"]} */
  const state = (step) => (step <= reached ? "done" : step === reached + 1 ? "now" : "next");
  return [
    { label: t("step.placed"), at: order.placed_at, state: "done" },
    { label: t(reached >= 1 ? "step.paid" : "step.pay"), at: null, state: state(1) },
    { label: t(reached >= 2 ? "step.packed" : "step.pack"), at: null, state: state(2) },
    { label: t("step.ship"), at: null, state: state(3) },
  ];
}

/** @param {Step[]} steps @param {string} label @param {Translator} words */
function timeline(steps, label, { t, lang }) {
  if (!steps.length) return null;
  return h("ol", { class: "timeline", "aria-label": label },
    steps.map((step) => h("li", { "data-state": step.state, "aria-current": step.state === "now" && "step" },
      h("span", null, step.label),
      step.state === "done" && h("span", { class: "spoken" }, t("step.done")),
      step.at !== null && h("time", { datetime: new Date(step.at).toISOString() }, day(step.at, lang)))));
}

/** @param {ReturnCard} card @param {Translator} words */
function returnCard(card, words) {
  const { t, lang } = words;
  const title = t(`return.title.${card.kind}`);
  return h("div", { class: "card", role: "group", "aria-label": title, lang },
    h("header", { class: "card-head" },
      h("div", null, h("span", { class: "card-kind" }, title), copyable(card.number, words, "card-number"))),
    h("p", { class: "card-small" }, t("return.hint")),
    h("dl", { class: "facts" },
      fact(t("return.item"), card.item),
      fact(t("return.order"), h("span", { class: "code", translate: "no" }, card.order)),
      fact(t("return.send_by"), h("time", { datetime: card.send_by }, isoDay(card.send_by, lang))),
      fact(t("return.postage"), t(card.postage_paid_by_shop ? "return.postage.shop" : "return.postage.buyer"))));
}

/** @param {string} name @param {import("./dom.js").Child} value */
function fact(name, value) {
  return h("div", null, h("dt", null, name), h("dd", null, value));
}

/**
 * A number that is copied by one tap.
 * @param {string} number
 * @param {Translator} words
 * @param {string} [extraClass]
 */
export function copyable(number, { t }, extraClass = "") {
  const said = h("span", { class: "copied", role: "status" });
  const button = h("button", { type: "button", class: `copy ${extraClass}`, "aria-label": t("copy.number", { number }), onclick: copy },
    h("span", { class: "code", translate: "no" }, number), icon("copy"));
  async function copy() {
    said.textContent = t((await copyText(number)) ? "copy.done" : "copy.failed");
    setTimeout(() => (said.textContent = ""), 2_500);
  }
  return h("span", { class: "copyable" }, button, said);
}
