// Hocuspocus 3.4 as its guide shows it. Documents come from memory: it never waits for a disk.
import { Server } from '@hocuspocus/server';
import * as Y from 'yjs';
import { answerUsage } from './usage.mjs';

const stored = new Map();
const server = new Server({
  port: Number(process.env.BENCH_PORT), quiet: true, debounce: 0, unloadImmediately: true,
  async onLoadDocument({ documentName, document }) {
    const state = stored.get(documentName);
    if (state) Y.applyUpdate(document, state);
  },
});
await server.listen();
answerUsage((name, state) => void stored.set(name, state));
process.send('ready');
