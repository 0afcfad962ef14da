import type { EditorSocket } from './editor-socket';

const mebibyte = 1024 * 1024;
export const outboxLimits = {
  /** Bytes unsent above which cursors are left out, and above which updates are kept back. */
  skipCursorsAbove: 256 * 1024, keepBackAbove: mebibyte,
  /** Kept back this much for a while, or at all this much or this long, a socket is too slow. */
  slowAbove: 8 * mebibyte, slowAfterMs: 2_000, mostKeptBack: 64 * mebibyte, longestMs: 30_000,
};
const drainEveryMs = 50;

/** What goes to a socket. One that reads slowly loses cursors first, then gets what it missed in one go, and is dropped at last. */
export class Outbox {
  private kept: Uint8Array[] = [];
  private keptBytes = 0;
  private sinceMs = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly socket: EditorSocket;
  private readonly onTooSlow: () => void;
  private readonly limits: typeof outboxLimits;

  constructor(socket: EditorSocket, onTooSlow: () => void, limits = outboxLimits) {
    this.socket = socket;
    this.onTooSlow = onTooSlow;
    this.limits = limits;
  }

  send(frame: Uint8Array): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(frame);
  }

  sendCursors(frame: Uint8Array): void {
    if (this.socket.bufferedAmount <= this.limits.skipCursorsAbove) this.send(frame);
  }

  /** In order: while something is kept back, so is what follows. */
  sendUpdate(frame: Uint8Array): void {
    if (this.kept.length === 0 && this.socket.bufferedAmount <= this.limits.keepBackAbove) return this.send(frame);
    if (this.kept.length === 0) this.sinceMs = Date.now();
    this.kept.push(frame);
    this.keptBytes += frame.byteLength;
    if (this.keptBytes > this.limits.mostKeptBack) return this.onTooSlow();
    this.timer ??= setInterval(() => this.drain(), drainEveryMs);
  }

  close(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.kept = [];
    this.keptBytes = 0;
  }

  private drain(): void {
    const { socket, limits } = this;
    while (this.kept.length > 0 && socket.bufferedAmount <= limits.skipCursorsAbove) {
      const frame = this.kept.shift();
      if (!frame) break;
      this.keptBytes -= frame.byteLength;
      this.send(frame);
    }
    if (this.kept.length === 0) return this.close();
    const lagMs = Date.now() - this.sinceMs;
    if (lagMs > limits.longestMs || (lagMs > limits.slowAfterMs && this.keptBytes > limits.slowAbove)) this.onTooSlow();
  }
}
