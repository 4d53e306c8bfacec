// What an agent types into the search: words, days behind `after:`, `before:` and `on:`, ids behind `tag:` and `category:`. Pure.

/** @typedef {{q: string, since?: number, until?: number, category?: string, tag?: string}} Wanted */

/** Fewer signs than this find everything. */
const LEAST_SIGNS = 2;
const DAY_MS = 86_400_000;

/** The beginning of a day in this browser's zone. @param {string} iso @returns {number | undefined} */
function dayOf(iso) {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(iso)) return undefined;
  const at = new Date(`${iso}T00:00:00`).getTime();
  return Number.isFinite(at) ? at : undefined;
}

/**
 * What to ask the server for; null while it is too little.
 * @param {string} typed
 * @returns {Wanted | null}
 */
export function wantedOf(typed) {
  /** @type {Wanted} */
  const wanted = { q: "" };
  const words = [];
  for (const word of typed.normalize("NFKC").split(/\s+/u).filter(Boolean)) {
    const [, by, id] = word.match(/^(tag|category):([a-z0-9_-]{1,40})$/u) ?? [];
    if (by === "tag" || by === "category") {
      wanted[by] = id;
      continue;
    }
    const [, name, iso] = word.match(/^(after|before|on):(\S+)$/iu) ?? [];
    const day = iso ? dayOf(iso) : undefined;
    if (day === undefined) words.push(word);
    else if (name.toLowerCase() === "after") wanted.since = day;
    else if (name.toLowerCase() === "before") wanted.until = day;
    else [wanted.since, wanted.until] = [day, day + DAY_MS];
  }
  wanted.q = words.join(" ");
  const isEnough = [...wanted.q].length >= LEAST_SIGNS || (wanted.q === "" && [wanted.since, wanted.until, wanted.tag, wanted.category].some((one) => one !== undefined));
  return isEnough ? wanted : null;
}
