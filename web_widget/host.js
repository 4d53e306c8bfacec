// Talks with the launcher on the shop's page: exact origin, exact source, one small schema.

/**
 * @typedef {{ type: "opened", focus: boolean } | { type: "closed" } | { type: "lang", lang: string }
 *   | { type: "theme", accent: string }} HostWord
 */

export class Host {
  /**
   * @param {string | null} origin  of the page that embeds us; who may is the server's frame-ancestors
   * @param {(word: HostWord) => void} onword
   */
  constructor(origin, onword) {
    this.origin = origin;
    this.isFramed = window.parent !== window && origin !== null;
    window.addEventListener("message", (event) => {
      if (!this.isFramed || event.source !== window.parent || event.origin !== origin) return;
      const word = readWord(event.data);
      if (word) onword(word);
    });
  }

  /** @param {{ type: "ready" } | { type: "close" } | { type: "unread", count: number }} word */
  tell(word) {
    if (this.isFramed && this.origin) window.parent.postMessage({ warmline: 1, ...word }, this.origin);
  }
}

/**
 * @param {any} data
 * @returns {HostWord | null}
 */
export function readWord(data) {
  if (typeof data !== "object" || data === null || data.warmline !== 1) return null;
  if (data.type === "opened" && typeof data.focus === "boolean") return { type: "opened", focus: data.focus };
  if (data.type === "closed") return { type: "closed" };
  if (data.type === "lang" && typeof data.lang === "string") return { type: "lang", lang: data.lang };
  if (data.type === "theme" && typeof data.accent === "string" && data.accent.length < 64) return { type: "theme", accent: data.accent };
  return null;
}

/**
 * Takes the shop's own colour, with whichever ink reads better on it; on dark paper a dark colour is lightened until
 * it can be seen.
 * @param {string} accent  any CSS colour; one we cannot read changes nothing
 */
export function wear(accent) {
  if (!CSS.supports("color", accent)) return;
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = accent;
  document.body.append(probe);
  const channels = /^rgba?\((\d+), (\d+), (\d+)\)$/.exec(getComputedStyle(probe).color)?.slice(1).map(Number);
  probe.remove();
  if (!channels) return;
  const isDark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    let worn = channels;
    while (isDark.matches && luminance(worn) < VISIBLE_ON_DARK) worn = worn.map((value) => value + (255 - value) * 0.1);
    const light = luminance(worn);
    const colour = `rgb(${worn.map(Math.round).join(" ")})`;
    const style = document.documentElement.style;
    style.setProperty("--accent", colour);
    style.setProperty("--on-accent", 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000");
    style.setProperty("--accent-tint", `color-mix(in oklab, ${colour} ${isDark.matches ? 24 : 13}%, var(--surface))`);
  };
  paint();
  isDark.onchange = paint;
}

/** Gives 4.5 to 1 on our dark surface. */
const VISIBLE_ON_DARK = 0.26;

/** Relative luminance, WCAG 2.2. @param {number[]} rgb each 0 to 255 */
function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
