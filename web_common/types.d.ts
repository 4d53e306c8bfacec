// The shapes of docs/protocol.md, for checking our JavaScript; nothing here is loaded by a browser.

export type Lang = "zh-Hant" | "zh-Hans" | "en";
export type Status = "bot" | "queued" | "assigned" | "closed";

export interface AgentRef {
  id: string;
  name: string;
}

export type Author =
  | { role: "shopper" }
  | { role: "bot" }
  | { role: "system" }
  | ({ role: "agent" } & AgentRef);

export type Choice =
  | { do: "article"; id: string }
  | { do: "intent"; name: string }
  | { do: "slot"; name: string; value: string }
  | { do: "helpful"; article: string; yes: boolean }
  | { do: "human" }
  | { do: "leave_queue" };

export interface Button {
  label: string;
  choice: Choice;
}

export interface Source {
  article: string;
  title: string;
  lang: Lang;
}

export type OrderState =
  | "unpaid" | "paid" | "packed" | "shipped" | "delivered" | "returned" | "refunded" | "cancelled";

export interface OrderParcel {
  carrier: string;
  tracking: string;
  shipped_at: number | null;
  expected_at: number | null;
  delivered_at: number | null;
  late: boolean;
  delay: string | null;
}

export interface OrderCard {
  type: "order";
  number: string;
  state: OrderState;
  placed_at: number;
  items: { name: string; quantity: number }[];
  parcels: OrderParcel[];
}

export interface ReturnCard {
  type: "return";
  number: string;
  order: string;
  item: string;
  kind: "return" | "exchange";
  /** ISO date, such as 2026-03-18. */
  send_by: string;
  postage_paid_by_shop: boolean;
}

export type Card = OrderCard | ReturnCard;

export interface ItemBase {
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  cid?: string;
  author: Author;
}

export interface MessageItem extends ItemBase {
  kind: "message";
  /** Plain text; with a source the article's Markdown. */
  text: string;
  lang?: Lang;
  source?: Source;
  /** Sanitised by the server; we sanitise once more. */
  html?: string;
  card?: Card;
  buttons?: Button[];
  choice?: Choice;
}
export interface NoteItem extends ItemBase {
  kind: "note";
  text: string;
}
export interface HandoffItem extends ItemBase {
  kind: "handoff";
  /** Agents only. */
  reason?: string;
  priority?: { score: number; factors: { name: string; points: number }[] };
  brief?: Brief;
}
export interface AssignedItem extends ItemBase {
  kind: "assigned";
  agent: AgentRef;
  epoch: number;
}
export interface HandedBackItem extends ItemBase {
  kind: "handed_back";
  by: Author;
}
export interface RequeuedItem extends ItemBase {
  kind: "requeued";
  /** Agents only. */
  from?: AgentRef;
  /** Agents only. */
  reason?: "agent_lost" | "released";
}
export interface ClosedItem extends ItemBase {
  kind: "closed";
  by: Author;
}
export interface ReopenedItem extends ItemBase {
  kind: "reopened";
}
export interface ReturnOpenedItem extends ItemBase {
  kind: "return_opened";
  number: string;
  order: string;
}

export type Item =
  | MessageItem | NoteItem | HandoffItem | AssignedItem | HandedBackItem | RequeuedItem | ClosedItem | ReopenedItem | ReturnOpenedItem;

export interface Brief {
  who: string | null;
  order: string | null;
  wants: string | null;
  wants_text: string | null;
  /** The words that brought it here. */
  trigger?: string;
  tried: ({ did: string } & Record<string, unknown>)[];
  feeling: Feeling;
  words: string[];
}

export interface Feeling {
  anger: number;
  anxiety: number;
  disappointment: number;
  urgency: number;
}

export interface DeskRow {
  conv: string;
  status: Status;
  lang: Lang;
  assignee?: AgentRef;
  epoch: number;
  priority: number;
  queued_at?: number;
  updated_at: number;
  head: number;
  preview: string;
  feeling?: Feeling;
  reason?: string;
  who?: string;
}

export interface Agent extends AgentRef {
  role: string;
}

/** Where a client stands in one conversation. */
export interface Position {
  conv: string;
  epoch: string;
  seq: number;
}

export type RefusalCode =
  | "bad_frame" | "too_long" | "rate_limited" | "not_yours" | "taken" | "stale" | "closed" | "unauthorised" | "busy";

export interface HelloFrame { type: "hello"; heartbeat_ms: number; max_frame: number; server_time: number }
export interface ReadyFrame {
  type: "ready";
  role: "shopper" | "agent";
  epoch: string;
  conv?: string;
  lang?: Lang;
  agent?: Agent;
  desk?: DeskRow[];
}
export interface EntriesFrame { type: "entries"; conv: string; from: number; through: number; items: Item[] }
export interface ResumedFrame { type: "resumed"; conv: string; head: number }
export interface ResetFrame { type: "reset"; conv: string; epoch: string; head: number; items: Item[]; row?: DeskRow }
export interface RefusedFrame {
  type: "refused";
  cid?: string;
  code: RefusalCode;
  message: string;
  retry_after_ms?: number;
  who?: AgentRef | string;
}
export interface StatusFrame { type: "status"; conv: string; status: Status; place?: number; waiting?: number }
export interface SeenFrame { type: "seen"; conv: string; who: "shopper" | "agent"; seq: number }
export interface TypingFrame {
  type: "typing";
  conv: string;
  who: "bot" | "agent" | "shopper";
  name?: string;
  on: boolean;
}
export interface DeskFrame { type: "desk"; rows: DeskRow[] }
export interface PongFrame { type: "pong"; heads: Record<string, number> }
export interface DrainFrame { type: "drain"; retry_in_ms: number }

export type ServerFrame =
  | HelloFrame | ReadyFrame | EntriesFrame | ResumedFrame | ResetFrame | RefusedFrame | StatusFrame | SeenFrame
  | TypingFrame | DeskFrame | PongFrame | DrainFrame;

export type Credentials = { role: "shopper"; token: string } | { role: "agent"; ticket: string };

export type SendBody =
  | { do: "message"; text: string; choice?: Choice; epoch?: number }
  | { do: "note"; text: string }
  | { do: "take" }
  | { do: "hand_back"; epoch: number }
  | { do: "release"; epoch: number }
  | { do: "resolve"; epoch: number };

export type ClientFrame =
  | ({ type: "auth"; client?: string; resume: Position[] } & Credentials)
  | { type: "send"; cid: string; conv: string; body: SendBody }
  | { type: "open"; conv: string }
  | { type: "leave"; conv: string }
  | { type: "seen"; conv: string; seq: number }
  | { type: "typing"; conv: string; on: boolean }
  | { type: "ping"; heads: Record<string, number> };
