// What changed between two texts, line by line. Pure.

/** @typedef {{kind: "same" | "gone" | "new", text: string}} DiffLine */

/** Between what they begin and end with alike, longer texts are one block gone and one new: nobody reads a finer difference of them. */
const MOST_LINES = 800;

/**
 * The shortest way from one to the other, in the order of reading.
 * @param {string[]} before
 * @param {string[]} after
 * @returns {DiffLine[]}
 */
export function lineDiff(before, after) {
  /** @param {string} text @returns {DiffLine} */
  const same = (text) => ({ kind: "same", text });
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...before.slice(0, head).map(same),
    ...shortestWay(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** @param {string[]} before @param {string[]} after @returns {DiffLine[]} */
function shortestWay(before, after) {
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
