// Keeps a list of elements in step with a list of values, touching only what changed: a row under the mouse or
// with the focus is not torn out of the hand.

/** @typedef {{key: string, sign: string, make: () => HTMLElement}} KeyedRow `sign` changes when it must be drawn anew */

/** @type {WeakMap<Element, {key: string, sign: string}>} */
const drawn = new WeakMap();

/**
 * @param {HTMLElement} root holds nothing but these rows
 * @param {KeyedRow[]} rows
 */
export function keepInStep(root, rows) {
  /** @type {Map<string, HTMLElement>} */
  const old = new Map();
  for (const child of [...root.children]) {
    const known = drawn.get(child);
    if (known && child instanceof HTMLElement) old.set(known.key, child);
    else child.remove();
  }
  const focused = document.activeElement;
  /** @type {Element | null} */
  let place = root.firstElementChild;
  for (const row of rows) {
    let element = old.get(row.key);
    old.delete(row.key);
    if (!element || drawn.get(element)?.sign !== row.sign) {
      const fresh = row.make();
      const hadFocus = element !== undefined && focused !== null && element.contains(focused);
      if (element === place && element) place = element.nextElementSibling;
      element?.remove();
      root.insertBefore(fresh, place);
      if (hadFocus) focusFirst(fresh);
      element = fresh;
      drawn.set(fresh, { key: row.key, sign: row.sign });
    } else if (element === place) {
      place = place.nextElementSibling;
    } else {
      const hadFocus = focused !== null && element.contains(focused);
      root.insertBefore(element, place);
      if (hadFocus && focused instanceof HTMLElement) focused.focus();
    }
  }
  for (const gone of old.values()) gone.remove();
}

/** @param {HTMLElement} element */
function focusFirst(element) {
  const target = element.matches("a, button") ? element : element.querySelector("a, button");
  if (target instanceof HTMLElement) target.focus();
}
