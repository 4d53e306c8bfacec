// The shapes of docs/protocol.md, for checking our JavaScript; nothing here is loaded by a browser.

export type Lang = "zh-Hant" | "zh-Hans" | "en";
export type Status = "bot" | "queued" | "offered" | "assigned" | "closed";

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

/** A file that came with a message; its bytes are fetched by id. */
export interface Attachment {
  id: string;
  type: string;
  bytes: number;
  /** Of a picture. */
  width?: number;
  height?: number;
  /** Of a document. */
  name?: string;
}

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
  files?: Attachment[];
  /** On an agent's message, for staff: what the tone coach had said. */
  despite?: string;
  changed?: Changed;
  /** On an agent's message, for staff: so many who waited with the same matter got it. */
  among?: number;
}
/** What became of words after they were written. */
export interface Changed {
  edited_at?: number;
  /** Agents only. */
  was?: { text: string; until: number; by?: AgentRef }[];
  /** `by` and `why` for agents only. */
  redacted?: { at: number; by?: AgentRef; why?: string };
}
export interface NoteItem extends ItemBase {
  kind: "note";
  text: string;
  /** Colleagues who are named in it. */
  mentions?: AgentRef[];
  changed?: Changed;
}
export interface HandoffItem extends ItemBase {
  kind: "handoff";
  /** Agents only. */
  reason?: string;
  priority?: { score: number; factors: { name: string; points: number }[] };
  brief?: Brief;
}
/** Why this agent, why now: as it was at that moment. */
export interface Why {
  how: "taken" | "given" | "previous" | "transferred" | "taken_over";
  way?: "pull" | "least_loaded" | "round_robin";
  waited_ms?: number;
  priority: { score: number; factors: { name: string; points: number }[] };
  load?: { active: number; capacity: number; idle_ms?: number };
}

/** Agents only. */
export interface OfferedItem extends ItemBase {
  kind: "offered";
  agent: AgentRef;
  epoch: number;
  until: number;
  why: Why;
}
export interface AssignedItem extends ItemBase {
  kind: "assigned";
  agent: AgentRef;
  epoch: number;
  /** Agents only. */
  why?: Why;
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
  reason?: "agent_lost" | "released" | "transferred" | "declined" | "missed";
  /** Where it was passed to a team. */
  team?: string;
}
/** Agents only: a promise is about to be broken, or is. */
export interface SlaItem extends ItemBase {
  kind: "sla";
  owed: "first_response" | "next_response" | "resolution";
  breach: boolean;
  since: number;
}
/** Agents only: somebody said how urgent it is. */
export interface PrioritisedItem extends ItemBase {
  kind: "prioritised";
  level: "low" | "normal" | "high" | "urgent";
  priority: { score: number; factors: { name: string; points: number }[] };
}
export type RuleAct =
  | { act: "team"; team: string }
  | { act: "priority"; level: "low" | "normal" | "high" | "urgent" }
  | { act: "note" | "notify"; text: string }
  | { act: "reply"; key: string };
/** Agents only: a rule of the playbook acted; what it did follows. */
export interface AlertItem extends ItemBase {
  kind: "alert";
  reason: string;
  priority: { score: number; factors: { name: string; points: number }[] };
  feeling: Feeling;
}
/** Agents only. */
export interface RuleFiredItem extends ItemBase {
  kind: "rule_fired";
  rule: string;
  did: RuleAct[];
}
/** Said when a conversation is resolved; ids of playbook/wrap_up.toml. */
export interface WrapUp {
  category?: string;
  outcome?: string;
  tags?: string[];
}
/** The entry `target` has these words now. */
export interface EditedItem extends ItemBase {
  kind: "edited";
  target: number;
  text: string;
  despite?: string;
  private?: boolean;
}
/** The entry `target` has no words any more. */
export interface RedactedItem extends ItemBase {
  kind: "redacted";
  target: number;
  /** Agents only. */
  why?: string;
  private?: boolean;
}
/** How was it? Of several the last counts. */
export interface RatingAskedItem extends ItemBase {
  kind: "rating_asked";
  resolution: number;
  again?: boolean;
  text: string;
  lang: Lang;
}
export interface RatedItem extends ItemBase {
  kind: "rated";
  resolution: number;
  again?: boolean;
  /** 1 to 5. */
  score: number;
  comment?: string;
  changed?: Changed;
}
/** Agents only. */
export interface FollowUpItem extends ItemBase {
  kind: "follow_up";
  resolution: number;
  did: "opened" | "taken" | "done";
  score?: number;
  due_at?: number;
  remedy?: string;
}
/** Agents only. */
export interface CallBackAskedItem extends ItemBase {
  kind: "call_back_asked";
  way: "phone" | "mail";
  due_at: number;
}
/** Agents only. */
export interface CalledBackItem extends ItemBase {
  kind: "called_back";
}
/** Agents only. */
export interface WrappedUpItem extends ItemBase, WrapUp {
  kind: "wrapped_up";
}
/** Agents only. */
export interface TaggedItem extends ItemBase {
  kind: "tagged";
  added?: string[];
  removed?: string[];
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
  pictures?: number;
}

