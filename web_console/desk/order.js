// Which row comes first, and what the lists count. Pure, so that the order agents see can be tested.

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("../types.d.ts").Feeling} Feeling */
/** @typedef {import("../types.d.ts").FeelingName} FeelingName */
/** @typedef {"queue" | "mine" | "all" | "closed"} View */

/** @type {View[]} */
export const VIEWS = ["queue", "mine", "all", "closed"];

/** The server's comparator: priority first, then who waits longest. @param {DeskRow} a @param {DeskRow} b */
export function byUrgency(a, b) {
  return b.priority - a.priority
    || (a.queued_at ?? a.updated_at) - (b.queued_at ?? b.updated_at)
    || byText(a.conv, b.conv);
}

/** As the database compares ids. @param {string} a @param {string} b */
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Newest change first. @param {DeskRow} a @param {DeskRow} b */
function byChange(a, b) {
  return b.updated_at - a.updated_at || byText(a.conv, b.conv);
}

/**
 * @param {Iterable<DeskRow>} rows
 * @param {View} view
 * @param {string} me the agent's id
 */
export function rowsOf(rows, view, me) {
  const all = [...rows];
  switch (view) {
    case "queue": return all.filter((row) => row.status === "queued").sort(byUrgency);
    case "mine": return all.filter((row) => row.status === "assigned" && row.assignee?.id === me).sort(byChange);
    case "all": return all.filter((row) => row.status !== "closed").sort(byChange);
    case "closed": return all.filter((row) => row.status === "closed").sort(byChange);
  }
}

/**
 * Rows in which every word of the search is found.
 * @param {DeskRow[]} rows
 * @param {string} search
 * @param {(row: DeskRow) => string} wordsOf what of a row can be searched, as it is shown
 */
export function matching(rows, search, wordsOf) {
  const words = fold(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = fold(wordsOf(row));
    return words.every((word) => text.includes(word));
  });
}

/** @param {string} text */
const fold = (text) => text.normalize("NFKC").toLowerCase();

/** @type {FeelingName[]} */
export const FEELINGS = ["anger", "anxiety", "disappointment", "urgency"];

/** A feeling below this is not worth a mark in the list. */
const NOTICEABLE = 0.35;
/** From here on the word gets its "very". */
const STRONG = 0.7;

/** @typedef {{name: FeelingName, strong: boolean}} Noticeable */

/**
 * The feelings worth showing, strongest first.
 * @param {Feeling | null | undefined} feeling
 * @returns {Noticeable[]}
 */
export function noticeable(feeling) {
  if (!feeling) return [];
  return FEELINGS
    .filter((name) => (feeling[name] ?? 0) >= NOTICEABLE)
    .sort((a, b) => feeling[b] - feeling[a])
    .map((name) => ({ name, strong: feeling[name] >= STRONG }));
}

/** Reasons that never wait for a good moment. @type {ReadonlySet<string>} */
export const RED_LINES = new Set(["safety", "self_harm", "legal", "press", "regulator", "fraud"]);
