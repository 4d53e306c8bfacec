// One conversation as a line of the list: who, why, how they feel, how long they wait, who else is there.

import { h } from "/common/dom.js";
import { ago, exact } from "/common/time.js";
import { icon } from "../icons.js";
import { hashOf } from "../router.js";
import { lang, t, waitText } from "../words.js";
import { choicesNow, nameOfChoice } from "./choices.js";
import { companyMark, companyText } from "./company_bar.js";
import { offerMark } from "./offer.js";
import { dueText } from "./promise_bar.js";
import { slaMark, slaText } from "./sla.js";
import { mainFeeling, nameOf, previewText, reasonMark } from "./words.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("./model.js").Desk} Desk */

/**
 * @param {Desk} desk
 * @param {DeskRow} row
 * @param {{
 *   place: number, current: boolean, marked: boolean, isNextUp?: boolean,
 *   onclick: (event: MouseEvent) => void, onmark: () => void,
 * }} how `place` in the queue, where it is shown; 0 elsewhere
 * @returns {import("../keyed.js").KeyedRow}
 */
export function keyedRow(desk, row, { place, current, marked, isNextUp = false, onclick, onmark }) {
  const waits = row.status === "queued" || row.status === "offered";
  const isMine = desk.isMine(row.conv);
  const unread = desk.unread(row);
  const isNew = waits && desk.fresh.has(row.conv);
  const promise = desk.promises.of(row.conv);
  const since = waits ? row.queued_at ?? row.updated_at : row.updated_at;
  const now = desk.now();
  const time = waits ? waitText(now - since) : ago(since, lang(), now);
  const company = companyText(desk.company, row.conv);
  const types = desk.log(row.conv)?.typing?.who === "shopper";
  const make = () => {
    const link = h("a", { class: "row", href: hashOf("desk", row.conv), "aria-current": current && "true", onclick },
      h("span", { class: "row-lead" }, place > 0
        ? [h("span", { class: "place", "aria-hidden": "true" }, place), h("span", { class: "spoken" }, t("desk.place", { n: place }))]
        : [icon(row.status), h("span", { class: "spoken" }, t(`status.${row.status}`))]),
      h("span", { class: "row-name" }, h("span", { class: unread ? "name unread" : "name" }, nameOf(row)),
        promise ? h("span", { class: desk.promises.isDue(promise) ? "mark mark-red" : "mark mark-warn" }, icon("queued"), t("promise.mark", { time: dueText(promise.due_at, now) }))
          : row.reason && row.status !== "closed" && reasonMark(row.reason)),
      h("time", {
        class: "row-time", datetime: new Date(since).toISOString(),
        title: waits ? t("desk.waiting_exact", { time: exact(since, lang()) }) : exact(since, lang()),
      }, time, waits && h("span", { class: "spoken" }, t("desk.waiting_since", { wait: time }))),
      h("span", { class: "row-preview" }, companyMark(desk.company, row.conv), (waits || row.status === "assigned") && mainFeeling(row), slaMark(row, now),
        row.tags?.slice(0, 2).map((tag) => h("span", { class: "row-tag" }, nameOfChoice(choicesNow()?.tags, tag))) ?? null,
        types ? h("span", { class: "row-words row-types" }, t("company.shopper_types")) : h("span", { class: "row-words", lang: row.lang }, previewText(row.preview))),
      h("span", { class: "row-trail" },
        desk.isOffered(row.conv) && offerMark(row, now),
        unread > 0 ? h("span", { class: "badge-count" }, h("span", { "aria-hidden": "true" }, unread), h("span", { class: "spoken" }, t("desk.unread", { n: unread })))
          : isNew ? h("span", { class: "new-mark" }, t("desk.new"))
          : row.assignee && !isMine && (row.status === "assigned" || row.status === "offered") ? h("span", { class: "holder" }, row.status === "offered" ? t("desk.offered_to", { name: row.assignee.name }) : row.assignee.name) : null));
    return isNextUp
      ? h("div", { class: "next-up-row" }, h("p", { class: "eyebrow" }, t("desk.next_up")), link)
      : h("li", {}, h("input", { type: "checkbox", class: "row-mark", tabindex: "-1", checked: marked, "aria-label": t("bulk.mark", { who: nameOf(row) }), onchange: onmark }), link);
  };
  const sign = JSON.stringify([row, slaText(row, now), promise, promise && desk.promises.isDue(promise), place, time, unread, current, isMine, isNew, marked, choicesNow() !== null, company, types]);
  return { key: row.conv, sign, make };
}
