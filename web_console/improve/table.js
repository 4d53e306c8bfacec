// The text of a table, whichever way a spreadsheet saved it.

/** As spreadsheets save: UTF-16 where it says so, else UTF-8. The server tells of what is neither. @param {Uint8Array<ArrayBuffer>} bytes */
export function textOf(bytes) {
  const begins = (/** @type {number} */ first, /** @type {number} */ second) => bytes[0] === first && bytes[1] === second;
  return new TextDecoder(begins(0xff, 0xfe) ? "utf-16le" : begins(0xfe, 0xff) ? "utf-16be" : "utf-8").decode(bytes);
}
