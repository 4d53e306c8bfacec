// REST calls of the console: one place that knows the CSRF header, the error shape and the end of a session.

import { supervisionOf } from "./api_admin.js";
import { inOurWords } from "./told.js";

/** @typedef {import("./types.d.ts").Agent} Agent */
/** @typedef {import("./types.d.ts").Article} Article */
/** @typedef {import("./types.d.ts").ArticleDraft} ArticleDraft */
/** @typedef {import("./types.d.ts").ArticleRow} ArticleRow */
/** @typedef {import("./types.d.ts").DeskRow} DeskRow */
/** @typedef {import("./types.d.ts").Item} Item */

/** What went wrong, as the server says it, or `offline` when it could not be reached. */
export class ApiError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} status HTTP status, 0 when there was no answer
   * @param {any} [body] the whole answer
   * @param {number} [retryAfterSeconds]
   */
  constructor(code, message, status, body, retryAfterSeconds) {
    super(message || code);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Fires `expired` when a call finds the session gone. */
export const session = new EventTarget();

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, signal?: AbortSignal, quiet?: boolean}} [options] `quiet`: a 401 is an answer, not the end
 * @returns {Promise<any>}
 */
async function call(method, path, { body, signal, quiet } = {}) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-warmline-csrf"] = "1";
  const isFile = body instanceof Blob;
  if (body !== undefined) headers["content-type"] = isFile ? body.type : "application/json";
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method, headers, signal, credentials: "same-origin", cache: "no-store",
      body: body === undefined || isFile ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("offline", "", 0);
  }
  const text = await response.text();
  /** @type {any} */
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's error page, say. The status tells enough.
  }
  if (response.ok) return answer;
  if (response.status === 401 && !quiet) session.dispatchEvent(new Event("expired"));
  inOurWords(answer);
  const retryAfter = Number(response.headers.get("retry-after"));
  throw new ApiError(
    answer?.error?.code ?? "http", answer?.error?.message ?? "", response.status, answer,
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
  );
}

/** @param {string} id */
const articlePath = (id) => `/api/articles/${encodeURIComponent(id)}`;

/** @param {import("./types.d.ts").FollowUp} one */
const followUpPath = ({ conv, resolution }) => `/api/follow-ups/${encodeURIComponent(conv)}/${resolution}`;
/** @param {string} id */
const gapPath = (id) => `/api/gaps/${encodeURIComponent(id)}`;
const supervision = supervisionOf(call);

