// An API error in the user's words; the code is small print.

import { ApiError } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** @param {unknown} error @returns {string} */
export function errorText(error) {
  if (!(error instanceof ApiError)) return t("error.server");
  if (error.status === 0) return t("error.offline");
  // Whose category it is, say: the server knows more than "not yours".
  if (error.status === 403) return error.message !== error.code ? error.message : t("error.forbidden");
  if (error.status === 404) return t("error.not_found");
  if (error.status === 413) return t("error.too_long");
  if (error.status === 429) return t("error.rate_limited");
  // The server's own sentence is about what was sent, and only it knows; `api.js` has put it into our words.
  /** @type {{message: string}[]} */
  const problems = error.body?.problems ?? [];
  if (problems.length > 0) return problems.map(({ message }) => message).join(" ");
  if (error.status >= 400 && error.status < 500 && error.message !== error.code) return error.message;
  return t("error.server");
}

/** @param {unknown} error @returns {string | undefined} */
export function errorCode(error) {
  return error instanceof ApiError && error.status > 0 ? t("error.code", { code: error.code }) : undefined;
}

/** @param {unknown} error */
export function toastError(error) {
  if (error instanceof DOMException && error.name === "AbortError") return;
  // The sign-in page says it.
  if (error instanceof ApiError && error.status === 401) return;
  if (!(error instanceof ApiError)) console.error(error);
  toast(errorText(error), { tone: "bad", small: errorCode(error) });
}
