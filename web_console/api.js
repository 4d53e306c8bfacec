// REST calls of the console: one place that knows the CSRF header, the error shape and the end of a session.

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
  if (body !== undefined) headers["content-type"] = "application/json";
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method, headers, signal, credentials: "same-origin", cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
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
  const retryAfter = Number(response.headers.get("retry-after"));
  throw new ApiError(
    answer?.error?.code ?? "http", answer?.error?.message ?? "", response.status, answer,
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
  );
}

/** @param {string} id */
const articlePath = (id) => `/api/articles/${encodeURIComponent(id)}`;

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

  /** @param {string} inbox @returns {Promise<{name: string}>} */
  widgetConfig: (inbox) => call("GET", `/api/widget/config?inbox=${encodeURIComponent(inbox)}`, { quiet: true }),

  /** @returns {Promise<string>} a one-time ticket for the socket */
  ticket: async () => (await call("POST", "/api/session/ticket")).ticket,

  /**
   * @param {"queue" | "mine" | "all" | "closed"} view
   * @returns {Promise<DeskRow[]>}
   */
  conversations: async (view) => (await call("GET", `/api/conversations?view=${view}`)).rows,

  /**
   * @param {string} conv
   * @param {number} before seq
   * @returns {Promise<Item[]>} oldest first
   */
  entriesBefore: async (conv, before) =>
    (await call("GET", `/api/conversations/${encodeURIComponent(conv)}/entries?before=${before}`)).items,

  /**
   * @param {{q?: string, category?: string, status?: string}} filter
   * @param {AbortSignal} [signal]
   * @returns {Promise<ArticleRow[]>}
   */
  async articles(filter, signal) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
    const tail = query.toString();
    return (await call("GET", `/api/articles${tail ? `?${tail}` : ""}`, { signal })).articles;
  },

  /** @param {string} id @returns {Promise<Article>} */
  article: async (id) => unwrapArticle(await call("GET", articlePath(id))),

  /** @param {ArticleDraft} draft @returns {Promise<Article>} */
  createArticle: async (draft) => unwrapArticle(await call("POST", "/api/articles", { body: draft })),

  /** @param {string} id @param {ArticleDraft} draft @returns {Promise<Article>} */
  saveArticle: async (id, draft) => unwrapArticle(await call("PUT", articlePath(id), { body: draft })),

  /** @param {string} id @param {number} version */
  archiveArticle: async (id, version) => unwrapArticle(await call("DELETE", `${articlePath(id)}?version=${version}`)),

  /** @param {string} id */
  restoreArticle: async (id) => unwrapArticle(await call("POST", `${articlePath(id)}/restore`)),

  /** @param {string} markdown @param {AbortSignal} [signal] @returns {Promise<string>} sanitised HTML */
  preview: async (markdown, signal) => (await call("POST", "/api/preview", { body: { markdown }, signal })).html,

  /** @param {string} text @param {string} [lang] @returns {Promise<any>} */
  ask: (text, lang) => call("POST", "/api/ask", { body: lang ? { text, lang } : { text } }),
};

/** @param {any} answer @returns {Article} */
function unwrapArticle(answer) {
  return answer?.article ?? answer;
}
