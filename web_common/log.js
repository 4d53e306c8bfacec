// What a client knows of one conversation, folded from frames: no loss, no doubles, in the order of seq. Pure.

import { corrected } from "./corrections.js";

/**
 * @typedef {import("./types.d.ts").Item} Item
 * @typedef {import("./types.d.ts").Status} Status
 * @typedef {import("./types.d.ts").AgentRef} AgentRef
 * @typedef {import("./types.d.ts").ServerFrame} ServerFrame
 *
 * @typedef {object} Log
 * @property {string | null} conv
 * @property {string | null} epoch  null until the first snapshot
 * @property {number} position      everything up to this seq is here (or was private)
 * @property {number} head          the newest seq we have heard of; ahead of `position` means a hole
 * @property {Item[]} items         ascending seq, each seq once
 * @property {Status} status
 * @property {number | null} place  in the queue, 1 is next
 * @property {number | null} waiting
 * @property {import("./types.d.ts").WaitRange | null} wait  how long it will most likely take
 * @property {AgentRef | null} agent  who has the conversation now
 * @property {{ who: "bot" | "agent" | "shopper", name?: string } | null} typing
 * @property {{ shopper: number, agent: number }} seen
 */

/** @returns {Log} */
export function emptyLog() {
  return {
    conv: null, epoch: null, position: 0, head: 0, items: [], status: "bot", place: null, waiting: null, wait: null, agent: null,
    typing: null, seen: { shopper: 0, agent: 0 },
  };
}

/**
 * The log after one frame. Frames of other conversations change nothing.
 * @param {Log} log
 * @param {ServerFrame} frame
 * @returns {Log}
 */
export function apply(log, frame) {
  if ("conv" in frame && frame.type !== "ready" && log.conv !== null && frame.conv !== log.conv) return log;
  switch (frame.type) {
    case "ready":
      if (frame.role !== "shopper" || !frame.conv || frame.conv === log.conv) return log;
      return { ...emptyLog(), conv: frame.conv };
    case "reset": {
      const items = mergeItems([], frame.items);
      const fresh = { ...emptyLog(), conv: frame.conv, epoch: frame.epoch, position: frame.head, head: frame.head, items };
      return items.reduce(follow, { ...fresh, seen: log.epoch === frame.epoch ? log.seen : fresh.seen });
    }
    case "entries":
      return applyEntries(log, frame);
    case "resumed":
      return { ...log, head: Math.max(log.head, frame.head) };
    case "pong": {
      const head = log.conv === null ? undefined : frame.heads[log.conv];
      return head === undefined || head <= log.head ? log : { ...log, head };
    }
    case "status":
      return {
        ...log, status: frame.status, place: frame.place ?? null, waiting: frame.waiting ?? null, wait: frame.wait ?? null,
        agent: frame.status === "assigned" ? log.agent : null,
      };
    case "typing":
      return { ...log, typing: frame.on ? { who: frame.who, name: frame.name } : null };
    case "seen":
      return { ...log, seen: { ...log.seen, [frame.who]: Math.max(log.seen[frame.who], frame.seq) } };
    default:
      return log;
  }
}

/**
 * A frame that begins after a hole is shown at once but does not move the position: the resume that follows fills
 * the hole and passes over what is already here.
 * @param {Log} log
 * @param {import("./types.d.ts").EntriesFrame} frame
 * @returns {Log}
 */
function applyEntries(log, frame) {
  const known = new Set(log.items.map((item) => item.seq));
  const fresh = frame.items.filter((item) => !known.has(item.seq));
  const items = fresh.length ? corrected(mergeItems(log.items, fresh), fresh) : log.items;
  const joins = frame.from <= log.position + 1;
  const position = joins ? Math.max(log.position, frame.through) : log.position;
  const next = { ...log, items, position, head: Math.max(log.head, frame.through) };
  return fresh.filter((item) => item.seq > log.position).sort((a, b) => a.seq - b.seq).reduce(follow, next);
}

/**
 * @param {Item[]} old
 * @param {Item[]} fresh
 */
function mergeItems(old, fresh) {
  const bySeq = new Map([...old, ...fresh].map((item) => [item.seq, item]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * Who has the conversation after an entry.
 * @param {Log} log
 * @param {Item} item
 * @returns {Log}
 */
function follow(log, item) {
  switch (item.kind) {
    case "message":
      return log.typing && log.typing.who === item.author.role ? { ...log, typing: null } : log;
    case "handoff":
    case "requeued":
      return { ...log, status: "queued", agent: null };
    case "assigned":
      return { ...log, status: "assigned", agent: item.agent, place: null, waiting: null, wait: null };
    case "handed_back":
    case "reopened":
      return { ...log, status: "bot", agent: null, place: null, waiting: null, wait: null };
    case "closed":
      return { ...log, status: "closed", agent: null, place: null, waiting: null, wait: null, typing: null };
    default:
      return log;
  }
}

/** Is something missing that a resume would bring? @param {Log} log */
export function hasHole(log) {
  return log.head > log.position;
}

/** Where to resume, for `auth`; nothing before the first snapshot. @param {Log} log @returns {import("./types.d.ts").Position[]} */
export function positions(log) {
  return log.conv !== null && log.epoch !== null ? [{ conv: log.conv, epoch: log.epoch, seq: log.position }] : [];
}
