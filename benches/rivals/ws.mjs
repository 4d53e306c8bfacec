// Rival: `ws` with better-sqlite3. Arguments: database file, number of conversations.
import { WebSocketServer } from 'ws';
import { openLog } from './log.mjs';

/** Per conversation the sockets that follow it. */
const followers = new Map();

function join(socket, conv) {
  if (!followers.has(conv)) followers.set(conv, new Set());
  followers.get(conv).add(socket);
}

function tell(conv, frame) {
  const text = JSON.stringify(frame);
  for (const socket of followers.get(conv) ?? []) socket.send(text);
}

const hear = openLog(process.argv[2], Number(process.argv[3]), { join, tell });
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: 65536 });
server.on('connection', (socket) => {
  socket.push = (frame) => socket.send(JSON.stringify(frame));
  socket.on('message', (data) => hear(socket, JSON.parse(data)));
  socket.on('close', () => {
    for (const conv of socket.follows ?? []) followers.get(conv).delete(socket);
  });
  socket.on('error', () => socket.terminate());
});
server.on('listening', () => console.log(`http://127.0.0.1:${server.address().port}/`));
