// Which name is being typed behind `@` in a note, and who is named in one that is done. Pure.

/** @typedef {import("../types.d.ts").AgentRef} AgentRef */

/**
 * The name begun behind the last `@` before the caret; null where none is.
 * @param {string} text
 * @param {number} caret
 * @returns {{start: number, query: string} | null}
 */
export function nameBegun(text, caret) {
  const [, before, query] = text.slice(0, caret).match(/(^|[^\w@.])@([^\s@]{0,30})$/u) ?? [];
  return query === undefined || before === undefined ? null : { start: caret - query.length - 1, query };
}

/**
 * Who fits what is typed: beginnings of names first.
 * @param {AgentRef[]} staff
 * @param {string} query
 * @returns {AgentRef[]}
 */
export function fittingNames(staff, query) {
  const wanted = query.normalize("NFKC").toLowerCase();
  const rank = (/** @type {AgentRef} */ { name }) => {
    const own = name.normalize("NFKC").toLowerCase();
    return own.startsWith(wanted) ? 0 : own.split(/\s+/u).some((part) => part.startsWith(wanted)) ? 1 : own.includes(wanted) ? 2 : 3;
  };
  return staff.filter((one) => rank(one) < 3).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/**
 * Those whose whole name stands behind an `@`; of two names that begin alike, the longer counts.
 * @param {string} text
 * @param {AgentRef[]} staff
 * @returns {string[]} ids
 */
export function namedIn(text, staff) {
  const longest = staff.toSorted((a, b) => b.name.length - a.name.length);
  /** @type {string[]} */
  const ids = [];
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const found = longest.find(({ name }) => text.startsWith(name, at + 1));
    if (found && !ids.includes(found.id)) ids.push(found.id);
  }
  return ids;
}
