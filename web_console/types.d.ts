// The shapes of the staff's REST calls (docs/protocol.md, src/domain), beside those of the wire in web_common.

export type {
  Addressee, Agent, AgentRef, Author, Brief, Companion, DeskRow, Feeling, HandoffItem, Item, Lang, Seat, SendBody, ServerFrame, Status, Why,
} from "/common/types.d.ts";
import type { Addressee, AgentRef, DeskRow, Lang, RuleAct, Seat, WrapUp } from "/common/types.d.ts";

export type Level = "low" | "normal" | "high" | "urgent";

/** One act of a run. */
export type Act =
  | { do: "take" }
  | { do: "message"; text: string; despite?: string }
  | { do: "answer_many"; text: string; among: number; despite?: string }
  | { do: "note"; text: string }
  | { do: "transfer"; to: Addressee; note: string }
  | { do: "release" }
  | { do: "resolve"; wrap_up?: WrapUp }
  | { do: "hand_back" }
  | { do: "tag"; add: string[]; remove: string[] }
  | { do: "priority"; level: Level };

export interface RunTarget {
  conv: string;
  /** The assignment that is seen. */
  epoch: number;
  acts: Act[];
}

export interface RunOutcome {
  conv: string;
  /** So many of its acts are in the log. */
  done: number;
  /** Why the next one is not. */
  refused?: { code: string; message: string; who?: AgentRef; retry_after_ms?: number };
}

/** Texts may have places, as phrases do. */
export type MacroAct =
  | { do: "take" | "release" | "hand_back" }
  | { do: "resolve"; category?: string; outcome?: string }
  | { do: "tag"; add: string[]; remove: string[] }
  | { do: "phrase"; phrase: string }
  | { do: "note"; text: string }
  | { do: "transfer"; team: string; note: string }
  | { do: "priority"; level: Level };

export interface MacroDraft {
  version?: number;
  names: Partial<Record<Lang, string>>;
  acts: MacroAct[];
  shared?: boolean;
}

export interface Macro extends MacroDraft {
  id: string;
  /** Whose own it is; everybody's without. */
  owner?: string;
  version: number;
}

export interface MacroPreview extends RunTarget {
  /** Somebody has to look: a place is open. */
  has_gap: boolean;
}

export type { RuleAct, SurgeGroup, Surges } from "/common/types.d.ts";

export interface RulesFile {
  text: string;
  version: string;
}

export interface RulesTried {
  looked_at: number;
  is_cut: boolean;
  rules: {
    rule: string;
    firings: number;
    conversations: number;
    examples: { conv: string; at: number; seq: number; did: RuleAct[]; preview: string }[];
  }[];
}

/** What supervisors are told, until one of them has dealt with it. */
export type Notice = { conv: string; at: number; who?: string } & (
  | { about: "rule"; rule: string; text: string }
  | { about: "alert"; reason: string }
  | { about: "low_rating"; score: number }
);

/** Said when a conversation is resolved; ids of playbook/wrap_up.toml. */
export type { WrapUp } from "/common/types.d.ts";

export interface NamedChoice {
  id: string;
  names: Partial<Record<Lang, string>>;
  /** Intents and articles that suggest it. */
  topics?: string[];
}

/** A note that names me. */
export interface Mention {
  conv: string;
  seq: number;
  at: number;
  by_name: string;
  text: string;
  who?: string;
}

/** Somebody to get back to. */
export interface CallBack {
  conv: string;
  seq: number;
  way: "phone" | "mail";
  /** Empty once the message was redacted. */
  reach: string;
  asked_at: number;
  due_at: number;
  who?: string;
}

/** One whose keeper is not at the desk. */
export interface LeftAlone extends OpenPromise {
  keeper: AgentRef;
}

/** What a poor rating asks for. */
export interface FollowUp {
  conv: string;
  resolution: number;
  state: "open" | "taken" | "done";
  owner?: AgentRef;
  opened_at: number;
  due_at: number;
  done_at?: number;
  remedy?: string;
  score: number;
  comment?: string;
  rated_at: number;
  score_again?: number;
  comment_again?: string;
  agent?: AgentRef;
  lang: Lang;
  preview: string;
}

