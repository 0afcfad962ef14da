import type { Database } from '#db/client';
import { mirrorFlow } from '#db/flow-mirror';
import type { FlowDefinition } from '#flow/flow';

const everyMs = 5_000;
type Parts = { flowId: string; workspaceId: string; database: Database };

/** Lists show a flow's name and when it was last edited: copies of the document, a new name at once, the time now and then. */
export class ListMirror {
  private shown: string;
  private atMs = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly parts: Parts;
  private readonly read: () => FlowDefinition;

  constructor(parts: Parts, read: () => FlowDefinition) {
    this.parts = parts;
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
    const definition = this.read();
    this.shown = titleOf(definition);
    try {
      await mirrorFlow(this.parts.database, this.parts.workspaceId, this.parts.flowId, definition);
    } catch (error) {
      console.error(`the lists could not be told of ${this.parts.flowId}:`, error);
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

function titleOf({ name, restrictAccess, settings }: FlowDefinition): string {
  return JSON.stringify([name, restrictAccess, settings?.description]);
}
