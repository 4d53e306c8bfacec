// Every word the console says, by key, side by side in all three languages.

import { admin } from "./strings/admin.js";
import { company } from "./strings/company.js";
import { desk } from "./strings/desk.js";
import { dispatch } from "./strings/dispatch.js";
import { improve } from "./strings/improve.js";
import { intents } from "./strings/intents.js";
import { knowledge } from "./strings/knowledge.js";
import { macros } from "./strings/macros.js";
import { phrases } from "./strings/phrases.js";
import { rules } from "./strings/rules.js";
import { runs } from "./strings/runs.js";
import { service } from "./strings/service.js";
import { shell } from "./strings/shell.js";
import { surge } from "./strings/surge.js";
import { studio } from "./strings/studio.js";
import { wall } from "./strings/wall.js";

/** @type {Record<string, Record<import("./types.d.ts").Lang, import("/common/i18n.js").Phrase>>} */
export const strings = {
  ...admin,
  ...company,
  ...desk,
  ...dispatch,
  ...improve,
  ...intents,
  ...knowledge,
  ...macros,
  ...phrases,
  ...rules,
  ...runs,
  ...service,
  ...shell,
  ...studio,
  ...surge,
  ...wall,
};
