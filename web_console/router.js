// The address bar as the console's memory: `#/desk/<conv>` and the like, so that reload and back work.

import { PLACES, isPlace } from "./places.js";

/**
 * @typedef {object} Route
 * @property {import("./places.js").Place} place
 * @property {string} [id] conversation, phrase or article
 * @property {URLSearchParams} query
 */

/** @param {string} hash @returns {Route | null} null when the address means nothing */
export function parseRoute(hash) {
  const [path, tail = ""] = hash.replace(/^#\/?/, "").split("?");
  const [place, raw, ...rest] = path.split("/");
  if (rest.length > 0) return null;
  if (!isPlace(place)) return null;
  if (raw && !PLACES[place].hasIds) return null;
  let id;
  try {
    id = raw ? decodeURIComponent(raw) : undefined;
  } catch {
    return null;
  }
  return { place, id, query: new URLSearchParams(tail) };
}

/** @param {string} place @param {string} [id] @param {Record<string, string>} [query] */
export function hashOf(place, id, query) {
  const tail = query ? `?${new URLSearchParams(query)}` : "";
  return `#/${place}${id ? `/${encodeURIComponent(id)}` : ""}${tail}`;
}

/**
 * @param {string} hash
 * @param {{replace?: boolean}} [options] `replace`: no step for the back button
 */
export function go(hash, { replace = false } = {}) {
  if (location.hash === hash) return;
  if (replace) {
    history.replaceState(null, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = hash;
  }
}
