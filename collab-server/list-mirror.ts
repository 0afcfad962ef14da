import type { MetaState } from '#flow/document';
import type { RoomStorage } from './room-storage';

const everyMs = 5_000;

/** Lists show a flow's name and when it was last edited: copies of the document, a new name at once, the time now and then. */
export class ListMirror {
  private shown: string;
  private atMs = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly flowId: string;
  private readonly storage: RoomStorage;
  private readonly read: () => MetaState;

  constructor(flowId: string, storage: RoomStorage, read: () => MetaState) {
    this.flowId = flowId;
    this.storage = storage;
    this.read = read;
    this.shown = titleOf(read());
  }

  committed(): void {
    const isNew = titleOf(this.read()) !== this.shown;
    if (this.timer && !isNew) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(), isNew ? 0 : Math.max(0, this.atMs + everyMs - Date.now()));
  }

  /** Now, not soon. */
  async update(): Promise<void> {
    this.stop();
    this.atMs = Date.now();
    const meta = this.read();
    this.shown = titleOf(meta);
    try {
      await this.storage.mirror(meta);
    } catch (error) {
      console.error(`the lists could not be told of ${this.flowId}:`, error);
    }
  }

  async finish(): Promise<void> {
    if (this.timer) await this.update();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}

function titleOf({ name, restrictAccess, settings }: MetaState): string {
  return JSON.stringify([name, restrictAccess, settings?.description]);
}
