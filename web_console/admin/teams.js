// Teams and who is in them.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { errorText, toastError } from "../errors.js";
import { icon } from "../icons.js";
import { go, hashOf } from "../router.js";
import { toast } from "../toast.js";
import { t } from "../words.js";
import { check, field, formError, saving } from "./form.js";

/** @typedef {import("../types.d.ts").Team} Team */
/** @typedef {import("../types.d.ts").Seat} Seat */

const NEW = "new";

/** @type {import("./view.js").Page} */
export async function teamsPage({ query }) {
  let desk;
  try {
    desk = await api.desk();
  } catch (error) {
    return h("p", { class: "empty" }, errorText(error));
  }
  const wanted = query.get("id");
  const names = new Map(desk.seats.map((seat) => [seat.agent.id, seat.agent.name]));
  const chosen = desk.teams.find(({ id }) => id === wanted);
  return h("div", { class: "admin-section" },
    h("header", { class: "place-head" }, h("h1", {}, t("admin.teams")),
      h("a", { class: "button primary", href: hashOf("admin", "teams", { id: NEW }) }, icon("plus"), t("admin.teams.add"))),
    h("p", { class: "help admin-lead" }, t("admin.teams.help")),
    (chosen || wanted === NEW) && teamForm(chosen, desk.seats),
    desk.teams.length === 0 ? h("p", { class: "empty" }, t("admin.teams.empty")) : h("div", { class: "admin-table-frame" }, h("table", { class: "admin-table" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("admin.teams.name")), h("th", { scope: "col" }, t("admin.teams.id")), h("th", { scope: "col" }, t("admin.teams.members")))),
      h("tbody", {}, desk.teams.map((team) => h("tr", {},
        h("th", { scope: "row" }, h("a", { href: hashOf("admin", "teams", { id: team.id }) }, team.name)),
        h("td", {}, team.id),
        h("td", {}, team.members.map((id) => names.get(id) ?? id).join(", ") || t("admin.teams.everybody"))))))));
}

/** @param {Team | undefined} stored @param {Seat[]} seats */
function teamForm(stored, seats) {
  const id = h("input", { value: stored?.id ?? "", disabled: Boolean(stored), autocomplete: "off", pattern: "[a-z0-9\\-]{1,40}" });
  const name = h("input", { value: stored?.name ?? "", autocomplete: "off" });
  const members = seats.map(({ agent }) => h("input", { type: "checkbox", value: agent.id, checked: stored?.members.includes(agent.id) ?? false }));
  const form = h("form", {
    class: "admin-form", "aria-label": stored?.name ?? t("admin.teams.add"), novalidate: true,
    onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const chosen = members.filter((one) => one.checked).map((one) => one.value);
      if (await saving(form, () => api.saveTeam(id.value.trim(), { name: name.value, members: chosen }))) go(hashOf("admin", "teams"));
    },
  },
  h("h2", {}, stored?.name ?? t("admin.teams.add")),
  h("div", { class: "admin-fields" }, field("name", t("admin.teams.name"), name), field("id", t("admin.teams.id"), id, t("admin.teams.id_help"))),
  h("fieldset", { class: "admin-checks" }, h("legend", { class: "label" }, t("admin.teams.members")), seats.map(({ agent }, at) => check(agent.name, members[at]))),
  formError(),
  h("div", { class: "admin-acts" },
    h("button", { type: "submit", class: "button primary" }, t("admin.save")),
    stored && h("button", { type: "button", class: "button", onclick: () => void remove(stored) }, t("admin.teams.remove")),
    h("a", { class: "button quiet-button", href: hashOf("admin", "teams") }, t("admin.close"))));
  return form;
}

/** @param {Team} team */
async function remove(team) {
  try {
    await api.removeTeam(team.id);
    const back = () => api.saveTeam(team.id, { name: team.name, members: team.members }).then(() => go(hashOf("admin", "teams", { at: String(Date.now()) })), toastError);
    toast(t("admin.teams.removed", { name: team.name }), { tone: "good", action: { label: t("toast.undo"), run: back } });
    go(hashOf("admin", "teams"));
  } catch (error) {
    toastError(error);
  }
}
