// A conversation as a text file: what its reader sees, in their language and their time.

import { clock, day, sameDay } from "./time.js";
import { nameOf, shopperLine } from "./transcript.js";

/** @typedef {import("./types.d.ts").Item} Item */

/**
 * @param {Item[]} items
 * @param {Pick<import("./transcript.js").TranscriptOptions, "words" | "shop" | "perspective"> & {system?: (item: Item) => string}} options
 *   `system`: the line for an entry that is not a message, empty to leave it out; default: what a shopper reads
 */
export function asText(items, options) {
  const { words, system = (item) => shopperLine(item, words) ?? "" } = options;
  const lines = [words.t("saved.title", { shop: options.shop })];
  let lastAt = 0;
  for (const item of items) {
    const said = item.kind === "message" || item.kind === "note" ? saidIn(item, options) : [system(item)].filter(Boolean).map((line) => `* ${line}`);
    if (said.length === 0) continue;
    if (!lastAt || !sameDay(lastAt, item.at)) lines.push("", `— ${day(item.at, words.lang, 0)} —`, "");
    lastAt = item.at;
    lines.push(`[${clock(item.at, words.lang)}] ${said[0]}`, ...said.slice(1).map((line) => `        ${line}`));
  }
  // Windows' editor knows UTF-8 by its mark.
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

/**
 * @param {import("./types.d.ts").MessageItem | import("./types.d.ts").NoteItem} item
 * @param {Parameters<typeof asText>[1]} options
 * @returns {string[]} lines; the first begins with who
 */
function saidIn(item, options) {
  const { words } = options;
  const name = nameOf(item.author, options);
  const who = item.kind === "note" ? words.t("saved.note", { name }) : name;
  if (item.changed?.redacted) return [`${who}: ${words.t("message.redacted")}`];
  const [first = "", ...rest] = item.text.split(/\r?\n/);
  const source = item.kind === "message" && item.source ? [words.t("message.source", { title: item.source.title })] : [];
  const files = item.kind === "message" ? (item.files ?? []).map(({ name }) => (name ? words.t("saved.file", { name }) : words.t("saved.picture"))) : [];
  const edited = item.changed?.edited_at ? [words.t("message.edited")] : [];
  return [`${who}: ${first}`, ...rest, ...source, ...files, ...edited].filter((line, at) => at === 0 || line);
}

/** Hands the reader a file. @param {string} text @param {number} at */
export function save(text, at) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `chat-${new Date(at).toISOString().slice(0, 10)}.txt`;
  link.click();
  // Some browsers begin to read after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
