// The shapes of the staff's REST calls (docs/protocol.md, src/domain), beside those of the wire in web_common.

export type {
  Agent, AgentRef, Author, Brief, DeskRow, Feeling, HandoffItem, Item, Lang, SendBody, ServerFrame, Status,
} from "/common/types.d.ts";
import type { AgentRef, Lang } from "/common/types.d.ts";

export type FeelingName = "anger" | "anxiety" | "disappointment" | "urgency";

export type ArticleStatus = "draft" | "published" | "archived";

export interface ArticleText {
  title: string;
  questions: string[];
  body: string;
}

export type Texts = Partial<Record<Lang, ArticleText>>;

/** What an editor changes. */
export interface Fields {
  category: string;
  products: string[];
  /** ISO date. */
  valid_from: string | null;
  /** ISO date, inclusive. */
  valid_until: string | null;
  texts: Texts;
}

export interface Article extends Fields {
  id: string;
  status: ArticleStatus;
  version: number;
  updated_at?: number;
  updated_by?: AgentRef | string | null;
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
}

/** `version` is the one the work started from; `id` only for a new article. */
export interface ArticleDraft extends Fields {
  id?: string;
  version?: number;
  publish: boolean;
}
