// Groups of who waits with the same matter, and who of a group gets which words. Nothing here touches the page.

/** @typedef {import("../types.d.ts").SurgeGroup} SurgeGroup */
/** @typedef {import("../types.d.ts").RunTarget} RunTarget */
/** @typedef {import("../types.d.ts").Lang} Lang */

/** Conversations of one run, as the server takes them. */
export const MOST_AT_ONCE = 50;

/**
 * The group that a dialogue is about, as it is now: the one with most of its members. A leader who has left the queue does
 * not take the group along.
 * @param {SurgeGroup[]} groups
 * @param {SurgeGroup} before
 * @returns {SurgeGroup | null}
 */
export function sameGroup(groups, before) {
  const known = new Set(before.members.map(({ conv }) => conv));
  const shared = (/** @type {SurgeGroup} */ group) => group.members.filter(({ conv }) => known.has(conv)).length;
  const best = groups.toSorted((a, b) => shared(b) - shared(a))[0];
  return best && shared(best) > 0 ? best : null;
}

/** How many of each language. @param {SurgeGroup} group @returns {[Lang, number][]} the most first */
export function langsOf(group) {
  /** @type {Map<Lang, number>} */
  const counts = new Map();
  for (const { lang } of group.members) counts.set(lang, (counts.get(lang) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/**
 * Who is chosen and has words in their language. Each is told among how many.
 * @param {SurgeGroup} group
 * @param {{texts: Partial<Record<Lang, string>>, left_out: ReadonlySet<string>, despite?: Partial<Record<Lang, string>>}} written
 * @returns {RunTarget[]}
 */
export function targetsOf(group, { texts, left_out: leftOut, despite = {} }) {
  const chosen = group.members.filter(({ conv, lang }) => !leftOut.has(conv) && texts[lang]?.trim());
  return chosen.map(({ conv, epoch, lang }) => ({
    conv, epoch,
    acts: [{ do: "answer_many", text: texts[lang]?.trim() ?? "", among: chosen.length, ...(despite[lang] && { despite: despite[lang] }) }],
  }));
}

/** @template T @param {T[]} all @returns {T[][]} in portions that a run takes */
export function portions(all) {
  return Array.from({ length: Math.ceil(all.length / MOST_AT_ONCE) }, (_, at) => all.slice(at * MOST_AT_ONCE, (at + 1) * MOST_AT_ONCE));
}
