// Which commands fit what was typed, the likeliest first. Pure.

/** @typedef {{label: string, where: string, key: string, run: () => void}} Command */

/** @param {string} text */
const fold = (text) => text.normalize("NFKC").toLowerCase();

/**
 * Every word typed is in the label or beside it; those whose label begins with it come first, then those that have it.
 * @template {{label: string, where: string, key: string}} C
 * @param {C[]} commands
 * @param {string} typed
 * @returns {C[]}
 */
export function ranked(commands, typed) {
  const words = fold(typed).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return commands;
  /** @param {C} command */
  const rank = ({ label, where }) => {
    const name = fold(label);
    const all = `${name}\n${fold(where)}`;
    if (!words.every((word) => all.includes(word))) return 0;
    if (name.startsWith(words[0])) return 3;
    return words.every((word) => name.includes(word)) ? 2 : 1;
  };
  return commands
    .map((command, at) => ({ command, at, rank: rank(command) }))
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank || a.at - b.at)
    .map((one) => one.command);
}
