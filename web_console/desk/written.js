// Whose words came in between while a reply was written. Pure.

/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {{seq: number, name: string, text: string, isNote: boolean}} Word */

/**
 * What colleagues wrote after `begun`; two windows of one agent are one.
 * @param {Item[]} items
 * @param {number} begun seq of the last entry when the reply was begun
 * @param {string} me
 * @returns {Word[]}
 */
export function writtenSince(items, begun, me) {
  return items.flatMap((item) => {
    if (item.seq <= begun || (item.kind !== "note" && item.kind !== "message")) return [];
    if (item.author.role !== "agent" || item.author.id === me) return [];
    return [{ seq: item.seq, name: item.author.name, text: item.text, isNote: item.kind === "note" }];
  });
}
