// The few shapes the interface uses, drawn as SVG nodes so that no style or HTML string is needed.

const SHAPES = {
  bot: "M8 2.5v2M4.5 4.5h7a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2zM6 8v1M10 8v1M1 7.5v2M15 7.5v2",
  person: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.75 13.5a5.25 5.25 0 0 1 10.5 0",
  copy: "M6 5.5h6.5v8H6zM3.5 10.5v-8H10",
  check: "M3 8.5l3.5 3.5L13 4.5",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.75V8l2.25 1.5",
  alert: "M8 2.25L14.25 13.5H1.75zM8 6.5v3.25M8 11.5v.1",
  picture: "M2 3h12v10H2zM2 11l3.500-3.500 3 3L10.500 8.500 14 12M10.500 6h.01",
  document: "M4 2h6l3 3v9H4zM10 2v3h3M6 8h5M6 10.500h5",
  send: "M8 13V3M3.75 7.25L8 3l4.25 4.25",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  down: "M3.5 6l4.5 4.5L12.5 6",
  parcel: "M2.5 5L8 2.25 13.5 5v6L8 13.75 2.5 11zM2.5 5L8 7.75 13.5 5M8 7.75v6",
  back: "M6.5 3.5L3 7l3.5 3.5M3 7h6.5a3.5 3.5 0 0 1 0 7H8",
};

/**
 * A decorative shape, 16 units square, in the colour of the text; what it means stands beside it in words.
 * @param {keyof typeof SHAPES} name
 */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}
