// What an agent wants to know before the first word: what to do first, who, which order, what they want, what was tried, how they
// feel and by which words, why it came here and why so urgent.

import { copyable } from "/common/cards.js";
import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { currentWords, lang, t, tOr } from "../words.js";
import { noticeable } from "./order.js";
import { factorText, feelingMark, reasonMark } from "./words.js";

/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {import("../types.d.ts").HandoffItem} HandoffItem */
/** @typedef {import("../types.d.ts").Lang} Lang */
/** @typedef {import("../types.d.ts").Feeling} Feeling */

/** The handoff that brought the conversation to people this time. @param {Item[]} items @returns {HandoffItem | null} */
export function lastHandoff(items) {
  const found = items.findLast((item) => item.kind === "handoff" || item.kind === "handed_back" || item.kind === "closed");
  return found?.kind === "handoff" && found.brief ? found : null;
}

/** Has a person answered since? @param {Item[]} items @param {HandoffItem} handoff */
export function isAnswered(items, handoff) {
  return items.some((item) => item.seq > handoff.seq && item.kind === "message" && item.author.role === "agent");
}

/**
 * @param {HandoffItem} handoff
 * @param {{open: boolean, spoken: Lang, now: Feeling | null, ontoggle: () => void}} how `spoken`: the shopper's language;
 *   `now`: how they feel since, where that is known
 */
export function briefOf(handoff, { open, spoken, now, ontoggle }) {
  const brief = handoff.brief;
  if (!brief) return null;
  const quote = brief.wants_text ? h("q", { lang: spoken }, brief.wants_text) : null;
  const toggle = h("button", {
    type: "button", class: "brief-toggle", "aria-expanded": String(open), "aria-keyshortcuts": "s", onclick: ontoggle,
  }, t(open ? "brief.hide" : "brief.show"), h("kbd", { "aria-hidden": "true" }, "s"));
  const head = h("header", { class: "brief-head" },
    h("h3", {}, t("brief.title")),
    !open && handoff.reason && reasonMark(handoff.reason),
    !open && (now ? marksOf(now) : noticeable(brief.feeling).map(feelingMark)).slice(0, 1),
    toggle);
  const step = brief.next_step?.[lang()];
  const next = step ? h("p", { class: "brief-next" }, h("span", { class: "quiet" }, t("brief.next")), " ", h("strong", {}, step)) : null;
  if (!open) {
    return h("section", { class: "brief brief-folded", "aria-label": t("brief.title") }, head,
      h("p", { class: "brief-line" }, quote ?? wish(brief)));
  }
  return h("section", { class: "brief", "aria-label": t("brief.title"), tabindex: "0" }, head, next,
    h("dl", { class: "brief-facts" },
      fact("brief.why", handoff.reason && reasonMark(handoff.reason),
        brief.trigger && brief.trigger !== brief.wants_text && h("q", { lang: spoken }, brief.trigger), handoff.priority && priority(handoff.priority)),
      fact("brief.wants", wish(brief) && h("strong", {}, wish(brief)), quote, !brief.wants && !quote ? t("intent.unknown") : null),
      fact("brief.who", brief.who ?? h("span", { class: "quiet" }, t("brief.who_unproved"))),
      fact("brief.order", brief.order ? copyable(brief.order, currentWords()) : h("span", { class: "quiet" }, t("brief.order_none"))),
      brief.pictures ? fact("brief.pictures", t("brief.pictures_count", { n: brief.pictures })) : null,
      brief.mentioned?.length ? fact("brief.mentioned", ...brief.mentioned.map(({ what, value }) => h("p", {}, h("span", { class: "quiet" }, t(`mentioned.${what}`)), " ", value))) : null,
      fact("brief.tried", brief.tried.length ? h("ol", { class: "brief-tried" }, brief.tried.map((tried) => h("li", {}, triedText(tried)))) : t("brief.tried_nothing")),
      fact("brief.feeling", feelings(brief, spoken, now))));
}

/** @param {string} key @param {...(import("/common/dom.js").Child)} values */
function fact(key, ...values) {
  return h("div", {}, h("dt", {}, t(key)), h("dd", {}, values));
}

/** An intent by its word, an article by the title it was answered with. @param {import("../types.d.ts").Brief} brief @returns {string} */
function wish({ wants, tried }) {
  if (!wants) return "";
  const answered = tried.find((one) => one.did === "answered" && one.article === wants);
  return answered ? String(answered.title) : tOr(`intent.${wants}`, wants.replaceAll("_", " "));
}

/** @param {Feeling} feeling @returns {HTMLElement[]} */
function marksOf(feeling) {
  const marks = noticeable(feeling).map(feelingMark);
  return marks.length ? marks : [h("span", { class: "mark" }, icon("calm"), t("feeling.calm"))];
}

/** Whether it reads otherwise than when it was handed over. @param {Feeling} then @param {Feeling | null} now */
export function feelsOtherwise(then, now) {
  return now !== null && JSON.stringify(noticeable(then)) !== JSON.stringify(noticeable(now));
}

/** @param {import("../types.d.ts").Brief} brief @param {Lang} spoken @param {Feeling | null} now */
function feelings(brief, spoken, now) {
  const shown = marksOf(brief.feeling);
  const since = now && feelsOtherwise(brief.feeling, now)
    ? h("p", { class: "marks brief-now" }, h("span", { class: "quiet" }, t("brief.feeling_now")), marksOf(now)) : null;
  const words = brief.words.length
    ? h("p", { class: "brief-words" }, h("span", { class: "quiet" }, t("brief.feeling_words")),
      brief.words.map((word) => h("q", { lang: spoken }, word)))
    : null;
  return h("div", {}, since, h("p", { class: "marks" }, since && h("span", { class: "quiet" }, t("brief.feeling_then")), shown), words);
}

/** @param {{score: number, factors: {name: string, points: number}[]}} value */
function priority({ score, factors }) {
  return h("p", { class: "brief-priority" },
    h("span", {}, t("brief.priority", { score })),
    factors.length > 0 && h("span", { class: "quiet" }, factors.map((factor, at) => [
      at > 0 && (lang() === "en" ? ", " : "、"),
      factorText(factor),
    ]).flat()));
}

/** @param {{did: string} & Record<string, any>} tried */
function triedText(tried) {
  switch (tried.did) {
    case "answered":
      return t(tried.helped === true ? "tried.answered_yes" : tried.helped === false ? "tried.answered_no" : "tried.answered", { title: tried.title });
    case "clarified": return t("tried.clarified");
    case "not_understood": return t("tried.not_understood", { text: tried.text });
    case "order_shown":
    case "order_not_proved": return t(`tried.${tried.did}`, { order: tried.order });
    case "return_opened": return t("tried.return_opened", { number: tried.number });
    case "return_refused": return t("tried.return_refused", { order: tried.order, rule: tOr(`rule.${tried.rule}`, tried.rule.replaceAll("_", " ")) });
    default: return tried.did.replaceAll("_", " ");
  }
}
