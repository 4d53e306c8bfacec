// Tells an agent who looks elsewhere that somebody waits: the number in the title, a quiet notice on the page, and
// a desktop notification once the agent has allowed it. No sound.

import { keepSetting, loadSetting } from "../drafts.js";
import { go, hashOf } from "../router.js";
import { toast, toastWithUndo } from "../toast.js";
import { t } from "../words.js";
import { refusalText } from "./composer.js";
import { rowsOf } from "./order.js";
import { nameOf, reasonText } from "./words.js";

/** @typedef {import("../types.d.ts").DeskRow} DeskRow */
/** @typedef {import("./model.js").Desk} Desk */

/**
 * @param {Desk} desk
 * @param {() => boolean} isQueueInSight its rows say themselves that they are new
 * @returns {() => void} stops
 */
export function watchDesk(desk, isQueueInSight) {
  const watching = new AbortController();
  /** @param {string} name @param {(detail: any) => void} listener */
  const on = (name, listener) =>
    desk.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal: watching.signal });
  /** Takes a conversation's notice away, by conversation. @type {Map<string, () => void>} */
  const arrivals = new Map();
  /** The same for planned hand-backs and resolutions. @type {Map<string, () => void>} */
  const planned = new Map();

  const title = () => {
    const waiting = rowsOf(desk.rows.values(), "queue", desk.me.id).length;
    document.title = waiting > 0 ? t("app.waiting_title", { n: waiting }) : t("app.name");
  };
  on("rows", () => {
    title();
    for (const [conv, away] of arrivals) {
      if (desk.fresh.has(conv) && desk.rows.get(conv)?.status === "queued") continue;
      away();
      arrivals.delete(conv);
    }
  });
  on("waiting", (/** @type {DeskRow[]} */ rows) => {
    for (const row of rows) {
      const reason = row.reason ? reasonText(row.reason) : t("status.queued");
      const open = () => go(hashOf("desk", row.conv));
      if (!isQueueInSight()) {
        arrivals.set(row.conv, toast(t("notice.new_who", { who: nameOf(row), reason }), { action: { label: t("notice.open"), run: open } }));
      }
      // The shopper's words stay inside the console: a notification may be read over the shoulder.
      notify(t("notice.new", { reason }), row.conv, open);
    }
  });
  on("heard", (/** @type {{row: DeskRow}} */ { row }) =>
    notify(t("notice.mine", { who: nameOf(row) }), row.conv, () => go(hashOf("desk", row.conv))));
  on("leaving", ({ conv, deed }) => {
    const row = desk.rows.get(conv);
    const text = t(`leaving.${deed}.who`, { who: row ? nameOf(row) : "" });
    planned.set(conv, toastWithUndo(text, () => desk.stay(conv, "undo")));
  });
  on("leaving_ended", ({ conv, why }) => {
    planned.get(conv)?.();
    planned.delete(conv);
    if (why === "heard") toast(t("leaving.stopped"));
    if (why === "reply") toast(t("leaving.stopped_by_reply"));
  });
  on("not_left", (refusal) => toast(refusalText(refusal, false), { tone: "bad" }));
  title();
  return () => {
    watching.abort();
    document.title = t("app.name");
  };
}

/** Only when the console is out of sight. @param {string} text @param {string} conv @param {() => void} open */
function notify(text, conv, open) {
  if (!isNotifying() || (document.visibilityState === "visible" && document.hasFocus())) return;
  try {
    const shown = new Notification(t("app.name"), { body: text, tag: conv, icon: "/console/icon.svg", silent: true });
    shown.onclick = () => {
      window.focus();
      open();
      shown.close();
    };
  } catch {
    // Some phones allow notifications only to service workers; the title and the notice on the page remain.
  }
}

export const canNotify = () => "Notification" in window;

export const isNotifying = () =>
  canNotify() && Notification.permission === "granted" && loadSetting("notify", "off") === "on";

/** Asks the browser when switched on. @returns {Promise<"on" | "off" | "denied">} */
export async function switchNotifications() {
  if (isNotifying()) {
    keepSetting("notify", "off");
    return "off";
  }
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return "denied";
  keepSetting("notify", "on");
  return "on";
}
