// What the sheet at the end begins with: what was said before, or what the bot understood. Pure.

/** @typedef {import("../types.d.ts").WrapUpRules} WrapUpRules */
/** @typedef {import("../types.d.ts").NamedChoice} NamedChoice */
/** @typedef {import("../types.d.ts").Item} Item */
/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("../types.d.ts").WrapUp} WrapUp */

/**
 * What the bot understood of it, the last first: intents, and articles it answered from.
 * @param {Item[]} items
 * @returns {string[]}
 */
export function topicsOf(items) {
  return items.toReversed().flatMap((item) =>
    item.kind === "handoff" && item.brief?.wants ? [item.brief.wants] : item.kind === "message" && item.source ? [item.source.article] : []);
}

/**
 * The sheet as it is to begin with: what was said before, else what the bot understood.
 * @param {WrapUpRules} rules
 * @param {DeskRow | undefined} row
 * @param {Item[]} items
 * @returns {WrapUp}
 */
export function suggested(rules, row, items) {
  const topics = topicsOf(items);
  const said = items.some((item) => item.kind === "wrapped_up");
  const fits = (/** @type {NamedChoice} */ choice) => topics.some((topic) => choice.topics?.includes(topic));
  const byTopic = topics.map((topic) => rules.categories.find((choice) => choice.topics?.includes(topic))).find(Boolean);
  const category = (said ? rules.categories.find((choice) => choice.id === row?.category) : undefined) ?? byTopic;
  const own = row?.tags ?? [];
  return {
    ...(category && { category: category.id }),
    ...(rules.outcomes[0] && { outcome: rules.outcomes[0].id }),
    tags: [...own, ...rules.tags.filter((tag) => fits(tag) && !own.includes(tag.id)).map((tag) => tag.id)],
  };
}
