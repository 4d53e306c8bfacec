// The few signs the console draws. Feelings and states differ by shape, so that colour is never the only clue.

import { icon as commonIcon } from "/common/icons.js";

const SVG = "http://www.w3.org/2000/svg";

/** Paths on a 16 × 16 grid; `fill` ones are solid. */
const SHAPES = {
  anger: { d: "M8 2 15 14H1z", fill: true },
  anxiety: { d: "M8 1 15 8 8 15 1 8z", fill: true },
  disappointment: { d: "M8 14 1 3h14z", fill: true },
  urgency: { d: "M2 2l6 6-6 6zM8 2l6 6-6 6z", fill: true },
  previous: { d: "M10 3 5 8l5 5" },
  calm: { d: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z" },
  red_line: { d: "M5 1h6l4 4v6l-4 4H5l-4-4V5zM7 4v5h2V4zM7 10.5v2h2v-2z", fill: true },
  why: { d: "M5.5 6a2.500 2.500 0 1 1 3.700 2.200c-.8.400-1.200.9-1.200 1.800M8 12.500v.5" },
  eye: { d: "M1 8c2-3.300 4.300-5 7-5s5 1.700 7 5c-2 3.300-4.300 5-7 5s-5-1.700-7-5zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z" },
  lock: { d: "M4 7h8v7H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2" },
  up: { d: "M3 10.500l5-5 5 5" },
  forward: { d: "M6 3l5 5-5 5" },
  search: { d: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5 14 14" },
  menu: { d: "M2 4h12M2 8h12M2 12h12" },
  plus: { d: "M8 3v10M3 8h10" },
  side: { d: "M2 3h12v10H2zM10 3v10" },
  bold: { d: "M5 3h4a2.5 2.5 0 0 1 0 5H5zM5 8h4.7a2.6 2.6 0 0 1 0 5H5z" },
  list: { d: "M6 4h8M6 8h8M6 12h8M2.5 4h.5M2.5 8h.5M2.5 12h.5" },
  numbers: { d: "M7 4h7M7 8h7M7 12h7M2 3l1.2-.8V6M2 10.2c.3-1.4 2.2-1 2 .2C3.800 11.200 2 12 2 13h2.200" },
  link: { d: "M6.500 9.500l3-3M7 4.500 8.800 2.700a3 3 0 0 1 4.400 4.400L11.500 9M9 11.500 7.200 13.300a3 3 0 0 1-4.400-4.400L4.500 7" },
  article: { d: "M4 2h6l3 3v9H4zM10 2v3h3M6 8h5M6 10.500h5" },
  phrase: { d: "M2 3h12v8H7l-3 3v-3H2zM9.500 5l-3 4" },
  draft: { d: "M3 13l.8-3.200L10.500 3 13 5.500 6.200 12.200z" },
  archived: { d: "M2 3h12v3H2zM3 6v7.500h10V6M6.500 8.500h3" },
};

/** Words of ours for shapes all of Warmline shares. */
const SHARED = /** @satisfies {Record<string, Parameters<typeof commonIcon>[0]>} */ ({
  bot: "bot", queued: "clock", offered: "clock", assigned: "person", closed: "check", published: "check", done: "check", copy: "copy",
  close: "close", warn: "alert", hand_back: "back", send: "send", down: "down", picture: "picture",
});

/** @typedef {keyof typeof SHAPES | keyof typeof SHARED} IconName */

/** Decorative: the word for it stands beside it. @param {IconName} name */
export function icon(name) {
  if (name in SHARED) return commonIcon(SHARED[/** @type {keyof typeof SHARED} */ (name)]);
  /** @type {{d: string, fill?: boolean}} */
  const shape = SHAPES[/** @type {keyof typeof SHAPES} */ (name)];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", shape.fill ? "icon icon-solid" : "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", shape.d);
  if (shape.fill) path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
