// A picture on its way into an answer.

import { hasFiles, redrawn } from "/common/pictures.js";

export { hasFiles };

const MOST_BYTES = 512 * 1024;
/** Twice what the widget shows at most. */
const SIDES = [1280, 960, 640];
/** What a camera's file may say beside the picture; signs and animations have no use for drawing anew. */
const DRAWN_ANEW = new Set(["image/jpeg", "image/webp"]);
export const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/**
 * @param {File} file
 * @returns {Promise<Blob>} the file itself where nothing can be made of it: the server says what is wrong
 */
export async function prepared(file) {
  // Drawn anew, what moves would stand still.
  if (file.type === "image/gif" || (file.size <= MOST_BYTES && !DRAWN_ANEW.has(file.type))) return file;
  return (await redrawn(file, { mostBytes: MOST_BYTES, sides: SIDES })) ?? file;
}

/** The first picture of what was dropped or pasted. @param {Iterable<File>} files */
export const pictureIn = (files) => [...files].find((file) => KINDS.includes(file.type)) ?? null;
