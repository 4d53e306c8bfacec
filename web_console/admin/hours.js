// Open hours as people write them: "9:00 - 18:00", full-width signs, any dash. Pure.

const DASHES = /\s*[-‐-―−~〜～至到]\s*/gu;

/**
 * As desk.toml has them; what is not understood stays as it is, and the server says so.
 * @param {string} text
 */
export const spansOf = (text) => text.normalize("NFKC").replace(DASHES, "-").split(/[,、;\s]+/u).filter(Boolean)
  .map((span) => span.split("-").map(timeOf).join("-"));

/** @param {string} text */
function timeOf(text) {
  const [, hour, minute] = /^(\d{1,2})(?::(\d{2}))?$/u.exec(text) ?? [];
  return hour ? `${hour.padStart(2, "0")}:${minute ?? "00"}` : text;
}

/**
 * A day a line and its hours; what several lines say of one day counts together.
 * @param {string} text
 * @returns {Record<string, string[]>}
 */
export function specialOf(text) {
  /** @type {Record<string, string[]>} */
  const days = {};
  for (const line of text.split("\n").map((line) => line.normalize("NFKC").trim()).filter(Boolean)) {
    const [, written, hours] = /^([^\s,、:]+)[\s,、:]*(.*)$/u.exec(line) ?? [];
    const day = (written ?? line).replace(/^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/u, (_, year, month, date) => `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`);
    days[day] = [...(days[day] ?? []), ...spansOf(hours ?? "")];
  }
  return days;
}
