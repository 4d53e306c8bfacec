// Three-way merge line by line: what only one of two editors changed is taken as it is; where both changed the same lines,
// somebody has to say whose they want. Pure.

import { lineDiff } from "./diff.js";

/** @typedef {"mine" | "theirs" | "both"} Choice */
/** Lines in the order of reading. `by` says who changed them since the base; "both": in two ways, one is to be chosen.
 * @typedef {{by: "nobody" | "mine" | "theirs" | "agreed", lines: string[]} | {by: "both", mine: string[], theirs: string[]}} Stretch */
/** Lines `from` to `to` of the base became these. @typedef {{from: number, to: number, lines: string[]}} Edit */

/** @param {string[]} one @param {string[]} other */
const same = (one, other) => one.length === other.length && one.every((line, at) => line === other[at]);

/**
 * @param {string[]} base
 * @param {string[]} changed
 * @returns {Edit[]}
 */
function edits(base, changed) {
  /** @type {Edit[]} */
  const found = [];
  let at = 0;
  /** @type {Edit | null} */
  let open = null;
  for (const { kind, text } of lineDiff(base, changed)) {
    if (kind === "same") {
      open = null;
      at += 1;
      continue;
    }
    if (!open) found.push(open = { from: at, to: at, lines: [] });
    if (kind === "new") open.lines.push(text);
    else open.to = at += 1;
  }
  return found.flatMap((edit) => lineByLine(edit, base.slice(edit.from, edit.to)));
}

/** A line that is this much like another is that line, rewritten. */
const ALIKE = 0.5;
/** Larger edits are taken whole: which of their lines became which is a guess. */
const MOST_PAIRED = 60;

/** @param {string} line @returns {Set<string>} pairs of neighbours, blanks aside */
const pairsOf = (line) => new Set([...line.trim()].map((letter, at, all) => letter + (all[at + 1] ?? "")));

/** From 0 to 1. @param {Set<string>} one @param {Set<string>} other */
function likeness(one, other) {
  let shared = 0;
  for (const pair of one) shared += Number(other.has(pair));
  return one.size + other.size === 0 ? 1 : (2 * shared) / (one.size + other.size);
}

/**
 * The parts of an edit: lines that were rewritten, and what went or came between them. A colleague may have rewritten
 * their neighbours.
 * @param {Edit} edit @param {string[]} gone
 * @returns {Edit[]}
 */
function lineByLine(edit, gone) {
  const came = edit.lines;
  if (gone.length === 0 || came.length === 0 || gone.length > MOST_PAIRED || came.length > MOST_PAIRED) return [edit];
  const [before, after] = [gone.map(pairsOf), came.map(pairsOf)];
  const alike = before.map((one) => after.map((other) => { const n = likeness(one, other); return n >= ALIKE ? n : 0; }));
  // best[i][j]: how much the rests from i and j are alike, paired in their order.
  const best = Array.from({ length: gone.length + 1 }, () => new Float64Array(came.length + 1));
  for (let i = gone.length - 1; i >= 0; i -= 1) {
    for (let j = came.length - 1; j >= 0; j -= 1) best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], alike[i][j] && best[i + 1][j + 1] + alike[i][j]);
  }
  /** @type {Edit[]} */
  const parts = [];
  /** @param {number} from @param {number} to @param {string[]} lines */
  const add = (from, to, lines) => (from < to || lines.length > 0) && parts.push({ from: edit.from + from, to: edit.from + to, lines });
  let [i, j, fromI, fromJ] = [0, 0, 0, 0];
  while (i < gone.length && j < came.length) {
    if (alike[i][j] > 0 && best[i][j] === best[i + 1][j + 1] + alike[i][j]) {
      add(fromI, i, came.slice(fromJ, j));
      add(i, i + 1, [came[j]]);
      [fromI, fromJ] = [i += 1, j += 1];
    } else if (best[i + 1][j] >= best[i][j + 1]) i += 1;
    else j += 1;
  }
  add(fromI, gone.length, came.slice(fromJ));
  return parts;
}

/** @param {Edit} one @param {Edit} other: additions at one place touch, changes side by side do not */
const touch = (one, other) => (one.from < other.to && other.from < one.to) || (one.from === other.from && (one.from === one.to) === (other.from === other.to));

/** These lines of the base, with the edits in them. @param {string[]} base @param {number} from @param {number} to @param {Edit[]} within */
function edited(base, from, to, within) {
  /** @type {string[]} */
  const lines = [];
  let at = from;
  for (const edit of within) {
    lines.push(...base.slice(at, edit.from), ...edit.lines);
    at = edit.to;
  }
  return [...lines, ...base.slice(at, to)];
}

/**
 * @param {string[]} base
 * @param {string[]} mine
 * @param {string[]} theirs
 * @param {{isList?: boolean}} [how] `isList`: the order says nothing, so what both added is simply kept, once
 * @returns {Stretch[]}
 */
export function mergeLines(base, mine, theirs, { isList = false } = {}) {
  const [ours, others] = [edits(base, mine), edits(base, theirs)];
  /** @type {Stretch[]} */
  const stretches = [];
  /** @param {Stretch} stretch */
  const add = (stretch) => {
    const last = stretches.at(-1);
    if (stretch.by !== "both" && last && last.by === stretch.by) last.lines.push(...stretch.lines);
    else if (stretch.by === "both" || stretch.lines.length > 0) stretches.push(stretch);
  };
  let at = 0;
  while (ours.length > 0 || others.length > 0) {
    // An addition comes before a change of the line it stands above.
    const oursFirst = others.length === 0 || (ours.length > 0 && (ours[0].from - others[0].from || ours[0].to - others[0].to) <= 0);
    const first = /** @type {Edit} */ ((oursFirst ? ours : others)[0]);
    let { from, to } = first;
    /** @type {[Edit[], Edit[]]} */
    const taken = [[], []];
    // Edits that touch what is taken belong to it, and so do those that touch them.
    for (let grown = true; grown;) {
      grown = false;
      for (const [side, left] of [ours, others].entries()) {
        while (left.length > 0 && (left[0] === first || taken.flat().some((edit) => touch(edit, left[0])))) {
          const edit = /** @type {Edit} */ (left.shift());
          taken[side].push(edit);
          to = Math.max(to, edit.to);
          grown = true;
        }
      }
    }
    add({ by: "nobody", lines: base.slice(at, from) });
    const [own, foreign] = taken.map((side) => edited(base, from, to, side));
    if (taken[1].length === 0) add({ by: "mine", lines: own });
    else if (taken[0].length === 0) add({ by: "theirs", lines: foreign });
    else if (same(own, foreign)) add({ by: "agreed", lines: own });
    else if (isList && from === to) add({ by: "agreed", lines: [...own, ...foreign.filter((line) => !own.includes(line))] });
    else add({ by: "both", mine: own, theirs: foreign });
    at = to;
  }
  add({ by: "nobody", lines: base.slice(at) });
  return stretches;
}

/** @param {Stretch[]} stretches @param {(n: number) => Choice} choose of the stretch that is the n-th @returns {string[]} */
export function resolved(stretches, choose) {
  return stretches.flatMap((stretch, n) => {
    if (stretch.by !== "both") return stretch.lines;
    const choice = choose(n);
    if (choice === "both") return [...stretch.mine, ...stretch.theirs];
    return choice === "mine" ? stretch.mine : stretch.theirs;
  });
}