export type Item =
  | MessageItem | NoteItem | HandoffItem | OfferedItem | AssignedItem | HandedBackItem | RequeuedItem | SlaItem | PrioritisedItem | AlertItem | RuleFiredItem | WrappedUpItem | TaggedItem | EditedItem | RedactedItem | RatingAskedItem | RatedItem | FollowUpItem | CallBackAskedItem | CalledBackItem | ClosedItem | ReopenedItem | ReturnOpenedItem;

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
  /** Sums, days, sizes, items; personal data is masked. */
  mentioned?: { what: "amount" | "date" | "variant" | "item" | "mail" | "phone"; value: string }[];
  /** So many the shopper sent; the bot has not seen them. */
  pictures?: number;
  /** What to do first, in every language of staff. */
  next_step?: Record<Lang, string>;
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
  /** While it is offered to `assignee`: until when. */
  offered_until?: number;
  updated_at: number;
  head: number;
  preview: string;
  feeling?: Feeling;
  reason?: string;
  who?: string;
  /** Whose part of the queue it is in. */
  team?: string;
  /** When the next promise would be broken. */
  sla_due_at?: number;
  /** Of the last wrap-up. */
  category?: string;
  outcome?: string;
  tags?: string[];
  /** The last rating, 1 to 5. */
  rating?: number;
}

export interface Agent extends AgentRef {
  role: string;
}

/** An agent at the desk. */
export interface Seat {
  agent: AgentRef;
  /** The agent's own switch. */
  available: boolean;
  /** Somebody is connected as them. */
  there: boolean;
  /** Offered or assigned now. */
  active: number;
  /** Most at once, where a supervisor has set it. */
  capacity?: number;
  /** Wraps a conversation up until then at most. */
  wrap_until?: number;
}

/** Somebody who has a conversation in front of them. */
export interface Companion extends AgentRef {
  doing: "looking" | "noting" | "replying";
}

/** Where a client stands in one conversation. */
export interface Position {
  conv: string;
  epoch: string;
  seq: number;
}

export type RefusalCode =
  | "bad_frame" | "too_long" | "rate_limited" | "not_yours" | "taken" | "stale" | "full" | "not_there" | "too_late" | "needs_wrap_up" | "unknown_choice" | "no_such_file" | "closed" | "unauthorised" | "busy";

export interface HelloFrame { type: "hello"; heartbeat_ms: number; max_frame: number; server_time: number }
export interface ReadyFrame {
  type: "ready";
  role: "shopper" | "agent";
  epoch: string;
  conv?: string;
  lang?: Lang;
  agent?: Agent;
  desk?: DeskRow[];
  seats?: Seat[];
  company?: Record<string, Companion[]>;
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
export interface StatusFrame { type: "status"; conv: string; status: Status; place?: number; waiting?: number; wait?: WaitRange }
/** In which the time most likely lies, from now. */
export interface WaitRange { low_ms: number; high_ms: number }
export interface SeenFrame { type: "seen"; conv: string; who: "shopper" | "agent"; seq: number }
export interface TypingFrame {
  type: "typing";
  conv: string;
  who: "bot" | "agent" | "shopper";
  name?: string;
  on: boolean;
}
export interface DeskFrame { type: "desk"; rows: DeskRow[] }
/** I am named in a note. */
export interface MentionedFrame { type: "mentioned"; conv: string; seq: number; by: AgentRef; at: number }
/** Out of sight: another team's. */
export interface GoneFrame { type: "gone"; convs: string[] }
export interface SeatsFrame { type: "seats"; seats: Seat[] }
/** Who waits with the same matter. */
export interface SurgeGroup {
  id: string;
  /** An intent's name or an article's id. */
  topic?: string;
  since: number;
  /** In the order of waiting. */
  members: { conv: string; epoch: number; lang: Lang }[];
  samples: { conv: string; lang: Lang; text: string }[];
}
export interface Surges {
  mode: "auto" | "on" | "off";
  groups: SurgeGroup[];
}
export interface SurgesFrame extends Surges { type: "surges" }
export interface NoticesFrame { type: "notices" }
export interface CompanyFrame { type: "company"; conv: string; agents: Companion[] }
export interface PongFrame { type: "pong"; heads: Record<string, number> }
export interface DrainFrame { type: "drain"; retry_in_ms: number }

export type ServerFrame =
  | HelloFrame | ReadyFrame | EntriesFrame | ResumedFrame | ResetFrame | RefusedFrame | StatusFrame | SeenFrame
  | TypingFrame | DeskFrame | MentionedFrame | GoneFrame | SeatsFrame | SurgesFrame | NoticesFrame | CompanyFrame | PongFrame | DrainFrame;

export type Credentials = { role: "shopper"; token: string } | { role: "agent"; ticket: string };

export type SendBody =
  | { do: "message"; text: string; files?: string[]; choice?: Choice; epoch?: number; despite?: string }
  | { do: "note"; text: string; mentions?: string[] }
  | { do: "rate"; resolution: number; score: number; comment?: string }
  | { do: "edit"; seq: number; text: string; despite?: string }
  | { do: "redact"; seq: number; why: string }
  | { do: "take" }
  | { do: "accept"; epoch: number }
  | { do: "decline"; epoch: number }
  | { do: "hand_back"; epoch: number }
  | { do: "release"; epoch: number }
  | { do: "resolve"; epoch: number; wrap_up?: WrapUp }
  | { do: "tag"; add: string[]; remove: string[] }
  | { do: "transfer"; epoch: number; to: Addressee; note: string }
  | { do: "answer_many"; epoch: number; text: string; among: number; despite?: string }
  | { do: "priority"; level: "low" | "normal" | "high" | "urgent" }
  | { do: "take_over"; epoch: number };

export type Addressee = { agent: string } | { team: string };

export type ClientFrame =
  | ({ type: "auth"; client?: string; resume: Position[] } & Credentials)
  | { type: "send"; cid: string; conv: string; body: SendBody }
  | { type: "open"; conv: string }
  | { type: "leave"; conv: string }
  | { type: "seen"; conv: string; seq: number }
  | { type: "typing"; conv: string; on: boolean }
  | { type: "looking"; conv?: string; doing?: Companion["doing"] }
  | { type: "available"; on: boolean }
  | { type: "wrapping_up"; on: boolean }
  | { type: "ping"; heads: Record<string, number> };
