// How a group is called: by what was asked for, or in the words of whoever waits longest.

import { t, tOr } from "../words.js";

/** @typedef {import("../types.d.ts").SurgeGroup} SurgeGroup */

/** In the words of whoever waits longest. @param {SurgeGroup} group */
export const matterOf = (group) => group.samples[0]?.text ?? "";

/** @param {SurgeGroup} group */
export const topicOf = (group) => (group.topic ? tOr(`intent.${group.topic}`, group.topic.replaceAll(/[_-]/g, " ")) : "");

/** @param {SurgeGroup} group */
export const nameOfGroup = (group) => [t("surge.count", { n: group.members.length }), topicOf(group) || matterOf(group)].join(" ");
