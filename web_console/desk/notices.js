// Tells an agent who looks elsewhere that somebody waits: the number in the title, a quiet notice on the page, and
// a desktop notification once the agent has allowed it, and a soft chime that comes again while a queue is unanswered.

import { api } from "../api.js";
import { keepSetting, loadSetting } from "../drafts.js";
import { go, hashOf } from "../router.js";
import { toast, toastWithUndo } from "../toast.js";
import { t } from "../words.js";
import { againAt, isMissed } from "./alarm.js";
import { chime } from "./chime.js";
import { refusalText } from "./composer.js";
import { rowsOf } from "./order.js";
import { dueText } from "./promise_bar.js";
import { nameOf, noticeText, reasonText } from "./words.js";

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
  /** The same for what was given or offered to me. @type {Map<string, () => void>} */
  const given = new Map();
  /** The same for planned hand-backs and resolutions. @type {Map<string, () => void>} */
  const planned = new Map();

  const isAvailable = () => desk.seats.of(desk.me.id)?.available ?? true;
  /** Another team's is theirs to take. @param {DeskRow} row */
  const isForMe = (row) => row.team === undefined || desk.teams.ids.has(row.team);

  let soundedAt = Date.now();
  /** @param {"queue" | "given" | "due"} tune */
  const sound = (tune) => {
    soundedAt = Date.now();
    chime(tune);
  };
  // A queue that nobody answers is heard again, and so is an offer.
  const ticking = setInterval(() => {
    const rows = [...desk.rows.values()];
    const offered = rows.filter((row) => row.status === "offered" && row.assignee?.id === desk.me.id).length;
    const waiting = rows.filter((row) => row.status === "queued" && isForMe(row)).length;
    const again = againAt({ waiting, offered, available: isAvailable() }, soundedAt);
    if (again !== null && again <= Date.now()) sound(offered > 0 ? "given" : "queue");
  }, 1_000);

  const title = () => {
    const waiting = rowsOf(desk.rows.values(), "queue", desk.me.id).filter(isForMe).length;
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
  on("waiting", (/** @type {DeskRow[]} */ all) => {
    const rows = all.filter(isForMe);
    if (rows.length === 0) return;
    if (isAvailable()) sound("queue");
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
  on("viewed", (/** @type {string | null} */ conv) => conv && given.get(conv)?.());
  on("given", (/** @type {DeskRow} */ row) => {
    sound("given");
    const reason = row.reason ? reasonText(row.reason) : t("status.queued");
    const open = () => go(hashOf("desk", row.conv));
    const isOffer = row.status === "offered";
    // On the screen it says so itself.
    if (desk.viewed !== row.conv) given.set(row.conv, toast(t(isOffer ? "notice.offered_who" : "notice.for_you", { who: nameOf(row), reason }), { action: { label: t("notice.open"), run: open } }));
    notify(t(isOffer ? "notice.offered" : "notice.given"), row.conv, open);
  });
  /** When the last offer to me runs out, or ran out unanswered. */
  let offeredUntil = 0;
  const followOffers = () => {
    for (const row of desk.rows.values()) if (row.status === "offered" && row.assignee?.id === desk.me.id) offeredUntil = row.offered_until ?? 0;
  };
  on("rows", followOffers);
  let wasAvailable = true;
  /** Takes the word about a missed offer away. @type {(() => void) | null} */
  let missed = null;
  on("seats", () => {
    const seat = desk.seats.of(desk.me.id);
    if (!seat) return;
    followOffers();
    // With the eyes on the page, too: nobody should wonder why nothing comes any more.
    if (wasAvailable && !seat.available && isMissed(offeredUntil, desk.now())) missed = toast(t("seat.set_away"), { tone: "bad", stays: true, action: { label: t("seat.back"), run: () => desk.setAvailable(true) } });
    if (seat.available) missed?.();
    wasAvailable = seat.available;
  });
  on("heard", (/** @type {{row: DeskRow}} */ { row }) => {
    if (desk.viewed !== row.conv || document.visibilityState !== "visible" || !document.hasFocus()) chime("heard");
    notify(t("notice.mine", { who: nameOf(row) }), row.conv, () => go(hashOf("desk", row.conv)));
  });
  on("teams", title);
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
  const due = (/** @type {Event} */ event) => {
    /** @type {import("../types.d.ts").OpenPromise} */
    const promise = /** @type {CustomEvent} */ (event).detail;
    const open = () => go(hashOf("desk", promise.conv));
    const who = promise.who || nameOf({ conv: promise.conv });
    const text = t("promise.notice", { who, time: dueText(promise.due_at, desk.now()) });
    sound("due");
    toast(text, { action: { label: t("notice.open"), run: open } });
    notify(text, promise.conv, open);
  };
  desk.promises.addEventListener("due", due, { signal: watching.signal });
  const mentioned = (/** @type {Event} */ event) => {
    /** @type {import("/common/types.d.ts").MentionedFrame} */
    const { conv, by } = /** @type {CustomEvent} */ (event).detail;
    const open = () => go(hashOf("desk", conv));
    sound("given");
    toast(t("mention.notice", { name: by.name }), { action: { label: t("notice.open"), run: open } });
    notify(t("mention.notice", { name: by.name }), conv, open);
  };
  desk.toDo.addEventListener("mentioned", mentioned, { signal: watching.signal });
  // What a supervisor is told rings once, wherever in the console they are; what stood there before they came does not.
  /** @type {Set<string> | null} */ let told = null;
  const ring = async () => {
    if (!desk.supervises) return;
    const notices = await api.notices().catch(() => null);
    if (!notices || watching.signal.aborted) return;
    const known = told;
    told = new Set(notices.map(keyOfNotice));
    for (const notice of notices.filter((one) => known && !known.has(keyOfNotice(one)))) {
      const open = () => go(hashOf("desk", notice.conv));
      const text = noticeText(notice);
      sound("given");
      toast(`${nameOf(notice)} · ${text}`, { tone: "bad", action: { label: t("notice.open"), run: open } });
      // A rule's words are the shop's own, and may name the shopper.
      notify(notice.about === "rule" ? t("rules.notices") : text, notice.conv, open);
    }
  };
  on("notices", ring);
  on("link", () => desk.isOnline && void ring());
  on("not_left", (refusal) => toast(refusalText(refusal, false), { tone: "bad" }));
  title();
  return () => {
    watching.abort();
    clearInterval(ticking);
    document.title = t("app.name");
  };
}

/** @param {import("../types.d.ts").Notice} notice */
const keyOfNotice = ({ conv, about, at }) => `${conv} ${about} ${at}`;

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
  // The permission last: the browser asks another process for it, and this is asked with every message.
  canNotify() && loadSetting("notify", "off") === "on" && Notification.permission === "granted";

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
