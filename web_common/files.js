// Files of a message as they are shown: a picture in the room it needs, opened large by a tap or a key; a document to
// be saved. Where the bytes come from is the page's affair: a cookie is sent by itself, a token is not.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { within } from "./pictures.js";

/**
 * @typedef {import("./types.d.ts").Attachment} Attachment
 * @typedef {import("./i18n.js").Translator} Translator
 */

/** The longer side of a picture among words, in CSS pixels; of several, two stand beside each other on a phone. */
const SIDE_PX = 232;
const OF_SEVERAL_PX = 136;
/** The shorter one at least: a finger has to find it. */
const LEAST_PX = 44;

/** Files that this page knows, and their addresses once they were fetched. */
export class Files {
  /** @type {Map<string, Attachment>} */ #known = new Map();
  /** @type {Map<string, Promise<string>>} */ #addresses = new Map();

  /** @param {(file: Attachment) => Promise<Blob>} load */
  constructor(load) {
    this.load = load;
  }

  /** @param {Attachment} file */
  remember(file) {
    this.#known.set(file.id, file);
  }

  /** Of a message that waits to be sent; after a reload only its id may be left. @param {string} id @returns {Attachment} */
  of(id) {
    return this.#known.get(id) ?? { id, type: "image/jpeg", bytes: 0 };
  }

  /** Nobody looks at them any more. */
  forget() {
    for (const address of this.#addresses.values()) address.then((at) => URL.revokeObjectURL(at), () => {});
    this.#addresses.clear();
  }

  /** @param {Attachment} file @returns {Promise<string>} an address that an image can have */
  address(file) {
    let address = this.#addresses.get(file.id);
    if (!address) {
      address = this.load(file).then((blob) => URL.createObjectURL(blob));
      this.#addresses.set(file.id, address);
      // What failed is fetched again when it is asked for again.
      address.catch(() => this.#addresses.delete(file.id));
    }
    return address;
  }
}

/**
 * @param {Attachment[]} attached
 * @param {Files} files
 * @param {Translator} words
 */
export function filesOf(attached, files, words) {
  const pictures = attached.filter(({ type }) => type.startsWith("image/"));
  const side = pictures.length > 1 ? OF_SEVERAL_PX : SIDE_PX;
  return h("div", { class: "files" }, attached.map((file) => (file.type.startsWith("image/")
    ? pictureOf(file, roomOf(file, side), pictures.length > 1 ? words.t("file.open_of", { n: pictures.indexOf(file) + 1, count: pictures.length }) : words.t("file.open"), files, words)
    : documentOf(file, files, words))));
}

/** Room for a picture before it is there. Pure. @param {{width?: number, height?: number}} file @param {number} [side] */
export function roomOf({ width = SIDE_PX, height = SIDE_PX }, side = SIDE_PX) {
  const room = within({ width, height }, side);
  return { width: Math.max(room.width, LEAST_PX), height: Math.max(room.height, LEAST_PX) };
}

/** @param {Attachment} file @param {{width: number, height: number}} room @param {string} label @param {Files} files @param {Translator} words */
function pictureOf(file, room, label, files, words) {
  const image = h("img", { alt: "", decoding: "async" });
  const failed = h("span", { class: "file-failed", hidden: true }, icon("alert"), words.t("file.failed"));
  const button = h("button", { type: "button", class: "picture", "aria-label": label, onclick: () => (failed.hidden ? open(files.address(file), label, words) : show()) }, image, failed);
  button.style.setProperty("width", `${room.width}px`);
  button.style.setProperty("aspect-ratio", `${room.width} / ${room.height}`);
  const show = () => {
    failed.hidden = true;
    files.address(file).then((address) => { image.src = address; }, () => { failed.hidden = false; });
  };
  whenNear(button, show);
  return button;
}

/** A long conversation's pictures are fetched when somebody comes near. @param {Element} element @param {() => void} then */
function whenNear(element, then) {
  // Within what scrolls, not only within the window; a browser that does not know it fetches what is in sight.
  const near = /** @type {IntersectionObserverInit} */ ({ rootMargin: "400px", scrollMargin: "400px" });
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    watch.disconnect();
    then();
  }, near);
  watch.observe(element);
}

/** Over everything else, until Esc, a tap beside it or the button. @param {Promise<string>} address @param {string} label @param {Translator} words */
function open(address, label, words) {
  const image = h("img", { alt: label });
  const close = h("button", { type: "button", class: "viewer-close", "aria-label": words.t("file.close"), title: words.t("file.close"), onclick: () => viewer.close() }, icon("close"));
  const viewer = h("dialog", { class: "viewer", "aria-label": label, lang: words.lang,
    // Esc closes this, and nothing behind it.
    onkeydown: (/** @type {KeyboardEvent} */ event) => event.stopPropagation(),
    onclick: (/** @type {MouseEvent} */ event) => event.target === viewer && viewer.close(),
    onclose: () => viewer.remove() }, image, close);
  address.then((at) => { image.src = at; }, () => viewer.close());
  document.body.append(viewer);
  viewer.showModal();
}

/** @param {Attachment} file @param {Files} files @param {Translator} words */
function documentOf(file, files, words) {
  const name = file.name ?? "document.pdf";
  const failed = h("span", { class: "file-failed", role: "status" });
  const save = async () => {
    failed.textContent = "";
    const address = await files.address(file).catch(() => null);
    if (address) h("a", { href: address, download: name }).click();
    else failed.textContent = words.t("file.failed");
  };
  return h("div", { class: "document-place" },
    h("button", { type: "button", class: "document", onclick: save, "aria-label": words.t("file.save", { name }) }, icon("document"),
      h("span", { dir: "auto" }, name), h("span", { class: "document-size" }, sizeText(file.bytes))), failed);
}

/** A line of a list: in it a file is the sign of an object among letters. Pure. @param {string} preview */
export function previewParts(preview) {
  return { n: preview.split("\ufffc").length - 1, text: preview.replaceAll("\ufffc", "").trim() };
}

/** @param {number} bytes */
export function sizeText(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
