/**
 * The shapes that come over the wire, as JSDoc types, so that a renamed field is found by the type checker
 * and not by an agent. The truth is docs/protocol.md and src/domain.
 */

/** @typedef {'zh-Hant' | 'zh-Hans' | 'en'} Lang */
/** @typedef {'agent' | 'editor' | 'supervisor' | 'admin'} Role */
/** @typedef {{id: string, name: string, mail?: string, role: Role}} Agent */
/** @typedef {{id: string, name: string}} AgentRef */

/** @typedef {'bot' | 'queued' | 'assigned' | 'closed'} Status */
/** @typedef {'anger' | 'anxiety' | 'disappointment' | 'urgency'} FeelingName */
/** Four signals, each 0 to 1. @typedef {Record<FeelingName, number>} Feeling */

/**
 * @typedef {'request' | 'failure' | 'feeling' | 'safety' | 'self_harm' | 'legal' | 'press' | 'regulator' | 'fraud'
 *   | 'proof_locked' | 'needs_person'} HandoffReason
 */

/** @typedef {{name: string, points: number}} Factor */
/** @typedef {{score: number, factors: Factor[]}} Priority */

/**
 * One thing the bot did before it gave up.
 * @typedef {{did: 'answered', article: string, title: string, helped?: boolean | null}
 *   | {did: 'clarified'}
 *   | {did: 'not_understood', text: string}
 *   | {did: 'order_shown', order: string}
 *   | {did: 'order_not_proved', order: string}
 *   | {did: 'return_opened', number: string}
 *   | {did: 'return_refused', order: string, rule: string}} Tried
 */

/**
 * @typedef {object} Brief
 * @property {string | null} [who]
 * @property {string | null} [order]
 * @property {string | null} [wants] the intent's name
 * @property {string | null} [wants_text] the shopper's own words for it
 * @property {Tried[]} tried
 * @property {Feeling} feeling
 * @property {string[]} words the words that made the bot think so
 */

/**
 * @typedef {{role: 'shopper'} | {role: 'bot'} | {role: 'system'} | {role: 'agent', id: string, name: string}} Author
 */

/**
 * One entry of a conversation's log.
 * @typedef {object} Item
 * @property {number} seq
 * @property {number} at Unix milliseconds
 * @property {string} [cid]
 * @property {Author} author
 * @property {'message' | 'note' | 'handoff' | 'assigned' | 'handed_back' | 'closed' | 'reopened' | 'return_opened'} kind
 * @property {string} [text]
 * @property {Lang} [lang]
 * @property {{article: string, title: string, lang: Lang}} [source]
 * @property {string} [html]
 * @property {any} [card]
 * @property {{label: string, choice: object}[]} [buttons]
 * @property {object} [choice]
 * @property {HandoffReason} [reason]
 * @property {Priority} [priority]
 * @property {Brief} [brief]
 * @property {AgentRef} [agent]
 * @property {number} [epoch]
 * @property {Author} [by]
 * @property {string} [number]
 * @property {string} [order]
 */

/**
 * One conversation in the lists.
 * @typedef {object} DeskRow
 * @property {string} conv
 * @property {Status} status
 * @property {Lang} lang
 * @property {AgentRef | null} [assignee]
 * @property {number} epoch of the assignment
 * @property {number} priority higher is sooner
 * @property {number | null} [queued_at]
 * @property {number} updated_at
 * @property {number} head seq of the last entry
 * @property {string} preview
 * @property {Feeling | null} [feeling]
 * @property {HandoffReason | null} [reason]
 * @property {string | null} [who]
 */

/** @typedef {'draft' | 'published' | 'archived'} ArticleStatus */
/** @typedef {{title: string, questions: string[], body: string}} ArticleText */

/**
 * @typedef {object} Article
 * @property {string} id
 * @property {ArticleStatus} status
 * @property {string} category
 * @property {string[]} products
 * @property {string | null} valid_from ISO date
 * @property {string | null} valid_until ISO date, inclusive
 * @property {Partial<Record<Lang, ArticleText>>} texts
 * @property {number} version
 * @property {number} [updated_at]
 * @property {string | AgentRef | null} [updated_by]
 */

/**
 * @typedef {object} ArticleRow
 * @property {string} id
 * @property {ArticleStatus} status
 * @property {string} category
 * @property {Partial<Record<Lang, string>>} titles
 * @property {number} version
 * @property {string | null} valid_from
 * @property {string | null} valid_until
 * @property {number} updated_at
 * @property {string | AgentRef | null} updated_by
 */

/** @type {Lang[]} */
export const LANGS = ['zh-Hant', 'zh-Hans', 'en'];

/** @type {FeelingName[]} */
export const FEELINGS = ['anger', 'anxiety', 'disappointment', 'urgency'];

/** Article categories, in the order the shop's help pages have them (knowledge_base/README.md). */
export const CATEGORIES = [
  'delivery', 'orders', 'returns', 'payment', 'account', 'membership', 'products', 'technical',
  'promotions', 'warranty', 'privacy', 'wholesale', 'events', 'sustainability', 'general',
];
