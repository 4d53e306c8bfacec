// Colleagues at a conversation, said in words: above the composer and in the list.

import { h } from "/common/dom.js";
import { icon } from "../icons.js";
import { lang, t } from "../words.js";

/** @typedef {import("./company.js").Company} Company */

/** "Omar is writing a note", one sentence for each thing that is done. @param {Company} company @param {string} conv @returns {string[]} */
export function companyText(company, conv) {
  return company.groups(conv).map(({ doing, names }) =>
    t(`company.${doing}${names.length > 1 ? ".many" : ""}`, { names: new Intl.ListFormat(lang(), { type: "conjunction" }).format(names) }));
}

/** In a row of the list: the first that matters. @param {Company} company @param {string} conv */
export function companyMark(company, conv) {
  const [first] = companyText(company, conv);
  if (!first) return null;
  const writes = company.groups(conv)[0].doing !== "looking";
  return h("span", { class: writes ? "mark mark-company is-writing" : "mark mark-company" }, icon(writes ? "draft" : "eye"), first);
}

/** Above the composer; the same element for as long as the conversation is on the screen, so that changes are read out. */
export class CompanyBar {
  #sign = "";

  /** @param {Company} company @param {string} conv */
  constructor(company, conv) {
    this.company = company;
    this.conv = conv;
    this.element = h("p", { class: "company", role: "status" });
    this.update();
  }

  update() {
    const texts = companyText(this.company, this.conv);
    const sign = texts.join("\n");
    if (sign === this.#sign) return;
    this.#sign = sign;
    const [first] = this.company.groups(this.conv);
    this.element.classList.toggle("is-writing", first !== undefined && first.doing !== "looking");
    this.element.replaceChildren(...(first ? [icon(first.doing === "looking" ? "eye" : "draft"), ...texts.map((text) => h("span", {}, text))] : []));
  }
}
