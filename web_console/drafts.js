// What people typed and did not send yet, kept in this browser under the agent's own name: it survives a
// reload, a crash and an ended session, and another agent on the same computer does not see it.

const PREFIX = "warmline.draft";

/**
 * @param {string} agent id
 * @param {string} what such as `reply:<conv>`
 */
const keyOf = (agent, what) => `${PREFIX}:${agent}:${what}`;

/**
 * @template T
 * @param {string} agent
 * @param {string} what
 * @returns {T | null}
 */
export function loadDraft(agent, what) {
  try {
    const text = localStorage.getItem(keyOf(agent, what));
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {string} agent
 * @param {string} what
 * @param {unknown} value null or "" removes it
 * @returns {boolean} false when the browser has no room or forbids it
 */
export function keepDraft(agent, what, value) {
  try {
    if (value === null || value === "") localStorage.removeItem(keyOf(agent, what));
    else localStorage.setItem(keyOf(agent, what), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** A small setting of this browser. @param {string} name @param {string} fallback */
export function loadSetting(name, fallback) {
  try {
    return localStorage.getItem(`warmline.console.${name}`) ?? fallback;
  } catch {
    return fallback;
  }
}

/** @param {string} name @param {string} value */
export function keepSetting(name, value) {
  try {
    localStorage.setItem(`warmline.console.${name}`, value);
  } catch {
    // Private mode without storage: the setting lasts until reload.
  }
}
