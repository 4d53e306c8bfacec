// Which row comes first, and what the lists count. Pure, so that the order agents see can be tested.

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("../types.d.ts").Feeling} Feeling */
/** @typedef {import("../types.d.ts").FeelingName} FeelingName */
/** @typedef {"queue" | "mine" | "team" | "all" | "closed"} View */

/** @type {View[]} */
export const VIEWS = ["queue", "mine", "team", "all", "closed"];

/** Which teams an agent is in, and who else is. @typedef {{ids: ReadonlySet<string>, colleagues: ReadonlySet<string>}} Teams */

/** @type {Teams} */
export const NO_TEAMS = { ids: new Set(), colleagues: new Set() };

/** @param {{id: string, members: string[]}[]} teams @param {string} me @returns {Teams} */
export function teamsOf(teams, me) {
  const mine = teams.filter(({ members }) => members.includes(me));
  return { ids: new Set(mine.map(({ id }) => id)), colleagues: new Set(mine.flatMap(({ members }) => members).filter((id) => id !== me)) };
}

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

/** Who is owed an answer first, by when; then the newest change. @param {DeskRow} a @param {DeskRow} b */
function byDebt(a, b) {
  return (a.sla_due_at ?? Infinity) - (b.sla_due_at ?? Infinity) || byChange(a, b);
}

/**
 * @param {Iterable<DeskRow>} rows
 * @param {View} view
 * @param {string} me the agent's id
 * @param {Teams} [teams] mine
 */
export function rowsOf(rows, view, me, teams = NO_TEAMS) {
  const all = [...rows];
  switch (view) {
    case "queue": return all.filter((row) => row.status === "queued" || row.status === "offered").sort(byUrgency);
    case "mine": return all.filter((row) => (row.status === "assigned" || row.status === "offered") && row.assignee?.id === me).sort(byDebt);
    // What waits for a team of mine, and what its members have.
    case "team": return all.filter((row) => (row.status === "queued" || row.status === "offered" || row.status === "assigned")
      && ((row.team !== undefined && teams.ids.has(row.team)) || (row.assignee !== undefined && teams.colleagues.has(row.assignee.id)))).sort(byUrgency);
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
export const RED_LINES = new Set(["safety", "self_harm", "legal", "press", "regulator", "fraud", "grave"]);

/** What is due, and what is not yet, the first first. @param {import("../types.d.ts").CallBack[]} callBacks @param {number} now */
export function byTime(callBacks, now) {
  const later = callBacks.filter((call) => call.due_at > now).toSorted((one, other) => one.due_at - other.due_at);
  return { due: callBacks.filter((call) => call.due_at <= now), later };
}
