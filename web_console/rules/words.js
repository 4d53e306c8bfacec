// What a rule did, in words: for the log, the page of rules and the notices.

import { t } from "../words.js";

/** @param {import("../types.d.ts").RuleAct} act @returns {string} */
export function actText(act) {
  switch (act.act) {
    case "team": return t("rules.act.team", { team: act.team });
    case "priority": return t("rules.act.priority", { level: t(`level.${act.level}`) });
    case "note": return t("rules.act.note");
    case "notify": return t("rules.act.notify", { text: act.text });
    case "reply": return t("rules.act.reply");
  }
}
