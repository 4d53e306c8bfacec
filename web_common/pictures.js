// A picture on its way to somebody: made small enough for a person on the road, and rid of what a camera writes into it
// (where it was taken, with what), by drawing it anew.

/**
 * @typedef {object} Fit
 * @property {number} mostBytes
 * @property {number[]} sides  the longer one, in pixels; smaller and smaller until it fits
 */

/**
 * @param {Blob} file
 * @param {Fit} fit
 * @returns {Promise<Blob | null>} null: this browser cannot draw it, or nothing of it fits
 */
export async function redrawn(file, { mostBytes, sides }) {
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return null;
  for (const side of sides) {
    const { width, height } = within(image, side);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
    // A browser that writes no WebP hands back a PNG, which may be too large.
    for (const type of file.type === "image/jpeg" ? ["image/jpeg"] : ["image/webp", "image/jpeg"]) {
      /** @type {Blob | null} */
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.85));
      if (blob && blob.size <= mostBytes) return blob;
    }
  }
  return null;
}

/**
 * Its size when the longer side is at most this long; never larger than it is, never without a pixel. Pure.
 * @param {{width: number, height: number}} size @param {number} side
 */
export function within({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** @param {DataTransfer | null} data */
export const hasFiles = (data) => data?.types.includes("Files") ?? false;
