// Builds page elements without ever turning text into HTML, and lets in foreign HTML only through an allow-list.

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Props  `class`, `lang`, `data-…`, `aria-…` are attributes; `onclick` and friends are
 *   listeners; `hidden`, `disabled`, `value` and the like are properties. null, undefined and false leave it out.
 */

/**
 * One element: `h("button", { type: "button", onclick: send }, "Send")`.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "disabled" || name === "hidden" || name === "checked") {
      /** @type {any} */ (element)[name] = value;
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/**
 * @param {Node} parent
 * @param {(Child | Child[])[]} children
 */
export function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Text with its web and mail addresses made into links, for chat messages.
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function linked(text) {
  const fragment = document.createDocumentFragment();
  for (const part of splitLinks(text)) append(fragment, [part.href ? link(part.href, part.text) : part.text]);
  return fragment;
}

/**
 * @param {string} href
 * @param {Child} label
 */
function link(href, label) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

// An address ends where Chinese text or punctuation begins: people write no space around it.
const ADDRESS = /https?:\/\/[^\s<>"'`\u2018-\u201d\u3000-\u9fff\uff00-\uffef]+|[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+/giu;

/**
 * Splits text into plain parts and addresses. Pure.
 * @param {string} text
 * @returns {{ text: string, href?: string }[]}
 */
export function splitLinks(text) {
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    let found = match[0].replace(/[.,;:!?]+$/u, "");
    if (found.endsWith(")") && !found.includes("(")) found = found.slice(0, -1);
    const href = safeHref(found.includes("://") ? found : `mailto:${found}`);
    if (!href) continue;
    if (match.index > done) parts.push({ text: text.slice(done, match.index) });
    parts.push({ text: found, href });
    done = match.index + found.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

/**
 * The address if its scheme is one we allow, else null.
 * @param {string | null} address
 */
export function safeHref(address) {
  if (!address || !URL.canParse(address)) return null;
  return ["http:", "https:", "mailto:", "tel:"].includes(new URL(address).protocol) ? address : null;
}

const ALLOWED = new Set(["P", "BR", "STRONG", "B", "EM", "I", "DEL", "UL", "OL", "LI", "A", "CODE", "PRE", "BLOCKQUOTE", "HR", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "EMBED", "NOSCRIPT", "SVG", "MATH", "TEXTAREA"]);

/**
 * Article HTML as fresh nodes: allowed tags only, no attribute but the checked address of a link or a picture. The server has
 * sanitised it already; this is the second lock.
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function sanitised(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  copyAllowed(parsed.body, fragment);
  return fragment;
}

/** A picture of this server, with the room it needs; null for any other. @param {HTMLImageElement} from */
function picture(from) {
  const src = from.getAttribute("src") ?? "";
  if (!/^\/pictures\/[a-z0-9_-]+\.(png|jpe?g|webp|gif)$/.test(src)) return null;
  const copy = document.createElement("img");
  for (const name of ["width", "height"]) if (/^\d{1,4}$/.test(from.getAttribute(name) ?? "")) copy.setAttribute(name, from.getAttribute(name) ?? "");
  copy.loading = "lazy";
  copy.alt = from.alt;
  copy.src = src;
  return copy;
}

/**
 * @param {Node} from
 * @param {Node} into
 */
function copyAllowed(from, into) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      into.appendChild(document.createTextNode(node.nodeValue ?? ""));
    } else if (node instanceof HTMLImageElement) {
      const copy = picture(node);
      if (copy) into.appendChild(copy);
    } else if (node instanceof Element && !DROPPED.has(node.tagName.toUpperCase())) {
      const href = node.tagName === "A" ? safeHref(node.getAttribute("href")) : null;
      const allowed = node.tagName === "A" ? href !== null : ALLOWED.has(node.tagName);
      const copy = !allowed ? into : href ? link(href, null) : document.createElement(node.tagName);
      copyAllowed(node, copy);
      if (allowed) into.appendChild(copy);
    }
  }
}

/**
 * The element with this id, which the page's own HTML must hold.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/**
 * Copies text; false where the browser forbids it.
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A frame without the clipboard permission, or an old browser: the selection still works there.
    const field = h("textarea", { class: "spoken", readonly: true, value: text });
    const focused = document.activeElement;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}
