// @y/websocket-server 0.1.1, the server of y-websocket's guide. Documents come from memory: it never waits for a disk.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { setPersistence, setupWSConnection } from '@y/websocket-server/utils';
import { answerUsage } from './usage.mjs';

const stored = new Map();
setPersistence({
  provider: null,
  bindState: (name, doc) => {
    const state = stored.get(name);
    if (state) Y.applyUpdate(doc, state);
  },
  writeState: async () => {},
});
const server = createServer();
const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024 * 1024 });
sockets.on('connection', (socket, request) => setupWSConnection(socket, request));
server.listen(Number(process.env.BENCH_PORT), '127.0.0.1', () => process.send('ready'));
answerUsage((name, state) => void stored.set(name, state));
