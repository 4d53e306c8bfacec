// How the wall writes its figures, and a conversation's clocks as they run on. Pure.

/** @param {{active: number, capacity?: number}} seat @param {number} usual the inbox's capacity */
export const loadOf = ({ active, capacity }, usual) => `${active} / ${capacity ?? usual}`;

/** @param {number} share 0 to 1 @param {string} lang */
export const shareText = (share, lang) => new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 }).format(share);

/** The clocks at a later moment: the one that runs has gone on. @param {import("../types.d.ts").Standing} standing @param {number} now @returns {Record<"bot" | "queue" | "agent" | "shopper", number>} */
export function clocksAt({ at, clocks }, now) {
  const more = Math.max(0, now - at);
  return {
    bot: clocks.bot_ms + (clocks.running === "bot" ? more : 0),
    queue: clocks.queue_ms + (clocks.running === "queue" ? more : 0),
    agent: clocks.agent_ms + (clocks.running === "agent" ? more : 0),
    shopper: clocks.shopper_ms + (clocks.running === "shopper" ? more : 0),
  };
}