export interface WrapUpRules {
  /** How long an own message may be corrected. */
  edit_ms: number;
  required: boolean;
  rest_ms: number;
  categories: NamedChoice[];
  outcomes: NamedChoice[];
  tags: NamedChoice[];
}

export interface Team {
  id: string;
  name: string;
  members: string[];
}

export type FeelingName = "anger" | "anxiety" | "disappointment" | "urgency";

export type ArticleStatus = "draft" | "published" | "archived";

export interface ArticleText {
  title: string;
  questions: string[];
  body: string;
}

export type Texts = Partial<Record<Lang, ArticleText>>;

/** What the tone coach says about a reply. */
export interface ToneFinding {
  /** `arguing`, `blaming`, … */
  tone: string;
  /** The words that gave it away, as typed. */
  said: string[];
  /** What is wrong and what could be said instead, in the conversation's language. */
  wrong: string;
  better: string;
}

/** A phrase behind `/`. */
export interface Phrase {
  id: string;
  /** Whose own it is; everybody's without. */
  owner?: string;
  shortcut: string;
  category: string;
  texts: Partial<Record<Lang, string>>;
  version: number;
  updated_at: number;
  updated_by: string | null;
  uses: number;
  own_uses: number;
}

export interface PhraseDraft {
  version?: number;
  shortcut: string;
  category: string;
  texts: Partial<Record<Lang, string>>;
  shared?: boolean;
}

/** What fits the shopper's last words. */
export interface Suggestions {
  articles: { id: string; title: string; body: string; lang: Lang; chance: number }[];
  phrases: { id: string; likeness: number }[];
}

/** What an agent promised a shopper and has not kept yet. */
export interface OpenPromise {
  id: string;
  conv: string;
  agent: string;
  said: string;
  made_at: number;
  due_at: number;
  who?: string;
}

/** What an editor changes. */
export interface Fields {
  category: string;
  products: string[];
  /** ISO date. */
  valid_from: string | null;
  /** ISO date, inclusive. */
  valid_until: string | null;
  texts: Texts;
  audience: Audience;
  /** Who keeps it true. */
  owner: string | null;
  /** ISO date. */
  review_on: string | null;
  translated: Partial<Record<Lang, Translated>>;
}

export type Audience = "everyone" | "staff";

/** What a translation was made from, as it was then. */
export interface Translated {
  from: Lang;
  title: string;
  body: string;
}

/** The last four of the fields, as the server has them. */
export interface Care {
  audience?: Audience;
  owner?: string | null;
  review_on?: string | null;
  translated?: Partial<Record<Lang, Translated>>;
}

export interface WireFields {
  category: string;
  products: string[];
  valid_from: string | null;
  valid_until: string | null;
  texts: Texts;
  care?: Care;
}

export interface Article extends WireFields {
  id: string;
  status: ArticleStatus;
  version: number;
  updated_at?: number;
  updated_by?: AgentRef | string | null;
  stale?: Lang[];
  /** What is being written of it; only where it was opened. */
  draft?: ServerDraft | null;
  may?: { edit: boolean; publish: boolean };
  tests?: TestRun;
}

/** What is being written of an article, on the server. */
export interface ServerDraft extends WireFields {
  id: string;
  version: number;
  revision: number;
  stage: "writing" | "review" | "scheduled" | "held";
  publish_at: number | null;
  why: string;
  updated_at: number;
  updated_by: string;
}

export interface VersionRow {
  version: number;
  status: ArticleStatus;
  at: number;
  by: string | null;
  how: string;
  why: string;
  /** Questions of the regression set that its publish broke. */
  broken?: string[];
}

export type Advice =
  | { advice: "too_few"; have: number; want: number }
  | { advice: "alike"; question: string; other: string }
  | { advice: "clash"; question: string; article: string; title: string; phrasing: string; chance: number; same: boolean }
  | { advice: "intent"; question: string; intent: string };

export interface Outcome {
  decision: string;
  article: string | null;
  choices: string[];
}

export interface Difference {
  change: "fixed" | "broken" | "changed" | "reworded";
  question: string;
  lang: Lang;
  conversation: string;
  at: number;
  asked: number;
  before: Outcome;
  after: Outcome;
  helped?: boolean;
}

export interface KnowledgeTest {
  id: string;
  question: string;
  lang: Lang;
  expects: "article" | "intent" | "nothing";
  target?: string;
  made_at: number;
  made_by: string;
}

