import 'server-only';
import type { Access } from '#db/access';
import { fileFacts, readFileBytes } from '#db/files';
import { callingOf, findTarget, keepSeenShape, openConnector } from '#db/open-connector';
import { requestOf, type GivenParameter } from '#flow/endpoint-request';
import { fail, FailureError, type Failure } from '#flow/failure';
import type { CallMethod } from '#flow/integration';
import type { Json } from '#flow/json';
import { text } from '#flow/text';
import { callConnector, type Reached } from '#outgoing/call-connector';
import type { ServerContext } from '../_server/context';

/** The Test button: one call, made here and now, recorded nowhere but for the shape of a good answer. */
export type Trial = { connectorId: string; endpointId?: string | undefined; path?: string | undefined; method: CallMethod; values: GivenParameter[] };
type Seen = Omit<Reached, 'body' | 'bytes' | 'mimeType'> & { body: Json; bodyKind: Reached['body']['kind']; sizeBytes: number; truncated: boolean };

const longestMs = 30_000;
const mostBytes = 5_000_000;
const shownLength = 64_000;

export async function tryConnector({ database, env }: ServerContext, access: Access, { connectorId, endpointId, path, method, values }: Trial): Promise<({ reached: true } & Seen) | { reached: false; failure: Failure }> {
  const { db } = database;
  const { workspaceId } = access;
  const queryPath = endpointId ?? path;
  if (queryPath === undefined) return fail('PARAM_INVALID', text('Name an endpoint or a path to call.', 'Nommez un point d’accès ou un chemin à appeler.'), { path: 'endpointId' });
  const target = await findTarget(db, workspaceId, { systemId: null, connectorId, queryPath });
  try {
    const connector = await openConnector(db, callingOf(env), workspaceId, connectorId);
    const reached = await callConnector({
      connector, method, request: requestOf(target, method, values), timeoutMs: Math.min(longestMs, connector.settings.timeoutMs), maxBytes: mostBytes,
      readFile: async (id) => {
        const facts = (await fileFacts(db, workspaceId, [id])).get(id);
        const bytes = facts ? await readFileBytes(db, workspaceId, id) : null;
        return facts && bytes ? { name: facts.name, mimeType: facts.mimeType, bytes } : fail('FILE_NOT_FOUND', text(`There is no file "${id.slice(0, 64)}".`, `Il n’y a pas de fichier « ${id.slice(0, 64)} ».`));
      },
    });
    if (target.endpointId !== null && target.declaredAnswer === null && reached.body.kind === 'json' && reached.status < 300) await keepSeenShape(db, workspaceId, target.endpointId, reached.body.value);
    return { reached: true, ...seen(reached) };
  } catch (error) {
    if (error instanceof FailureError) return { reached: false, failure: error.failure };
    throw error;
  }
}

function seen({ body, bytes, mimeType: _mimeType, ...rest }: Reached): Seen {
  const words = body.kind === 'json' ? JSON.stringify(body.value) : body.kind === 'text' ? body.value : body.kind === 'broken' ? Buffer.from(bytes).toString('utf8') : '';
  const truncated = words.length > shownLength;
  return { ...rest, body: truncated ? words.slice(0, shownLength) : body.kind === 'json' ? body.value : words === '' ? null : words, bodyKind: body.kind, sizeBytes: bytes.byteLength, truncated };
}
