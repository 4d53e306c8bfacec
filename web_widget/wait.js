// How long it will take, in words: a range, because a single number would be a promise.

/**
 * @param {import("/common/types.d.ts").WaitRange | null} wait
 * @returns {{key: "wait.soon" | "wait.up_to" | "wait.range", values: {low?: number, high?: number}} | null} null: nothing is known
 */
export function waitWords(wait) {
  if (!wait) return null;
  const low = Math.floor(wait.low_ms / 60_000);
  const high = Math.max(1, Math.ceil(wait.high_ms / 60_000));
  if (high <= 1) return { key: "wait.soon", values: {} };
  return low < 1 ? { key: "wait.up_to", values: { high } } : { key: "wait.range", values: { low, high } };
}
