// Keyboard shortcuts: each view registers its own, one listener serves them all, and the help sheet lists
// exactly what is registered.

/**
 * @typedef {object} Shortcut
 * @property {string} key as `KeyboardEvent.key`, such as `j`, `/`, `?`, `Escape`
 * @property {string} label key of a string
 * @property {() => unknown} run returns false when it did not apply, so that the next one may
 * @property {boolean} [whileTyping] also inside fields
 * @property {boolean} [mod] with Ctrl or ⌘
 */

/** @typedef {{title: string, shortcuts: Shortcut[]}} Layer `title` is the key of a string */

/** @type {Layer[]} newest last: it is asked first */
const layers = [];

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox], [type=button]), textarea, select"));
}

/** @param {KeyboardEvent} event */
function onKeyDown(event) {
  // A key that an input method is still using belongs to it.
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.altKey) return;
  // An open dialogue keeps the keys to itself (it closes on Escape by its own means).
  if (document.querySelector("dialog[open]")) return;
  const typing = isField(event.target);
  const mod = event.ctrlKey || event.metaKey;
  for (const layer of layers.toReversed()) {
    for (const shortcut of layer.shortcuts) {
      if (shortcut.key !== event.key || Boolean(shortcut.mod) !== mod) continue;
      if (typing && !shortcut.whileTyping) continue;
      if (shortcut.run() === false) continue;
      event.preventDefault();
      return;
    }
  }
}

addEventListener("keydown", onKeyDown);

/**
 * @param {string} title
 * @param {Shortcut[]} shortcuts
 * @returns {() => void} takes them away
 */
export function bindKeys(title, shortcuts) {
  const layer = { title, shortcuts };
  layers.push(layer);
  return () => {
    const at = layers.indexOf(layer);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** @returns {readonly Layer[]} for the help sheet */
export const boundKeys = () => layers;
