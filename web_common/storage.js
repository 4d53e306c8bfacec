// The browser's storage where it lets us, memory where it does not (private windows, blocked third parties).

/**
 * @typedef {object} Shelf
 * @property {(key: string) => string | null} get
 * @property {(key: string, value: string) => void} set
 * @property {(key: string) => void} remove
 * @property {(prefix: string) => string[]} keys
 */

/**
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Shelf}
 */
export function shelf(name) {
  try {
    const storage = globalThis[name];
    const probe = "warmline.probe";
    storage.setItem(probe, "1");
    storage.removeItem(probe);
    return {
      get: (key) => storage.getItem(key),
      set: (key, value) => {
        try {
          storage.setItem(key, value);
        } catch {
          // Full: what is on the page still works, it only will not survive a reload.
        }
      },
      remove: (key) => storage.removeItem(key),
      keys: (prefix) => Object.keys(storage).filter((key) => key.startsWith(prefix)),
    };
  } catch {
    return memoryShelf();
  }
}

/** @returns {Shelf} */
export function memoryShelf() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
  };
}
