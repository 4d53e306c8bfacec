// What later entries did to earlier ones: other words, or none any more. Pure.

/**
 * @typedef {import("./types.d.ts").Item} Item
 * @typedef {import("./types.d.ts").EditedItem} EditedItem
 * @typedef {import("./types.d.ts").RedactedItem} RedactedItem
 */

/**
 * The items after the corrections among `fresh`; the same list where there are none for them.
 * @param {Item[]} items
 * @param {Item[]} fresh
 * @returns {Item[]}
 */
export function corrected(items, fresh) {
  let now = items;
  for (const news of fresh) {
    if (news.kind !== "edited" && news.kind !== "redacted") continue;
    const at = now.findIndex((item) => item.seq === news.target);
    const item = at < 0 ? null : news.kind === "edited" ? edited(now[at], news) : redacted(now[at], news);
    if (item) now = now.with(at, item);
  }
  return now;
}

/** @param {Item} item @param {EditedItem} news @returns {Item | null} null: it has those words already, or none any more */
function edited(item, news) {
  if ((item.kind !== "message" && item.kind !== "note") || item.changed?.redacted || !news.text) return null;
  if ((item.changed?.edited_at ?? 0) >= news.at) return null;
  const by = news.author.role === "agent" ? { id: news.author.id, name: news.author.name } : undefined;
  const was = [...(item.changed?.was ?? []), { text: item.text, until: news.at, by }];
  return { ...item, text: news.text, ...(news.despite && { despite: news.despite }), changed: { ...item.changed, edited_at: news.at, was } };
}

/** @param {Item} item @param {RedactedItem} news @returns {Item | null} */
function redacted(item, news) {
  const by = news.author.role === "agent" ? { id: news.author.id, name: news.author.name } : undefined;
  const trace = { at: news.at, ...(by && { by }), ...(news.why && { why: news.why }) };
  if (item.kind === "rated") return item.changed?.redacted ? null : { ...item, comment: "", changed: { redacted: trace } };
  if ((item.kind !== "message" && item.kind !== "note") || item.changed?.redacted) return null;
  const { seq, at, cid, author } = item;
  const changed = { ...(item.changed?.edited_at && { edited_at: item.changed.edited_at }), redacted: trace };
  return { seq, at, ...(cid && { cid }), author, kind: item.kind, text: "", changed };
}
