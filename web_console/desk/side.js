// The right pane: facts that the conversation itself brought to light, and who had it when.

import { copyable } from "/common/cards.js";
import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { actText } from "../rules/words.js";
import { currentWords, lang, t, tOr } from "../words.js";
import { choicesNow, nameOfChoice } from "./choices.js";
import { nameOf, reasonText } from "./words.js";

/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {import("../types.d.ts").DeskRow} DeskRow */

/**
 * @param {DeskRow | undefined} row
 * @param {Item[]} items
 * @param {{now: number, mayEdit: boolean, onclose: () => void}} how `mayEdit`: articles can be opened
 */
export function sideOf(row, items, { now, mayEdit, onclose }) {
  const orders = new Map();
  /** @type {Map<string, number>} with how many pictures it came */ const returns = new Map();
  const articles = new Map();
  for (const item of items) {
    if (item.kind === "handoff" && item.brief?.order && !orders.has(item.brief.order)) orders.set(item.brief.order, null);
    if (item.kind === "return_opened") returns.set(item.number, item.pictures ?? 0);
    if (item.kind !== "message") continue;
    if (item.card?.type === "order") orders.set(item.card.number, item.card.state);
    if (item.card?.type === "return" && !returns.has(item.card.number)) returns.set(item.card.number, 0);
    if (item.source) articles.set(item.source.article, item.source);
  }
  const history = items.flatMap((item) => {
    const text = lineOf(item) ?? despiteOf(item);
    return text ? [{ at: item.at, text }] : [];
  });
  return [
    h("header", { class: "side-head" },
      h("h2", {}, t("side.title")),
      h("button", { type: "button", class: "icon-button", "aria-label": t("side.close"), onclick: onclose }, icon("close"))),
    row && h("dl", { class: "side-facts" },
      h("div", {}, h("dt", {}, t("side.contact")), h("dd", {}, nameOf(row))),
      h("div", {}, h("dt", {}, t("side.language")), h("dd", {}, t(`lang.${row.lang}`))),
      items[0]?.seq === 1 && h("div", {}, h("dt", {}, t("side.began")), h("dd", {}, moment(items[0].at, now)))),
    section("side.orders", orders.size
      ? h("ul", { class: "side-list" }, [...orders].map(([number, state]) => h("li", {}, copyable(number, currentWords()), state && h("span", { class: "quiet" }, t(`order.state.${state}`)))))
      : h("p", { class: "quiet" }, t("side.no_orders"))),
    returns.size > 0 && section("side.returns", h("ul", { class: "side-list" }, [...returns].map(([number, n]) =>
      h("li", {}, copyable(number, currentWords()), n > 0 && h("span", { class: "quiet" }, t("side.return_pictures", { n })))))),
    articles.size > 0 && section("side.answered_from", h("ul", { class: "side-list" }, [...articles.values()].map(({ article, title, lang: written }) =>
      h("li", {}, mayEdit ? h("a", { href: hashOf("knowledge", article), lang: written }, title) : h("span", { lang: written }, title))))),
    history.length > 0 && section("side.history", h("ol", { class: "side-history" },
      history.map(({ at, text }) => h("li", {}, h("span", {}, text), moment(at, now))))),
  ];
}

/** @param {string} key @param {import("/common/dom.js").Child} content */
function section(key, content) {
  return h("section", { class: "side-section" }, h("h3", {}, t(key)), content);
}

/** @param {number} at @param {number} now */
function moment(at, now) {
  return h("time", { class: "quiet", datetime: new Date(at).toISOString(), title: exact(at, lang()) }, ago(at, lang(), now));
}

/** That a reply was sent although the tone coach had something to say. @param {Item} item @returns {string | null} */
function despiteOf(item) {
  if (item.kind === "message" && item.among) return t("log.among", { n: item.among });
  if (item.kind !== "message" || !item.despite || item.author.role !== "agent") return null;
  return t("coach.despite", { name: item.author.name, tone: tOr(`tone.${item.despite}`, item.despite) });
}

/** @param {Item} item */
const byOf = (item) => (item.author.role === "agent" ? item.author.name : "");

/** @param {import("/common/types.d.ts").WrappedUpItem} item */
function wrapUpText({ category, outcome }) {
  const rules = choicesNow();
  return [category && nameOfChoice(rules?.categories, category), outcome && nameOfChoice(rules?.outcomes, outcome)].filter(Boolean).join(lang() === "en" ? ", " : "、");
}

/** @param {import("/common/types.d.ts").TaggedItem} item */
function tagText({ added = [], removed = [] }) {
  const tags = choicesNow()?.tags;
  return [...added.map((tag) => `+ ${nameOfChoice(tags, tag)}`), ...removed.map((tag) => `− ${nameOfChoice(tags, tag)}`)].join("  ");
}

/** What an agent reads about an entry that is not a message; null for none. @param {Item} item @returns {string | null} */
export function lineOf(item) {
  switch (item.kind) {
    case "handoff": return t("side.handoff", { reason: item.reason ? reasonText(item.reason) : "" });
    case "offered": return t("side.offered", { name: item.agent.name });
    case "assigned": return t(item.author.role === "system" ? "side.given" : "side.assigned", { name: item.agent.name });
    case "handed_back": return item.by.role === "agent" ? t("side.handed_back", { name: item.by.name }) : t("side.left_queue");
    case "requeued": return t(`side.requeued.${item.reason ?? "released"}`, { name: item.from?.name ?? "" });
    case "sla": return t(`side.sla.${item.owed}.${item.breach ? "breach" : "warning"}`);
    case "prioritised": return item.author.role === "agent" ? t("side.prioritised", { name: item.author.name, level: t(`level.${item.level}`) }) : t("side.prioritised_itself", { level: t(`level.${item.level}`) });
    case "alert": return t("side.alert", { reason: reasonText(item.reason) });
    case "rule_fired": return t("side.rule_fired", { rule: item.rule, did: item.did.map(actText).join(" · ") });
    case "wrapped_up": return t("side.wrapped_up", { name: byOf(item), what: wrapUpText(item) });
    case "tagged": return t("side.tagged", { name: byOf(item), what: tagText(item) });
    case "redacted": return t("side.redacted", { name: byOf(item), why: item.why ?? "" });
    case "rating_asked": return t("side.rating_asked");
    case "rated": return item.comment ? t("side.rated_words", { n: item.score, text: item.comment }) : t("side.rated", { n: item.score });
    case "follow_up": return t(`side.follow_up.${item.remedy ? "remedied" : item.did}`, { name: byOf(item), remedy: item.remedy ?? "" });
    case "call_back_asked": return t(`side.call_back.${item.way}`, { time: exact(item.due_at, lang()) });
    case "called_back": return t("side.called_back", { name: byOf(item) });
    case "closed": return item.by.role === "agent" ? t("side.closed", { name: item.by.name }) : t("side.closed_itself");
    case "reopened": return t("side.reopened");
    case "return_opened": return item.pictures ? t("side.return_opened", { number: item.number, n: item.pictures }) : t("tried.return_opened", { number: item.number });
    default: return null;
  }
}
