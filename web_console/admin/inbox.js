// The inbox: how it gives conversations out, when it is open, what it promises. Simple things as a form; the rest of
// desk.toml (routes, tiers) as the file.

import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { api } from "../api.js";
import { errorText } from "../errors.js";
import { icon } from "../icons.js";
import { go, hashOf } from "../router.js";
import { t } from "../words.js";
import { FieldProblems, check, field, formError, saving, select } from "./form.js";
import { spansOf, specialOf } from "./hours.js";

/** @typedef {import("../types.d.ts").InboxRules} InboxRules */
/** @typedef {import("../types.d.ts").SlaRule} SlaRule */

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const OWED = /** @type {const} */ (["first_response_minutes", "next_response_minutes", "resolution_minutes"]);
const CHANNELS = ["widget", "mail", "phone", "messaging"];

/** @type {import("./view.js").Page} */
export async function inboxPage({ mayChange, query }) {
  try {
    const all = await api.inboxes();
    const inbox = all.find((one) => one === query.get("of")) ?? all[0];
    const [{ version, rules }, { names }] = await Promise.all([api.inboxRules(inbox), api.widgetConfig(inbox)]);
    return h("div", { class: "admin-section" },
      h("header", { class: "place-head" }, h("h1", {}, t("admin.inbox")),
        h("a", { class: "button", href: hashOf("admin", "files", { path: "playbook/desk.toml" }) }, t("admin.inbox.file"))),
      all.length > 1 && h("nav", { class: "admin-inboxes", "aria-label": t("admin.inboxes") }, all.map((one) =>
        h("a", { class: "admin-link", href: hashOf("admin", "inbox", { of: one }), "aria-current": one === inbox ? "page" : null }, one))),
      !mayChange && h("p", { class: "banner" }, t("admin.read_only")),
      // One name of the shop, whichever door leads to it.
      inbox === all[0] && nameForm(inbox, names, mayChange), formOf(inbox, version, rules, mayChange));
  } catch (error) {
    return h("p", { class: "empty" }, errorText(error));
  }
}

/** What the shop is called, in each language. @param {string} inbox @param {Record<string, string>} names @param {boolean} mayChange */
function nameForm(inbox, names, mayChange) {
  const inputs = LANGS.map((lang) => h("input", { value: names[lang] ?? "", lang, autocomplete: "off", disabled: !mayChange }));
  const form = h("form", {
    class: "admin-form", novalidate: true, "aria-label": t("admin.inbox.name"),
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      void saving(form, () => api.renameShop(inbox, Object.fromEntries(LANGS.map((lang, at) => [lang, inputs[at].value]))));
    },
  },
  h("h2", {}, t("admin.inbox.name")),
  h("div", { class: "admin-fields" }, LANGS.map((lang, at) => field(`names.${lang}`, LANG_NAMES[lang], inputs[at]))),
  formError(),
  mayChange && h("div", { class: "admin-acts" }, h("button", { type: "submit", class: "button" }, t("admin.save"))));
  return form;
}

/** @param {string[]} spans */
const joined = (spans) => spans.join(", ");
/** Commas and spaces of either script. @param {string} text */
const parts = (text) => text.split(/[,，、\s]+/u).filter(Boolean);
/** @param {string} text */
const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
/** Whole numbers only; nothing written is no number. @param {HTMLInputElement} input @param {string} name as the server calls the field */
function number(input, name) {
  if (!/^\d{1,9}$/u.test(input.value.trim())) throw new FieldProblems([{ field: name, message: t("admin.whole_number") }]);
  return Number(input.value);
}

