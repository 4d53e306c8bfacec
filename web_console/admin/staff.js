// Accounts of staff: who is there, in which role and teams; added, changed, given a new password, switched off.

import { copyable } from "/common/cards.js";
import { h } from "/common/dom.js";
import { LANGS, LANG_NAMES } from "/common/i18n.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { go, hashOf } from "../router.js";
import { toast, toastWithUndo } from "../toast.js";
import { currentWords, t } from "../words.js";
import { check, field, formError, saving, select } from "./form.js";

/** @typedef {import("../types.d.ts").StaffAccount} StaffAccount */
/** @typedef {import("../types.d.ts").Seat} Seat */

const ROLES = ["agent", "editor", "supervisor", "admin"];
const NEW = "new";

/** @type {import("./view.js").Page} */
export async function staffPage({ me, mayChange, query }) {
  /** @type {StaffAccount[]} */
  let staff;
  let desk;
  try {
    [staff, desk] = await Promise.all([api.staff(), api.desk()]);
  } catch (error) {
    return h("p", { class: "empty" }, errorText(error));
  }
  const seats = new Map(desk.seats.map((seat) => [seat.agent.id, seat]));
  const teamsOf = (/** @type {string} */ id) => desk.teams.filter((team) => team.members.includes(id));
  const wanted = query.get("id");
  const row = (/** @type {StaffAccount} */ one) => h("tr", { class: one.disabled ? "is-off" : null },
    h("th", { scope: "row" }, mayChange ? h("a", { href: hashOf("admin", "staff", { id: one.id }) }, one.name) : one.name,
      h("span", { class: "quiet admin-mail" }, one.mail)),
    h("td", {}, t(`role.${one.role}`)),
    h("td", {}, teamsOf(one.id).map(({ name }) => name).join(", ") || "–", one.sees === "teams" ? h("span", { class: "mark quiet" }, icon("lock"), t("admin.sees.teams")) : null),
    h("td", {}, (desk.langs[one.id] ?? []).map((lang) => t(`lang.${lang}`)).join(", ") || t("admin.all")),
    h("td", { class: "number" }, String(seats.get(one.id)?.capacity ?? "–")),
    h("td", {}, one.disabled ? t("admin.off") : seats.get(one.id)?.there ? t("wall.there") : "–"));
  const list = h("div", { class: "admin-table-frame" }, h("table", { class: "admin-table" },
    h("thead", {}, h("tr", {}, ["name", "role", "teams", "langs", "capacity", "state"].map((name) => h("th", { scope: "col" }, t(`admin.staff.${name}`))))),
    h("tbody", {}, staff.map(row))));
  const chosen = staff.find(({ id }) => id === wanted);
  return h("div", { class: "admin-section" },
    h("header", { class: "place-head" }, h("h1", {}, t("admin.staff")),
      mayChange && h("a", { class: "button primary", href: hashOf("admin", "staff", { id: NEW }) }, icon("plus"), t("admin.staff.add"))),
    !mayChange && h("p", { class: "banner" }, t("admin.read_only")),
    mayChange && (chosen || wanted === NEW) && accountForm(me, chosen, chosen && seats.get(chosen.id), chosen ? desk.langs[chosen.id] ?? [] : []),
    list);
}

/**
 * @param {import("../types.d.ts").Agent} me @param {StaffAccount | undefined} stored undefined: a new one
 * @param {Seat | undefined} seat @param {string[]} langs
 */
function accountForm(me, stored, seat, langs) {
  const name = h("input", { value: stored?.name ?? "", autocomplete: "off" });
  const mail = h("input", { type: "email", value: stored?.mail ?? "", autocomplete: "off" });
  const role = select(ROLES.map((one) => [one, t(`role.${one}`)]), stored?.role ?? "agent");
  const sees = select([["all", t("admin.sees.all")], ["teams", t("admin.sees.teams")]], stored?.sees ?? "all");
  const capacity = h("input", { type: "number", min: "1", max: "200", value: String(seat?.capacity ?? ""), inputmode: "numeric" });
  const speaks = LANGS.map((one) => h("input", { type: "checkbox", value: one, checked: langs.includes(one) }));
  const account = () => ({ name: name.value, mail: mail.value, role: role.value, sees: sees.value });
  const again = () => { if (form.isConnected) go(hashOf("admin", "staff", { id: stored?.id ?? "", at: String(Date.now()) }), { replace: true }); };
  const form = h("form", {
    class: "admin-form", novalidate: true, "aria-label": stored ? stored.name : t("admin.staff.add"),
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      /** @type {{password: string} | null} */
      let handed = null;
      const done = await saving(form, async () => {
        if (!stored) return void (handed = await api.addStaff(account()));
        await api.changeStaff(stored.id, account());
        if (seat) await api.setSeat(stored.id, { capacity: capacity.value ? Number(capacity.value) : null, langs: speaks.filter((one) => one.checked).map((one) => one.value) });
      });
      if (!done) return;
      if (handed) form.replaceChildren(password(mail.value, handed, () => go(hashOf("admin", "staff"))));
      else go(hashOf("admin", "staff"));
    },
  },
  h("h2", {}, stored ? stored.name : t("admin.staff.add")),
  h("div", { class: "admin-fields" },
    field("name", t("admin.staff.name"), name),
    field("mail", t("admin.staff.mail"), mail),
    field("role", t("admin.staff.role"), role, t("admin.staff.role_help")),
    field("sees", t("admin.staff.sees"), sees, t("admin.staff.sees_help")),
    seat && field("capacity", t("admin.staff.capacity"), capacity, t("admin.staff.capacity_help"))),
  seat && h("fieldset", { class: "admin-checks" }, h("legend", { class: "label" }, t("admin.staff.langs")),
    LANGS.map((one, at) => check(LANG_NAMES[one], speaks[at])), h("p", { class: "help" }, t("admin.staff.langs_help"))),
  formError(),
  h("div", { class: "admin-acts" },
    h("button", { type: "submit", class: "button primary" }, t("admin.save")),
    stored && h("button", { type: "button", class: "button", onclick: () => void reset(form, stored) }, t("admin.staff.reset")),
    stored && stored.id !== me.id && h("button", { type: "button", class: "button", onclick: () => void turn(stored, !stored.disabled, again) }, t(stored.disabled ? "admin.staff.on" : "admin.staff.off")),
    h("a", { class: "button quiet-button", href: hashOf("admin", "staff") }, t("admin.close"))));
  return form;
}

/** Off ends every session at once; it can be taken back. @param {StaffAccount} stored @param {boolean} off @param {() => void} again */
async function turn(stored, off, again) {
  try {
    await api.switchStaff(stored.id, off);
    if (off) toastWithUndo(t("admin.staff.is_off", { name: stored.name }), () => turn(stored, false, again));
    else toast(t("admin.staff.is_on", { name: stored.name }), { tone: "good" });
    again();
  } catch (error) {
    toastError(error);
  }
}

/** @param {HTMLElement} form @param {StaffAccount} stored */
async function reset(form, stored) {
  try {
    const handed = await api.resetPassword(stored.id);
    form.querySelector(".admin-password")?.remove();
    form.append(password(stored.mail, handed, null));
  } catch (error) {
    toastError(error);
  }
}

/** Shown this once. @param {string} mail @param {{password: string}} handed @param {(() => void) | null} done */
function password(mail, handed, done) {
  return h("div", { class: "banner admin-password", role: "status" },
    h("p", {}, t("admin.staff.handed", { mail }), " ", copyable(handed.password, currentWords())),
    done && h("button", { type: "button", class: "button", onclick: done }, t("admin.close")));
}