export const api = {
  /** @returns {Promise<Agent | null>} who is signed in */
  async whoami() {
    try {
      return (await call("GET", "/api/session", { quiet: true })).agent;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null;
      throw error;
    }
  },

  /**
   * @param {string} mail
   * @param {string} password
   * @returns {Promise<Agent | null>}
   */
  async signIn(mail, password) {
    const answer = await call("POST", "/api/session", { body: { mail, password }, quiet: true });
    return answer?.agent ?? api.whoami();
  },

  signOut: () => call("DELETE", "/api/session", { quiet: true }),

  /** @param {string} inbox @returns {Promise<{names: Record<string, string>, files?: number}>} */
  widgetConfig: (inbox) => call("GET", `/api/widget/config?inbox=${encodeURIComponent(inbox)}`, { quiet: true }),

  /** @returns {Promise<string>} a one-time ticket for the socket */
  ticket: async () => (await call("POST", "/api/session/ticket")).ticket,

  /** Seats, teams and languages. @returns {Promise<{seats: import("./types.d.ts").Seat[], teams: import("./types.d.ts").Team[], langs: Record<string, string[]>}>} */
  desk: async () => call("GET", "/api/desk"),

  /**
   * @param {"queue" | "mine" | "all" | "closed"} view
   * @param {{category?: string, tag?: string}} [filter] of closed ones
   * @param {DeskRow} [after] of `all` and `closed` the page behind this row
   * @returns {Promise<DeskRow[]>}
   */
  conversations: async (view, filter = {}, after = undefined) => {
    /** @type {Record<string, string>} */
    const behind = after ? { before: String(after.updated_at), after: after.conv } : {};
    return (await call("GET", `/api/conversations?${new URLSearchParams({ view, ...filter, ...behind })}`)).rows;
  },

  /** Notes that name me and that I have not looked at. @returns {Promise<import("./types.d.ts").Mention[]>} */
  mentions: async () => (await call("GET", "/api/mentions")).mentions ?? [],

  /** @param {string} conv */
  readMentions: (conv) => call("POST", `/api/mentions/${encodeURIComponent(conv)}/read`, { body: {} }),

  /** @returns {Promise<import("./types.d.ts").CallBack[]>} the first due first */
  callBacks: async () => (await call("GET", "/api/call-backs")).call_backs ?? [],

  /** @param {string} conv */
  calledBack: (conv) => call("POST", `/api/call-backs/${encodeURIComponent(conv)}/done`, { body: {} }),

  /** @param {"open" | "taken" | "done"} state @returns {Promise<import("./types.d.ts").FollowUp[]>} */
  followUps: async (state) => (await call("GET", `/api/follow-ups?state=${state}`)).follow_ups,

  /** @param {import("./types.d.ts").FollowUp} one */
  takeFollowUp: (one) => call("POST", `${followUpPath(one)}/take`, { body: {} }),

  /** @param {import("./types.d.ts").FollowUp} one @param {string} text */
  noteFollowUp: (one, text) => call("POST", `${followUpPath(one)}/note`, { body: { text } }),

  /** With a remedy the shopper is asked once more. @param {import("./types.d.ts").FollowUp} one @param {string} remedy */
  endFollowUp: (one, remedy) => call("POST", `${followUpPath(one)}/done`, { body: { remedy } }),

  /** Categories, outcomes and tags of the shop. @returns {Promise<import("./types.d.ts").WrapUpRules>} */
  wrapUp: () => call("GET", "/api/wrap-up"),

  /**
   * Conversations in which all of this was said, newest change first.
   * @param {import("./desk/search.js").Wanted} wanted
   * @param {AbortSignal} [signal]
   * @returns {Promise<DeskRow[]>}
   */
  async searchConversations({ q, since, until, category, tag }, signal) {
    const query = new URLSearchParams({ q, ...(category && { category }), ...(tag && { tag }) });
    if (since !== undefined) query.set("since", String(since));
    if (until !== undefined) query.set("until", String(until));
    return (await call("GET", `/api/conversations/search?${query}`, { signal })).rows;
  },

  /**
   * @param {string} conv
   * @param {number} before seq
   * @returns {Promise<Item[]>} oldest first
   */
  entriesBefore: async (conv, before) =>
    (await call("GET", `/api/conversations/${encodeURIComponent(conv)}/entries?before=${before}`)).items,

  /**
   * A page of them, and how many there are in all.
   * @param {{q?: string, category?: string, status?: string, stage?: string, sort?: string, descending?: boolean, lang?: string, offset?: number, limit?: number}} filter
   * @param {AbortSignal} [signal]
   * @returns {Promise<{articles: ArticleRow[], total: number}>}
   */
  async articles(filter, signal) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, String(value));
    const tail = query.toString();
    return call("GET", `/api/articles${tail ? `?${tail}` : ""}`, { signal });
  },

  /** @param {string} id @returns {Promise<Article>} */
  article: async (id) => unwrapArticle(await call("GET", articlePath(id))),

  /** @param {string} id @param {ArticleDraft} draft @returns {Promise<Article>} */
  saveArticle: async (id, draft) => unwrapArticle(await call("PUT", articlePath(id), { body: draft })),

  /** @param {string} id @param {number} version @param {string} [why] */
  archiveArticle: async (id, version, why = "") => unwrapArticle(await call("DELETE", `${articlePath(id)}?${new URLSearchParams({ version: String(version), why })}`)),

  /** @param {string} id @param {string} [why] */
  restoreArticle: async (id, why = "") => unwrapArticle(await call("POST", `${articlePath(id)}/restore?${new URLSearchParams({ why })}`)),

  /** Files of a conversation. @param {string} conv */
  filesPath: (conv) => `/api/conversations/${encodeURIComponent(conv)}/files`,

  /** @param {string} conv @param {string} id @returns {Promise<Blob>} */
  async attachment(conv, id) {
    const response = await fetch(`${api.filesPath(conv)}/${encodeURIComponent(id)}`, { credentials: "same-origin" });
    if (!response.ok) throw new ApiError("http", "", response.status);
    return response.blob();
  },

  /** @param {Blob} picture @returns {Promise<string>} its address for an answer */
  addPicture: async (picture) => (await call("POST", "/api/pictures", { body: picture })).address,

  /** @returns {Promise<import("./types.d.ts").UnusedPicture[]>} that no article, draft or file names */
  unusedPictures: async () => (await call("GET", "/api/pictures/unused")).pictures,

  /** @param {string[]} names @returns {Promise<import("./types.d.ts").UnusedPicture[]>} those that went */
  removeUnusedPictures: async (names) => (await call("DELETE", "/api/pictures/unused", { body: { names } })).pictures,

  /** @param {string} markdown @param {AbortSignal} [signal] @returns {Promise<string>} sanitised HTML */
  preview: async (markdown, signal) => (await call("POST", "/api/preview", { body: { markdown }, signal })).html,

  /**
   * What the tone coach says about a reply; null: it may go as it is.
   * @param {string} conv
   * @param {string} text
   * @returns {Promise<import("./types.d.ts").ToneFinding | null>}
   */
  coach: async (conv, text) => (await call("POST", "/api/coach", { body: { conv, text } })).tone,

  /** @param {string} conv @returns {Promise<import("./types.d.ts").Suggestions>} */
  suggestions: (conv) => call("GET", `/api/conversations/${encodeURIComponent(conv)}/suggestions`),

  /** @returns {Promise<import("./types.d.ts").Phrase[]>} everybody's and the agent's own */
  phrases: async () => (await call("GET", "/api/phrases")).phrases,

  /** @param {import("./types.d.ts").PhraseDraft} draft @returns {Promise<import("./types.d.ts").Phrase>} */
  createPhrase: (draft) => call("POST", "/api/phrases", { body: draft }),

  /** @param {string} id @param {import("./types.d.ts").PhraseDraft} draft @returns {Promise<import("./types.d.ts").Phrase>} */
  savePhrase: (id, draft) => call("PUT", `/api/phrases/${encodeURIComponent(id)}`, { body: draft }),

  /** @param {string} id @param {number} version */
  removePhrase: (id, version) => call("DELETE", `/api/phrases/${encodeURIComponent(id)}?version=${version}`),

  /** @param {string} id */
  notePhraseUse: (id) => call("POST", `/api/phrases/${encodeURIComponent(id)}/use`, { body: {} }),

  /** Who waits with the same matter. @returns {Promise<import("./types.d.ts").Surges>} */
  surges: () => call("GET", "/api/surges"),

  /** @param {"auto" | "on" | "off"} mode */
  switchSurge: (mode) => call("PUT", "/api/surges", { body: { mode } }),

  /** @returns {Promise<import("./types.d.ts").RulesFile>} */
  rules: () => call("GET", "/api/rules"),

  /** @param {string} version @param {string} text @returns {Promise<import("./types.d.ts").RulesFile>} */
  saveRules: (version, text) => call("PUT", "/api/rules", { body: { version, text } }),

  /** What they would have done; nothing is written. @param {string} text @param {number} days @returns {Promise<import("./types.d.ts").RulesTried>} */
  tryRules: (text, days) => call("POST", "/api/rules/try", { body: { text, days } }),

  /** @returns {Promise<import("./types.d.ts").Notice[]>} newest first */
  notices: async () => (await call("GET", "/api/notices")).notices,

  /** @param {string} conv */
  endNotices: (conv) => call("DELETE", `/api/notices/${encodeURIComponent(conv)}`),

  /** @returns {Promise<import("./types.d.ts").Macro[]>} everybody's and the agent's own */
  macros: async () => (await call("GET", "/api/macros")).macros,

  /** @param {import("./types.d.ts").MacroDraft} draft @returns {Promise<import("./types.d.ts").Macro>} */
  createMacro: (draft) => call("POST", "/api/macros", { body: draft }),

  /** @param {string} id @param {import("./types.d.ts").MacroDraft} draft @returns {Promise<import("./types.d.ts").Macro>} */
  saveMacro: (id, draft) => call("PUT", `/api/macros/${encodeURIComponent(id)}`, { body: draft }),

  /** @param {string} id @param {number} version */
  removeMacro: (id, version) => call("DELETE", `/api/macros/${encodeURIComponent(id)}?version=${version}`),

  /** What it would do. @param {string} id @param {string[]} convs @returns {Promise<import("./types.d.ts").MacroPreview[]>} */
  previewMacro: async (id, convs) => (await call("POST", `/api/macros/${encodeURIComponent(id)}/preview`, { body: { convs } })).previews,

  /**
   * A series of acts on each of several conversations; the same run once more does nothing twice.
   * @param {{run: string, targets: import("./types.d.ts").RunTarget[]}} run
   * @returns {Promise<import("./types.d.ts").RunOutcome[]>} in the order of the targets
   */
  run: async (run) => (await call("POST", "/api/runs", { body: run })).outcomes,

  /** @returns {Promise<import("./types.d.ts").OpenPromise[]>} the first due first */
  promises: async () => (await call("GET", "/api/promises")).promises,

  /** @param {string} id */
  dismissPromise: (id) => call("DELETE", `/api/promises/${encodeURIComponent(id)}`),

  /**
   * Keeps what was typed; 409 with `current_draft` when somebody else wrote on.
   * @param {string} id
   * @param {import("./types.d.ts").WireFields & {version: number, revision: number}} typed
   * @returns {Promise<import("./types.d.ts").ServerDraft>}
   */
  keepArticleDraft: (id, typed) => call("PUT", `${articlePath(id)}/draft`, { body: typed }),

  /**
   * @param {string} id
   * @param {{revision: number, act: "submit" | "send_back" | "schedule" | "unschedule", at?: number, why?: string}} wish
   * @returns {Promise<import("./types.d.ts").ServerDraft & {tests?: import("./types.d.ts").TestRun}>}
   */
  moveArticleDraft: (id, wish) => call("POST", `${articlePath(id)}/draft`, { body: wish }),

  /** @param {string} id @param {number} revision */
  dropArticleDraft: (id, revision) => call("DELETE", `${articlePath(id)}/draft?revision=${revision}`),

  /** @param {string} id @returns {Promise<import("./types.d.ts").VersionRow[]>} newest first */
  articleVersions: async (id) => (await call("GET", `${articlePath(id)}/versions`)).versions,

  /** @param {string} id @param {number} version @returns {Promise<Article>} */
  articleVersion: (id, version) => call("GET", `${articlePath(id)}/versions/${version}`),

  /** @param {string} id @param {{to: number, version: number, why: string}} wish @returns {Promise<Article>} */
  rollBackArticle: (id, wish) => call("POST", `${articlePath(id)}/roll-back`, { body: wish }),

  /** What publishing it would do. @param {string} id @param {import("./types.d.ts").WireFields} fields @param {AbortSignal} [signal] @returns {Promise<import("./types.d.ts").Trial>} */
  tryArticle: (id, fields, signal) => call("POST", `${articlePath(id)}/trial`, { body: fields, signal }),

  /**
   * @param {string} id
   * @param {import("./types.d.ts").ArticleText & {lang: import("./types.d.ts").Lang}} text
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.d.ts").Advice[]>}
   */
  advise: async (id, text, signal) => (await call("POST", `${articlePath(id)}/advice`, { body: text, signal })).advice,

  /** @param {string} id @returns {Promise<{days: number, effect: import("./types.d.ts").ArticleEffect, edits: import("./types.d.ts").EditEffect[]}>} */
  articleEffect: (id) => call("GET", `${articlePath(id)}/effect`),

  /** What articles did for shoppers in the last days. @param {number} days @returns {Promise<{days: number, effects: import("./types.d.ts").ArticleEffect[], titles: Record<string, Partial<Record<import("./types.d.ts").Lang, string>>>}>} */
  effects: (days) => call("GET", `/api/studio/effects?days=${days}`),

  /** What the last edits did, newest first. @returns {Promise<import("./types.d.ts").EditEffect[]>} */
  edits: async () => (await call("GET", "/api/studio/edits")).edits,

  /** @returns {Promise<{refuses_broken_tests: boolean, rights: import("./types.d.ts").CategoryRight[]}>} */
  studio: () => call("GET", "/api/studio"),

  /** In the order of the help centre. @returns {Promise<import("./types.d.ts").Category[]>} */
  categories: async () => (await call("GET", "/api/studio/categories")).categories,

  /** @param {string} id @param {Record<string, string>} names by language */
  nameCategory: (id, names) => call("PUT", `/api/studio/categories/${encodeURIComponent(id)}`, { body: { names } }),

  /** @param {string[]} order */
  orderCategories: (order) => call("PUT", "/api/studio/categories", { body: { order } }),

  /** @param {string} id */
  removeCategory: (id) => call("DELETE", `/api/studio/categories/${encodeURIComponent(id)}`),

  /** @param {import("./types.d.ts").CategoryRight} right */
  setCategoryRight: (right) => call("PUT", "/api/studio/rights", { body: right }),

  /** @param {boolean} refuses @param {string} why */
  refuseBrokenTests: (refuses, why) => call("PUT", "/api/studio", { body: { refuses_broken_tests: refuses, why } }),

  /** @returns {Promise<{tests: import("./types.d.ts").KnowledgeTest[], runs: import("./types.d.ts").TestRun[]}>} */
  knowledgeTests: () => call("GET", "/api/knowledge-tests"),

  /** @param {{question: string, lang: string, expects: string, target?: string, why?: string}} test @returns {Promise<import("./types.d.ts").KnowledgeTest>} */
  addKnowledgeTest: (test) => call("POST", "/api/knowledge-tests", { body: test }),

  /** @param {string} id @param {string} why */
  removeKnowledgeTest: (id, why) => call("DELETE", `/api/knowledge-tests/${encodeURIComponent(id)}?${new URLSearchParams({ why })}`),

  /** @returns {Promise<import("./types.d.ts").CheckedTest[]>} */
  runKnowledgeTests: async () => (await call("POST", "/api/knowledge-tests/run", { body: {} })).results,

  /** @returns {Promise<{path: string, category: string}[]>} */
  studioFiles: async () => (await call("GET", "/api/studio/files")).files,

  /** @param {string} path @returns {Promise<{path: string, content: string, is_new: boolean, versions: import("./types.d.ts").FileVersion[], may_publish: boolean}>} */
  studioFile: (path) => call("GET", `/api/studio/file?path=${encodeURIComponent(path)}`),

  /** 422 with `mistake: {line, message}`. @param {string} path @param {string} content @param {AbortSignal} [signal] @returns {Promise<import("./types.d.ts").Trial>} */
  tryStudioFile: (path, content, signal) => call("POST", "/api/studio/file/trial", { body: { path, content }, signal }),

  /** @param {string} path @param {string} content @returns {Promise<{form: import("./types.d.ts").FileFormContent, replies: string[], intents: string[], settings: import("./types.d.ts").Setting[]}>} */
  fileForm: (path, content) => call("POST", "/api/studio/file/form", { body: { path, content } }),

  /** @param {string} path @param {string} content @param {import("./types.d.ts").FileFormContent} form @returns {Promise<string>} the text as the form says it */
  writeFileForm: async (path, content, form) => (await call("PUT", "/api/studio/file/form", { body: { path, content, form } })).content,

  /** @param {{pattern: string} | {example: string}} typed @returns {Promise<import("./types.d.ts").PastMatches>} */
  pastMatches: (typed) => call("POST", "/api/studio/matches", { body: typed }),

  /** @param {{path: string, content: string, base: string | null, why: string}} change @returns {Promise<{versions: import("./types.d.ts").FileVersion[], tests?: import("./types.d.ts").TestRun}>} */
  saveStudioFile: (change) => call("PUT", "/api/studio/file", { body: change }),
  /** @param {import("./types.d.ts").GapState} state @returns {Promise<{gaps: import("./types.d.ts").Gap[], editors: {id: string, name: string}[]}>} the largest first */
  gaps: (state) => call("GET", `/api/gaps?state=${state}`),

  /** @param {string} id @returns {Promise<import("./types.d.ts").GapDetail>} */
  gap: (id) => call("GET", gapPath(id)),

  /** @param {string} id @param {string | null} agent */
  assignGap: (id, agent) => call("POST", `${gapPath(id)}/assign`, { body: { agent } }),

  /** @param {string} id */
  dismissGap: (id) => call("POST", `${gapPath(id)}/dismiss`, { body: {} }),

  /** @param {string} id */
  reopenGap: (id) => call("POST", `${gapPath(id)}/reopen`, { body: {} }),

  /** @param {string} id @param {string} into */
  mergeGap: (id, into) => call("POST", `${gapPath(id)}/merge`, { body: { into } }),

  /** @param {string} id @returns {Promise<string>} the draft's id */
  draftFromGap: async (id) => (await call("POST", `${gapPath(id)}/draft`, { body: {} })).article,

  /** @returns {Promise<import("./types.d.ts").HealthReport | null>} as it was last looked at */
  health: () => call("GET", "/api/health"),

  /** @returns {Promise<import("./types.d.ts").HealthReport>} */
  lookAtHealth: () => call("POST", "/api/health", { body: {} }),

  /**
   * @param {import("./types.d.ts").ImportFile[]} files
   * @param {{apply?: boolean, with_tests?: boolean}} how
   * @returns {Promise<import("./types.d.ts").ImportPlan>}
   */
  importArticles: (files, { apply = false, with_tests = false }) => call("POST", "/api/import", { body: { files, apply, with_tests } }),

  /** How a conversation stands. @param {string} conv @returns {Promise<import("./types.d.ts").Standing>} */
  standing: (conv) => call("GET", `/api/conversations/${encodeURIComponent(conv)}/standing`),

  /** What was before. @param {string} conv @returns {Promise<import("./types.d.ts").History>} */
  history: (conv) => call("GET", `/api/conversations/${encodeURIComponent(conv)}/history`),

  /** @param {string} conv @param {string | null} tier @returns {Promise<import("./types.d.ts").Standing>} */
  setTier: (conv, tier) => call("PUT", `/api/conversations/${encodeURIComponent(conv)}/tier`, { body: { tier } }),

  ...supervision,

  /** @param {string} text @param {string} [lang] @returns {Promise<any>} */
  ask: (text, lang) => call("POST", "/api/ask", { body: lang ? { text, lang } : { text } }),
};

/** @param {any} answer @returns {Article} */
function unwrapArticle(answer) {
  return answer?.article ?? answer;
}