export interface CheckedTest extends KnowledgeTest {
  verdict: "passed" | "asked" | "failed";
  got: Outcome;
}

export interface TestRun {
  at: number;
  by: string;
  of: string | null;
  how?: "scheduled" | "held" | "imported";
  version?: number;
  passed: number;
  asked: number;
  failed: number;
  broken: CheckedTest[];
  fixed: CheckedTest[];
}

export interface PastMatch {
  question: string;
  lang: Lang;
  conversation: string;
}

export interface Trial {
  replay: { asked: number; fixed: number; broken: number; changed: number; reworded: number; differences: Difference[]; took_ms: number };
  tests: TestRun;
  matches?: { before: number; after: number; gained: PastMatch[]; lost: PastMatch[]; kept: PastMatch[] };
  /** Of flows and policies: practice conversations, and those that would read otherwise. */
  practice?: { of: number; changed: { title: string; before: string; after: string }[] };
}

export interface Category {
  id: string;
  names: Partial<Record<Lang, string>>;
  articles: number;
}

export interface CategoryRight {
  category: string;
  edit_team: string | null;
  publish_team: string | null;
}

/** An intent's file as a form; words by language. */
export type IntentForm = {
  type: string;
  small_talk: boolean;
  cues: { weight: number; regex: string }[];
  act: string | Record<string, string>;
  patterns: string[];
  unless: string[];
  articles: string[];
} & Partial<Record<Lang, { label: string; examples: string[]; replies: string[] }>>;

export interface ReturnPolicy {
  change_of_mind_days: number;
  exchange_days: number;
  our_fault_days: number;
  send_within_days: number;
  /** Category of goods to the name of the reply that says why. */
  not_once_opened: Record<string, string>;
  never: Record<string, string>;
}

/** One thing to set in a file of settings. */
export type Setting = { section: string; name: string } & (
  | { kind: "count"; least: number; most: number }
  | { kind: "switch" }
  | { kind: "choice"; of: string[]; least: number; ordered: boolean }
  | { kind: "intents"; most: number }
);

/** By section and name. */
export type Settings = Record<string, Record<string, number | boolean | string[]>>;

export type FileFormContent = { intent: IntentForm } | { returns: ReturnPolicy } | { settings: Settings };

/** What is wrong with a file, with the sentence's parts. */
export type FileMistake = {
  line: number;
  message: string;
  said?: import("./told.js").Said;
};

export interface PastMatches {
  of: number;
  matched?: number;
  matches: PastMatch[];
  mistake?: string;
}

export interface ArticleEffect {
  article: string;
  viewed: number;
  answered: number;
  helped: number;
  not_helped: number;
  handed_off: number;
  /** Conversations it answered in that were rated afterwards, and the sum of their scores. */
  rated: number;
  scores: number;
}

export interface EditEffect {
  article: string;
  version: number;
  at: number;
  by: string | null;
  how: string;
  why: string;
  compared_ms: number;
  before: ArticleEffect;
  after: ArticleEffect;
}

export interface FileVersion {
  version: number;
  at: number;
  by: string | null;
  why: string;
  content: string;
}

export interface ArticleRow {
  id: string;
  status: ArticleStatus;
  category: string;
  titles: Partial<Record<Lang, string>>;
  version: number;
  valid_from: string | null;
  valid_until: string | null;
  updated_at: number;
  updated_by: AgentRef | string | null;
  audience?: Audience;
  owner?: string | null;
  review_on?: string | null;
  stale?: Lang[];
  draft?: { stage: ServerDraft["stage"]; publish_at: number | null; updated_at: number; updated_by: string } | null;
}

/** `version` is the one the work started from; `id` only for a new article. */
export interface ArticleDraft extends WireFields {
  id?: string;
  version?: number;
  publish: boolean;
  why?: string;
  revision?: number;
}

export type GapState = "open" | "drafted" | "dismissed" | "merged";

