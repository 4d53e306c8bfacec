// Passing a conversation on: to a colleague who is there or to a team, with a note that they read first.

import { h } from "/common/dom.js";
import { api } from "../api.js";
import { toastError } from "../errors.js";
import { icon } from "../icons.js";
import { t } from "../words.js";
import { isThere } from "./seats.js";

/** @typedef {import("../types.d.ts").Seat} Seat */
/** @typedef {import("../types.d.ts").Team} Team */
/** @typedef {import("../types.d.ts").Addressee} Addressee */
/** @typedef {import("./model.js").Desk} Desk */

/**
 * To whom it can go now: teams first, then colleagues who are there.
 * @param {Seat[]} seats
 * @param {Team[]} teams
 * @param {string} me
 * @returns {{to: Addressee, name: string, load: string}[]}
 */
export function addressees(seats, teams, me) {
  return [
    ...teams.map(({ id, name, members }) => ({ to: { team: id }, name, load: t(isThere(seats, members) ? "transfer.team" : "transfer.team_away") })),
    ...seats.filter(({ agent, available, there }) => agent.id !== me && available && there)
      .map(({ agent, active, capacity }) => ({ to: { agent: agent.id }, name: agent.name, load: capacity === undefined ? t("seat.load", { active }) : t("seat.load_of", { active, capacity }) })),
  ];
}

/**
 * @param {Desk} desk
 * @param {(to: Addressee, note: string) => void} pass
 */
export async function showTransfer(desk, pass) {
  /** @type {Team[]} */
  let teams;
  try {
    ({ teams } = await api.desk());
  } catch (error) {
    return toastError(error);
  }
  const choices = addressees(desk.seats.all(), teams, desk.me.id);
  const note = h("textarea", { class: "transfer-note", rows: "3", maxlength: "4000", placeholder: t("transfer.note") });
  note.setAttribute("aria-label", t("transfer.note"));
  const list = h("div", { class: "transfer-list", role: "radiogroup", "aria-label": t("transfer.to") },
    choices.map(({ name, load }, at) => h("label", { class: "transfer-choice" },
      h("input", { type: "radio", name: "transfer-to", value: String(at), checked: at === 0 && "checked", autofocus: at === 0 }), h("span", {}, name), h("span", { class: "quiet" }, load))));
  const dialog = h("dialog", { class: "sheet transfer", "aria-labelledby": "transfer-title" },
    h("form", {
      method: "dialog",
      onsubmit: () => {
        const chosen = list.querySelector("input:checked");
        if (chosen instanceof HTMLInputElement) pass(choices[Number(chosen.value)].to, note.value);
      },
    },
    h("header", { class: "sheet-head" },
      h("h2", { id: "transfer-title" }, t("transfer.title")),
      h("button", { type: "button", class: "icon-button", "aria-label": t("transfer.close"), onclick: () => dialog.close() }, icon("close"))),
    choices.length > 0 ? list : h("p", { class: "empty" }, t("transfer.nobody")),
    choices.length > 0 && note,
    choices.length > 0 && h("button", { type: "submit", class: "button primary" }, t("transfer.pass"))));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
}
