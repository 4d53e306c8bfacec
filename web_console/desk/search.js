// What an agent types into the search: words, days behind `after:`, `before:` and `on:`, ids behind `tag:` and `category:`. Pure.

/** @typedef {{id: string, names: Partial<Record<string, string>>}[]} Choices */
/** @typedef {{q: string, since?: number, until?: number, category?: string, tag?: string}} Wanted */

/** Fewer signs than this find everything. */
const LEAST_SIGNS = 2;
const DAY_MS = 86_400_000;

/** The beginning of a day in this browser's zone. @param {string} written @returns {number | undefined} */
function dayOf(written) {
  const [, year, month, day] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/u.exec(written) ?? [];
  if (!year) return undefined;
  const at = new Date(`${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T00:00:00`).getTime();
  return Number.isFinite(at) ? at : undefined;
}

/** @param {string} name */
const plain = (name) => name.normalize("NFKC").toLowerCase().replace(/[\s_-]+/gu, "");

/**
 * The id behind what was typed: an id, or a name in any language. @param {Choices} choices @param {string} typed
 */
const idOf = (choices, typed) => choices.find(({ id, names }) => [id, ...Object.values(names)].some((name) => plain(name ?? "") === plain(typed)))?.id;

/**
 * What to ask the server for; null while it is too little.
 * @param {string} typed
 * @param {{tags: Choices, categories: Choices} | null} [known] what the shop has
 * @returns {Wanted | null}
 */
export function wantedOf(typed, known = null) {
  /** @type {Wanted} */
  const wanted = { q: "" };
  const words = [];
  for (const word of typed.normalize("NFKC").match(/(?:tag|category):"[^"]+"|\S+/giu) ?? []) {
    const [, kind, named = ""] = word.replaceAll('"', "").match(/^(tag|category):(.{1,40})$/iu) ?? [];
    const by = kind?.toLowerCase();
    if (by === "tag" || by === "category") {
      const id = idOf((by === "tag" ? known?.tags : known?.categories) ?? [], named) ?? (/^[a-z0-9_-]+$/iu.test(named) ? named.toLowerCase() : undefined);
      if (id !== undefined) {
        wanted[by] = id;
        continue;
      }
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
