// What changed between two texts, line by line. Pure.

/** @typedef {{kind: "same" | "gone" | "new", text: string}} DiffLine */

/** Longer texts are shown as one block gone and one new: nobody reads a finer difference of them. */
const MOST_LINES = 800;

/**
 * The shortest way from one to the other, in the order of reading.
 * @param {string[]} before
 * @param {string[]} after
 * @returns {DiffLine[]}
 */
export function lineDiff(before, after) {
  if (before.length > MOST_LINES || after.length > MOST_LINES) {
    return [...before.map((text) => /** @type {DiffLine} */ ({ kind: "gone", text })), ...after.map((text) => /** @type {DiffLine} */ ({ kind: "new", text }))];
  }
  // common[i][j]: lines that the rests from i and j share.
  const common = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      common[i][j] = before[i] === after[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  /** @type {DiffLine[]} */
  const lines = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ kind: "same", text: before[i] });
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && common[i + 1][j] >= common[i][j + 1])) {
      lines.push({ kind: "gone", text: before[i] });
      i += 1;
    } else {
      lines.push({ kind: "new", text: after[j] });
      j += 1;
    }
  }
  return lines;
}
