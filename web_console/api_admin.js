// REST calls of admins and supervisors: the wall, staff, teams, the inbox, the files of rules, what was changed.

import { inOurWords } from "./told.js";

/** @typedef {(method: string, path: string, options?: {body?: unknown}) => Promise<any>} Call */
/** @typedef {{name: string, mail: string, role: string, sees: string}} AccountDraft */

/** @param {Call} call */
export function supervisionOf(call) {
  const staff = (/** @type {string} */ id) => `/api/admin/staff/${encodeURIComponent(id)}`;
  const file = (/** @type {string} */ path, /** @type {number} */ version = 0) => `/api/admin/file?${new URLSearchParams({ path, ...(version ? { version: String(version) } : {}) })}`;
  const inbox = (/** @type {string} */ id) => `/api/admin/inboxes/${encodeURIComponent(id)}`;
  const seat = (/** @type {string} */ id) => `/api/desk/seats/${encodeURIComponent(id)}`;
  const team = (/** @type {string} */ id) => `/api/desk/teams/${encodeURIComponent(id)}`;
  return {
    /** @returns {Promise<import("./types.d.ts").Wall>} */
    wall: () => call("GET", "/api/wall"),

    /** @param {string} agent @param {boolean} on */
    setAvailable: (agent, on) => call("PUT", `${seat(agent)}/available`, { body: { on } }),

    /** @param {string} agent @param {{capacity: number | null, langs: string[]}} wish */
    setSeat: (agent, wish) => call("PUT", seat(agent), { body: wish }),

    /** @param {string} id @param {{name: string, members: string[]}} wish */
    saveTeam: (id, wish) => call("PUT", team(id), { body: wish }),

    /** @param {string} id */
    removeTeam: (id) => call("DELETE", team(id)),

    /** @returns {Promise<import("./types.d.ts").StaffAccount[]>} */
    staff: async () => (await call("GET", "/api/admin/staff")).staff,

    /** The password is answered this once. @param {AccountDraft} account @returns {Promise<{id: string, password: string}>} */
    addStaff: (account) => call("POST", "/api/admin/staff", { body: { account, password: null } }),

    /** @param {string} id @param {AccountDraft} account */
    changeStaff: (id, account) => call("PUT", staff(id), { body: account }),

    /** @param {string} id @returns {Promise<{id: string, password: string}>} */
    resetPassword: (id) => call("POST", `${staff(id)}/password`, { body: { password: null } }),

    /** @param {string} id @param {boolean} off */
    switchStaff: (id, off) => call("POST", `${staff(id)}/${off ? "off" : "on"}`, { body: {} }),

    /** The first is the shop's own. @returns {Promise<string[]>} */
    inboxes: async () => (await call("GET", "/api/admin/inboxes")).inboxes,

    /** @param {string} id @returns {Promise<{version: number, rules: import("./types.d.ts").InboxRules}>} */
    inboxRules: (id) => call("GET", inbox(id)),

    /** @param {string} id @param {number} version @param {import("./types.d.ts").InboxRules} rules @returns {Promise<{version: number, rules: import("./types.d.ts").InboxRules}>} */
    saveInboxRules: (id, version, rules) => call("PUT", inbox(id), { body: { version, rules } }),

    /** @param {string} id @param {Record<string, string>} names by language */
    renameShop: (id, names) => call("PUT", `${inbox(id)}/names`, { body: { names } }),

    /** @returns {Promise<import("./types.d.ts").RuleFileRow[]>} */
    files: async () => (await call("GET", "/api/admin/files")).files,

    /** @param {string} path @param {number} [version] an earlier one @returns {Promise<import("./types.d.ts").RuleFile>} */
    file: (path, version) => call("GET", file(path, version)),

    /** @param {string} path @param {number} version @param {string} text @returns {Promise<import("./types.d.ts").RuleFile>} */
    saveFile: (path, version, text) => call("PUT", file(path), { body: { version, text } }),

    /** @param {string} path @param {string} text @returns {Promise<{path: string, line: number, message: string} | null>} */
    checkFile: async (path, text) => inOurWords(await call("POST", "/api/admin/check", { body: { path, text } })).mistake,

    /** @param {number} [before] seq @returns {Promise<import("./types.d.ts").Change[]>} */
    changes: async (before) => (await call("GET", `/api/admin/audit${before ? `?before=${before}` : ""}`)).changes,
  };
}
