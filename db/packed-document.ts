import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as encoding from 'lib0/encoding';
import type { Result } from '#flow/failure';
import type { Access } from './access';
import type { Database } from './client';
import { storedUpdates } from './flow-documents';
import { findFlow } from './flows';
import { permitted } from './permitted';

const pack = promisify(gzip);
/** Three quarters of what the default level saves, in a third of its time. */
const level = 3;

/**
 * The committed document for a first load: Yjs updates one after the other, each behind its length, as they lie in the
 * log. Any web process can say it, without opening the room and without reading a single update.
 */
export async function packedDocument(database: Database, access: Access, flowId: string, gzipped: boolean): Promise<Result<{ bytes: Uint8Array<ArrayBuffer> }>> {
  return permitted(access, 'workspace.read', async () => {
    await findFlow(database.db, access.workspaceId, flowId);
    const encoder = encoding.createEncoder();
    for (const update of await storedUpdates(database.db, flowId)) encoding.writeVarUint8Array(encoder, update);
    const plain = encoding.toUint8Array(encoder);
    return { bytes: new Uint8Array(gzipped ? await pack(plain, { level }) : plain) };
  });
}
