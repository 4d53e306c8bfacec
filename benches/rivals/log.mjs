// The work that both Node servers do for a message, so that they differ from each other only in the socket: who sends,
// a place in the conversation's log, the conversation's row, one commit for all that came in a tick, and then one frame
// for each socket concerned.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';

const hashed = (token) => createHash('sha256').update(token).digest('hex');

/**
 * Conversations `0 … count - 1` with their shoppers' tokens; agents' tokens begin with `agent-`.
 * `join(socket, conv)` and `tell(conv, frame)` are the socket library's: who follows a conversation, and a frame to all
 * of them. A socket has `push(frame)`, and keeps what it is in `role`, `sender` and `follows`.
 */
export function openLog(file, count, { join, tell }) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`
    CREATE TABLE visitor (token_hash TEXT PRIMARY KEY NOT NULL, conversation TEXT NOT NULL);
    CREATE TABLE conversation (
      id TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL, version INTEGER NOT NULL, head INTEGER NOT NULL,
      updated_at INTEGER NOT NULL, preview TEXT NOT NULL);
    CREATE TABLE entry (
      conversation TEXT NOT NULL REFERENCES conversation (id), seq INTEGER NOT NULL, at INTEGER NOT NULL,
      author TEXT NOT NULL, sender TEXT, cid TEXT, kind TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (conversation, seq), UNIQUE (conversation, sender, cid));`);
  const addVisitor = db.prepare('INSERT INTO visitor VALUES (?, ?)');
  const addConversation = db.prepare("INSERT INTO conversation VALUES (?, 'assigned', 0, 0, 0, '')");
  db.transaction(() => {
    for (let at = 0; at < count; at++) {
      const conv = `01986f3e-7a10-7c52-9d7e-${at.toString(16).padStart(12, '0')}`;
      addConversation.run(conv);
      addVisitor.run(hashed(`shopper-${at}`), conv);
    }
  })();

  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const findVisitor = db.prepare('SELECT conversation FROM visitor WHERE token_hash = ?').pluck();
  const findCid = db.prepare('SELECT seq FROM entry WHERE conversation = ? AND sender = ? AND cid = ?').pluck();
  const advance = db.prepare(`UPDATE conversation SET version = version + 1, head = head + 1, updated_at = ?, preview = ?
    WHERE id = ? RETURNING head`).pluck();
  const append = db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)');

  let isOpen = false;
  let news = new Map();

  function follow(conv, socket) {
    socket.follows.push(conv);
    join(socket, conv);
  }

  function endTick() {
    commit.run();
    isOpen = false;
    const told = news;
    news = new Map();
    for (const [conv, items] of told) {
      const [first, last] = [items[0].seq, items[items.length - 1].seq];
      tell(conv, { type: 'entries', conv, from: first, through: last, items });
    }
  }

  function send(socket, { cid, conv, body }) {
    if (!socket.follows.includes(conv) || typeof body.text !== 'string' || body.text.length > 4000) {
      return socket.push({ type: 'refused', cid, code: 'not_yours' });
    }
    if (!isOpen) {
      begin.run();
      isOpen = true;
      setImmediate(endTick);
    }
    const known = findCid.get(conv, socket.sender, cid);
    if (known !== undefined) return;
    const at = Date.now();
    const seq = advance.get(at, body.text.slice(0, 120), conv);
    append.run(conv, seq, at, socket.role, socket.sender, cid, 'message', JSON.stringify({ kind: 'message', text: body.text }));
    const item = { seq, at, cid, author: { role: socket.role }, kind: 'message', text: body.text };
    const items = news.get(conv);
    if (items) items.push(item);
    else news.set(conv, [item]);
  }

  /** What a socket says. */
  return function hear(socket, frame) {
    if (frame.type === 'send') return send(socket, frame);
    if (frame.type === 'auth') {
      socket.follows = [];
      socket.role = frame.token.startsWith('agent-') ? 'agent' : 'shopper';
      socket.sender = socket.role === 'agent' ? frame.token : 'shopper';
      const conv = socket.role === 'agent' ? '' : findVisitor.get(hashed(frame.token));
      if (conv) follow(conv, socket);
      return socket.push({ type: 'ready', conv });
    }
    if (frame.type === 'open') {
      follow(frame.conv, socket);
      return socket.push({ type: 'reset', conv: frame.conv });
    }
    socket.push({ type: 'pong' });
  };
}
