// A picture on its way into an answer: made small enough for a shopper on the road, and rid of what a camera writes
// into it (where it was taken, with what), by drawing it anew.

const MOST_BYTES = 512 * 1024;
/** Twice what the widget shows at most. */
const MOST_PIXELS = 1280;
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
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return file;
  for (const width of [MOST_PIXELS, 960, 640]) {
    const scale = Math.min(1, width / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    // A browser that writes no WebP hands back a PNG, which may be too large.
    for (const type of file.type === "image/jpeg" ? ["image/jpeg"] : ["image/webp", "image/jpeg"]) {
      /** @type {Blob | null} */
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.85));
      if (blob && blob.size <= MOST_BYTES) return blob;
    }
  }
  return file;
}

/** @param {DataTransfer | null} data */
export const hasFiles = (data) => data?.types.includes("Files") ?? false;

/** The first picture of what was dropped or pasted. @param {DataTransfer | null} data */
export const pictureIn = (data) => [...(data?.files ?? [])].find((file) => KINDS.includes(file.type)) ?? null;
