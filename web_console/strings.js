// Every word the console says, by key, side by side in all three languages.

import { desk } from "./strings/desk.js";
import { intents } from "./strings/intents.js";
import { knowledge } from "./strings/knowledge.js";
import { shell } from "./strings/shell.js";

/** @type {Record<string, Record<import("./types.d.ts").Lang, string>>} */
export const strings = { ...shell, ...desk, ...intents, ...knowledge };
