// Rival: Socket.IO with better-sqlite3. Arguments: database file, number of conversations.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { openLog } from './log.mjs';

const http = createServer();
const server = new Server(http, { transports: ['websocket'], maxHttpBufferSize: 65536 });
const hear = openLog(process.argv[2], Number(process.argv[3]), {
  join: (socket, conv) => socket.join(conv),
  tell: (conv, frame) => server.to(conv).emit('f', frame),
});
server.on('connection', (socket) => {
  socket.push = (frame) => socket.emit('f', frame);
  socket.on('f', (frame) => hear(socket, frame));
});
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/`));
