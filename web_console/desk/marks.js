// Which rows of the list are marked, to do one thing to all of them. No page here: what is marked can be tested.

/** As the server takes them in one run. */
export const MOST_MARKED = 50;

/** Tells `change`; `full` when one more would be too many. */
export class Marks extends EventTarget {
  /** In the order in which they were marked. @type {Set<string>} */ #marked = new Set();
  /** Where a range begins. @type {string | null} */ #anchor = null;

  get size() {
    return this.#marked.size;
  }

  /** @param {string} conv */
  has(conv) {
    return this.#marked.has(conv);
  }

  all() {
    return [...this.#marked];
  }

  /** @param {string} conv */
  toggle(conv) {
    this.#anchor = conv;
    if (this.#marked.delete(conv)) this.#tell();
    else this.#add([conv]);
  }

  /**
   * From the last one that was marked to this one.
   * @param {string[]} shown the rows in their order
   * @param {string} conv
   */
  extend(shown, conv) {
    const from = this.#anchor === null ? -1 : shown.indexOf(this.#anchor);
    const to = shown.indexOf(conv);
    if (from < 0 || to < 0) {
      this.#anchor = conv;
      return this.#add([conv]);
    }
    this.#add(shown.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  /** Only these stay, such as those with which it did not work. @param {string[]} convs */
  keep(convs) {
    this.#marked = new Set(convs);
    this.#tell();
  }

  clear() {
    if (this.#marked.size === 0) return;
    this.#marked.clear();
    this.#anchor = null;
    this.#tell();
  }

  /** @param {string[]} convs */
  #add(convs) {
    for (const conv of convs) {
      if (this.#marked.size >= MOST_MARKED && !this.#marked.has(conv)) {
        this.dispatchEvent(new Event("full"));
        break;
      }
      this.#marked.add(conv);
    }
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