/** What shoppers asked in vain, as it is listed. */
export interface Gap {
  id: string;
  title: string;
  lang: Lang;
  state: GapState;
  /** Its article is published; and it was asked again since. */
  answered: boolean;
  still_asked: boolean;
  owner: string | null;
  owner_name: string | null;
  article: string | null;
  size: number;
  /** Conversations. */
  reach: number;
  questions: number;
  /** Means, 0 to 1. */
  urgency: number;
  feeling: number;
  /** In the last seven days, and in the seven before. */
  recent: number;
  before: number;
  last_at: number;
  clarified: number;
  unanswered: number;
  not_helped: number;
  handed_off: number;
}

export interface GapDetail {
  id: string;
  title: string;
  state: GapState;
  merged_into: string | null;
  samples: { conv: string; at: number; lang: Lang; question: string; why: "clarified" | "unanswered" | "not_helped" | "handed_off"; bot: string | null; agent: string | null }[];
  alike: { id: string; title: string; likeness: number }[];
}

export interface Finding {
  kind: string;
  article: string;
  other?: string;
  lang?: Lang;
  about?: string;
  count?: number;
}

export interface HealthReport {
  at: number;
  is_current: boolean;
  articles: number;
  findings: Finding[];
  counts: Record<string, number>;
  titles: Record<string, Partial<Record<Lang, string>>>;
}

export interface ImportFile {
  name: string;
  text: string;
}

export interface ImportPlan {
  added: string[];
  changed: { id: string; fields: string[] }[];
  unchanged: number;
  /** The tests were not asked: that means reading so many phrasings. */
  unread?: number;
  tests?: TestRun;
}

export interface UnusedPicture {
  name: string;
  bytes: number;
  added_at: number;
}

/** A member of staff as an admin sees them. */
export interface StaffAccount {
  id: string;
  mail: string;
  name: string;
  role: string;
  disabled: boolean;
  /** `all`, or `teams`: only their teams' conversations. */
  sees: string;
}

export interface SlaRule {
  min_priority: number;
  tiers?: string[];
  channels?: string[];
  first_response_minutes?: number;
  next_response_minutes?: number;
  resolution_minutes?: number;
  around_the_clock: boolean;
}

/** One inbox's part of desk.toml. */
export interface InboxRules {
  way: string;
  capacity: number;
  offer_seconds: number;
  overflow_minutes: number;
  previous_first: boolean;
  /** By `mon` to `sun`; null: always open. */
  hours: Record<string, string[]> | null;
  holidays: string[];
  special: Record<string, string[]>;
  sla: SlaRule[];
}

export interface RuleFileRow {
  path: string;
  version: number;
  updated_at?: number;
  updated_by?: string;
}

export interface RuleFile extends RuleFileRow {
  text: string;
  versions: { version: number; saved_at?: number; saved_by?: string }[];
}

/** A line of the audit. */
export interface Change {
  seq: number;
  at: number;
  by: AgentRef;
  deed: string;
  about: string;
  detail: Record<string, unknown> | null;
}

/** What the supervisor's wall shows (src/service/wall.rs). */
export interface Wall {
  at: number;
  today_since: number;
  waiting: number;
  oldest_since: number | null;
  /** By id; empty: everybody's. */
  by_team: Record<string, number>;
  by_lang: Record<string, number>;
  seats: Seat[];
  usual_capacity: number;
  today: { asked: number; answered: number; abandoned: number; warnings: number; breaches: number };
  told: { waits: number; within: number; median_wait_ms: number } | null;
  queue: DeskRow[];
  pressing: DeskRow[];
  /** What agents promised shoppers and nobody at the desk will keep. */
  promised: LeftAlone[];
}

/** How one conversation stands. */
export interface Standing {
  at: number;
  clocks: { bot_ms: number; queue_ms: number; agent_ms: number; shopper_ms: number; running: "bot" | "queue" | "agent" | "shopper" | null };
  debts: { owed: string; since: number; warn_at: number; due_at: number }[];
  priority: { score: number; factors: { name: string; points: number }[] };
  /** As of the shopper's last words. */
  feeling: Feeling;
  tier: string | null;
  tiers: Record<string, number>;
}

/** What was before: earlier stays of a conversation, and others of the same contact or the same proved order. */
export interface History {
  stays: Stay[];
  others: (DeskRow & { order?: string })[];
}
export interface Stay {
  from: number;
  through: number;
  began_at: number;
  ended_at: number;
  by?: AgentRef;
  category?: string;
  outcome?: string;
  rating?: number;
}
