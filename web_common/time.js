// Moments, days and spans in the reader's own format and zone.

/** @typedef {import("./types.d.ts").Lang} Lang */

/** The region whose habits a language's readers share (24-hour clock, order of the parts). @type {Record<Lang, string>} */
const LOCALE = { "zh-Hant": "zh-Hant-TW", "zh-Hans": "zh-Hans-CN", en: "en-GB" };

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {Lang} lang
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(lang, options) {
  const key = lang + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(LOCALE[lang], options)));
  return made;
}

/** `14:03` @param {number} at @param {Lang} lang */
export function clock(at, lang) {
  return format(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** `3月18日 週三`, with the year where it is not this one. @param {number} at @param {Lang} lang @param {number} [now] */
export function day(at, lang, now = Date.now()) {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(lang, { ...(sameYear ? {} : { year: "numeric" }), month: "short", day: "numeric", weekday: "short" }).format(at);
}

/** Day and time: the exact moment, for a tooltip. @param {number} at @param {Lang} lang */
export function exact(at, lang) {
  return format(lang, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

/** A calendar day without a zone (`2026-03-18`), never moved by the reader's. @param {string} iso @param {Lang} lang */
export function isoDay(iso, lang) {
  const at = Date.parse(`${iso}T00:00:00Z`);
  if (Number.isNaN(at)) return iso;
  return format(lang, { timeZone: "UTC", year: "numeric", month: "short", day: "numeric", weekday: "short" }).format(at);
}

/** Two moments on one calendar day of the reader? @param {number} a @param {number} b */
export function sameDay(a, b) {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/**
 * `今天`, `昨天`, else the day.
 * @param {number} at
 * @param {Lang} lang
 * @param {number} [now]
 */
export function dayMark(at, lang, now = Date.now()) {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (sameDay(at, now)) return relative(0, "day", lang);
  if (sameDay(at, yesterday.getTime())) return relative(-1, "day", lang);
  return day(at, lang, now);
}

/**
 * `3 分鐘前`: how long ago, in the largest unit that fits.
 * @param {number} at
 * @param {Lang} lang
 * @param {number} [now]
 */
export function ago(at, lang, now = Date.now()) {
  const seconds = Math.min(0, Math.round((at - now) / 1000));
  if (seconds > -60) return relative(0, "second", lang);
  if (seconds > -3_600) return relative(Math.ceil(seconds / 60), "minute", lang);
  if (seconds > -86_400) return relative(Math.ceil(seconds / 3_600), "hour", lang);
  return relative(Math.ceil(seconds / 86_400), "day", lang);
}

/**
 * @param {number} count
 * @param {Intl.RelativeTimeFormatUnit} unit
 * @param {Lang} lang
 */
function relative(count, unit, lang) {
  const text = new Intl.RelativeTimeFormat(LOCALE[lang], { numeric: "auto" }).format(count, unit);
  return lang === "en" && count > -2 ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** `m:ss`, for a clock that runs. @param {number} ms */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
