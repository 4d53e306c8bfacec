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

/** @param {Desk} desk @returns {() => void} stops */
export function watchDesk(desk) {
  const title = () => {
    const waiting = rowsOf(desk.rows.values(), "queue", desk.me.id).length;
    document.title = waiting > 0 ? t("app.waiting_title", { n: waiting }) : t("app.name");
  };
  /** @param {Event} event */
  const onWaiting = (event) => {
    if (!(event instanceof CustomEvent)) return;
    for (const row of /** @type {DeskRow[]} */ (event.detail)) {
      const reason = row.reason ? reasonText(row.reason) : t("status.queued");
      const text = t("notice.new_who", { who: nameOf(row), reason });
      const open = () => go(hashOf("desk", row.conv));
      toast(text, { action: { label: t("notice.open"), run: open } });
      // The shopper's words stay inside the console: a notification may be read over the shoulder.
      notify(t("notice.new", { reason }), row.conv, open);
    }
  };
  /** @param {Event} event */
  const onHeard = (event) => {
    if (!(event instanceof CustomEvent)) return;
    const { row } = /** @type {{row: DeskRow}} */ (event.detail);
    notify(t("notice.mine", { who: nameOf(row) }), row.conv, () => go(hashOf("desk", row.conv)));
  };
  /** @type {Map<string, () => void>} takes the undo notice of a conversation away */
  const planned = new Map();
  const onLeaving = (/** @type {Event} */ event) => {
    if (!(event instanceof CustomEvent)) return;
    const { conv, deed } = event.detail;
    const row = desk.rows.get(conv);
    planned.set(conv, toastWithUndo(`${t(`leaving.${deed}`)} · ${row ? nameOf(row) : ""}`, () => desk.stay(conv, "undo")));
  };
  const onStayed = (/** @type {Event} */ event) => {
    if (!(event instanceof CustomEvent)) return;
    const { conv, why } = event.detail;
    planned.get(conv)?.();
    planned.delete(conv);
    if (why === "heard") toast(t("leaving.stopped"));
    if (why === "reply") toast(t("leaving.stopped_by_reply"));
  };
  const onNotLeft = (/** @type {Event} */ event) => {
    if (event instanceof CustomEvent) toast(refusalText(event.detail, false), { tone: "bad" });
  };
  desk.addEventListener("leaving", onLeaving);
  desk.addEventListener("stayed", onStayed);
  desk.addEventListener("not_left", onNotLeft);
  desk.addEventListener("rows", title);
  desk.addEventListener("waiting", onWaiting);
  desk.addEventListener("heard", onHeard);
  title();
  return () => {
    desk.removeEventListener("leaving", onLeaving);
    desk.removeEventListener("stayed", onStayed);
    desk.removeEventListener("not_left", onNotLeft);
    desk.removeEventListener("rows", title);
    desk.removeEventListener("waiting", onWaiting);
    desk.removeEventListener("heard", onHeard);
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