/** @param {string} inbox @param {number} version @param {InboxRules} rules @param {boolean} mayChange */
function formOf(inbox, version, rules, mayChange) {
  const way = select(["pull", "least_loaded", "round_robin"].map((one) => [one, t(`admin.way.${one}`)]), rules.way);
  const numeric = (/** @type {number} */ value) => h("input", { type: "number", min: "0", step: "1", value: String(value), inputmode: "numeric" });
  const capacity = numeric(rules.capacity);
  const offer = numeric(rules.offer_seconds);
  const overflow = numeric(rules.overflow_minutes);
  const previous = h("input", { type: "checkbox", checked: rules.previous_first });
  const limited = h("input", { type: "checkbox", checked: rules.hours !== null, onchange: () => { hours.hidden = !limited.checked; } });
  const days = DAYS.map((day) => h("input", { value: joined(rules.hours?.[day] ?? []), placeholder: t("admin.hours.closed"), autocomplete: "off" }));
  const holidays = h("textarea", { rows: 3, value: rules.holidays.join("\n"), placeholder: "2027-02-06/2027-02-12" });
  const special = h("textarea", { rows: 2, value: Object.entries(rules.special).map(([day, spans]) => `${day} ${joined(spans)}`).join("\n"), placeholder: "2026-11-11 08:00-24:00" });
  const hours = h("div", { class: "admin-hours", "data-field": "hours", hidden: !limited.checked },
    h("div", { class: "admin-fields" }, DAYS.map((day, at) => field(`hours.${day}`, t(`admin.day.${day}`), days[at]))),
    h("p", { class: "help" }, t("admin.hours.help")),
    h("div", { class: "admin-fields" }, field("holidays", t("admin.hours.holidays"), holidays, t("admin.hours.holidays_help")), field("special", t("admin.hours.special"), special, t("admin.hours.special_help"))));
  /** @type {{row: HTMLElement, value: (name: string) => SlaRule}[]} */
  let promises = [];
  const list = h("div", { class: "admin-slas" });
  const renumber = () => {
    list.replaceChildren(...promises.map(({ row }, at) => { row.dataset.field = `sla.${at}`; return row; }));
    if (promises.length === 0) list.append(h("p", { class: "quiet" }, t("admin.sla.none")));
  };
  const add = (/** @type {SlaRule} */ rule) => {
    const one = slaRow(rule, () => { promises = promises.filter((other) => other !== one); renumber(); });
    promises.push(one);
    renumber();
  };
  rules.sla.forEach(add);
  renumber();
  /** @returns {InboxRules} */
  const wanted = () => ({
    way: way.value, capacity: number(capacity, "capacity"), offer_seconds: number(offer, "offer_seconds"), overflow_minutes: number(overflow, "overflow_minutes"), previous_first: previous.checked,
    hours: limited.checked ? Object.fromEntries(DAYS.flatMap((day, at) => (days[at].value.trim() ? [[day, spansOf(days[at].value)]] : []))) : null,
    holidays: limited.checked ? lines(holidays.value) : [],
    special: limited.checked ? specialOf(special.value) : {},
    sla: promises.map(({ value }, at) => value(`sla.${at}`)),
  });
  const form = h("form", {
    class: "admin-form", novalidate: true, "aria-label": t("admin.inbox"),
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const done = await saving(form, async () => ({ version } = await api.saveInboxRules(inbox, version, wanted())));
      if (done && form.isConnected) go(hashOf("admin", "inbox", { of: inbox, at: String(version) }), { replace: true });
    },
  },
  h("h2", {}, t("admin.inbox.routing")),
  h("div", { class: "admin-fields" },
    field("way", t("admin.inbox.way"), way, t("admin.inbox.way_help")),
    field("capacity", t("admin.inbox.capacity"), capacity, t("admin.inbox.capacity_help")),
    field("offer_seconds", t("admin.inbox.offer"), offer, t("admin.inbox.offer_help")),
    field("overflow_minutes", t("admin.inbox.overflow"), overflow, t("admin.inbox.overflow_help"))),
  check(t("admin.inbox.previous"), previous),
  h("h2", {}, t("admin.hours")), check(t("admin.hours.limited"), limited), hours,
  h("h2", {}, t("admin.sla")), h("p", { class: "help" }, t("admin.sla.help")), list,
  mayChange && h("button", { type: "button", class: "button", onclick: () => add({ min_priority: 0, around_the_clock: false }) }, icon("plus"), t("admin.sla.add")),
  formError(),
  mayChange && h("div", { class: "admin-acts" }, h("button", { type: "submit", class: "button primary" }, t("admin.save"))));
  if (!mayChange) for (const input of form.querySelectorAll("input, select, textarea, button")) input.setAttribute("disabled", "");
  return form;
}

/** @param {SlaRule} rule @param {() => void} remove */
function slaRow(rule, remove) {
  const priority = h("input", { type: "number", min: "0", step: "1", value: String(rule.min_priority ?? 0), inputmode: "numeric" });
  const tiers = h("input", { value: joined(rule.tiers ?? []), placeholder: t("admin.all"), autocomplete: "off" });
  const channels = CHANNELS.map((one) => h("input", { type: "checkbox", value: one, checked: rule.channels?.includes(one) ?? false }));
  const minutes = OWED.map((owed) => h("input", { type: "number", min: "1", step: "1", value: String(rule[owed] ?? ""), inputmode: "numeric" }));
  const always = h("input", { type: "checkbox", checked: rule.around_the_clock });
  const small = (/** @type {string} */ label, /** @type {HTMLInputElement | HTMLSelectElement} */ input) => {
    input.classList.add("input");
    return h("label", { class: "admin-small" }, h("span", {}, label), input);
  };
  const row = h("fieldset", { class: "admin-sla", "data-field": "" },
    h("legend", { class: "spoken" }, t("admin.sla.one")),
    small(t("admin.sla.priority"), priority), small(t("admin.sla.tiers"), tiers), 
    h("div", { class: "admin-small", role: "group", "aria-label": t("admin.sla.channel") }, h("span", {}, t("admin.sla.channel")),
      h("div", { class: "admin-checks" }, CHANNELS.map((one, at) => check(t(`channel.${one}`), channels[at])))),
    OWED.map((owed, at) => small(t(`admin.sla.${owed}`), minutes[at])),
    check(t("admin.sla.always"), always),
    h("button", { type: "button", class: "icon-button", "aria-label": t("admin.sla.remove"), onclick: remove }, icon("close")),
    h("p", { class: "field-error", hidden: true }));
  row.querySelector(".field-error")?.setAttribute("id", `sla-wrong-${Math.random().toString(36).slice(2)}`);
  return {
    row,
    /** @param {string} name */
    value: (name) => ({
      min_priority: number(priority, name), tiers: parts(tiers.value), channels: channels.filter((box) => box.checked).map((box) => box.value), around_the_clock: always.checked,
      ...Object.fromEntries(OWED.flatMap((owed, at) => (minutes[at].value || minutes[at].validity.badInput ? [[owed, number(minutes[at], name)]] : []))),
    }),
  };
}
