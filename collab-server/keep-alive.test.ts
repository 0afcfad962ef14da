import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { createDocument } from '#flow/document';
import { refusal } from './close-codes';
import { Connection } from './connection';
import type { Room } from './room';
import { accessOf, memoryRoom, MemoryLog, PretendSocket } from './testing-memory';

let room: Room;
beforeEach(async () => {
  room = await memoryRoom(new MemoryLog(createDocument(emptyDefinition('dataflow', 'Still'))).open().storage);
  vi.useFakeTimers();
});
afterEach(() => {
  room.fail(refusal('restarting', 'the end'));
  vi.useRealTimers();
});

/** A client that hears everything and answers pings only while it should. */
class Quiet extends PretendSocket {
  heard = 0;
  answers = true;
  override onSend = () => void (this.heard += 1);
  override ping(): void {
    if (this.answers) super.ping();
  }
}

it('C21 a socket that is silent hears something at least every 15 s, for as long as it answers', () => {
  const socket = new Quiet();
  new Connection(room, socket, accessOf('ana'));
  for (let times = 0; times < 20; times++) {
    socket.heard = 0;
    vi.advanceTimersByTime(15_000);
    expect(socket.heard).toBeGreaterThan(0);
    expect(socket.readyState).toBe(socket.OPEN);
  }
});

it('C21 a socket that does not answer a ping within 12 s is dropped, and its room lets go of it', () => {
  const socket = new Quiet();
  new Connection(room, socket, accessOf('ana'));
  vi.advanceTimersByTime(60_000);
  expect([socket.readyState, room.connections.size]).toEqual([socket.OPEN, 1]);
  socket.answers = false;
  vi.advanceTimersByTime(24_000); // the next ping comes within 12 s, and has 12 s
  expect([socket.readyState === socket.OPEN, room.connections.size]).toEqual([false, 0]);
});
