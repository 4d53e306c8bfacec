// What was changed, by whom and when; the newest first.

import { h } from "/common/dom.js";
import { exact } from "/common/time.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { lang, t, tOr } from "../words.js";

/** @typedef {import("../types.d.ts").Change} Change */

/** @type {import("./view.js").Page} */
export async function auditPage() {
  const body = h("tbody");
  const more = h("button", { type: "button", class: "button" }, t("admin.audit.more"));
  const names = new Map();
  let last = 0;
  const load = async () => {
    const changes = await api.changes(last || undefined);
    body.append(...changes.map((change) => rowOf(change, names)));
    last = changes.at(-1)?.seq ?? last;
    more.hidden = changes.length < 100 || last <= 1;
  };
  more.addEventListener("click", () => void load().catch(toastError));
  try {
    for (const one of await api.staff()) names.set(one.id, one.name);
    await load();
  } catch (error) {
    return h("p", { class: "empty" }, errorText(error));
  }
  return h("div", { class: "admin-section" },
    h("header", { class: "place-head" }, h("h1", {}, t("admin.audit"))),
    h("p", { class: "help admin-lead" }, t("admin.audit.help")),
    body.childElementCount === 0 ? h("p", { class: "empty" }, t("admin.audit.empty")) : h("div", { class: "admin-table-frame" }, h("table", { class: "admin-table" },
      h("thead", {}, h("tr", {}, ["at", "by", "deed", "about", "detail"].map((name) => h("th", { scope: "col" }, t(`admin.audit.${name}`))))), body)),
    more);
}

/** @param {Change} change @param {Map<string, string>} names of accounts */
function rowOf(change, names) {
  const detail = Object.entries(change.detail ?? {}).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return h("tr", {},
    h("td", { class: "number" }, h("time", { datetime: new Date(change.at).toISOString() }, exact(change.at, lang()))),
    h("td", {}, change.by.name),
    h("td", {}, tOr(`deed.${change.deed}`, change.deed)),
    h("td", {}, names.get(change.about) ?? change.about),
    h("td", { class: "quiet admin-detail" }, detail.join(" · ")));
}
