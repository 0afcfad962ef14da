import * as decoding from 'lib0/decoding';

/** A flow's document as updates to be applied in order; null when it could not be had. */
export type FetchDocument = (flowId: string) => Promise<Uint8Array[] | null>;

/** `GET /api/v1/flows/{flowId}/document`. */
export async function fetchOverHttp(flowId: string): Promise<Uint8Array[] | null> {
  try {
    return await readPacked(await fetch(`/api/v1/flows/${flowId}/document`, { headers: { Accept: 'application/gzip' } }));
  } catch (error) {
    console.warn('The document could not be fetched; the socket brings it instead.', error);
    return null;
  }
}

/** The updates in an answer of that path; null when it refused. */
export async function readPacked(answer: Response): Promise<Uint8Array[] | null> {
  if (!answer.ok || !answer.body) return null;
  const plain = answer.headers.get('content-type') === 'application/gzip' ? answer.body.pipeThrough(new DecompressionStream('gzip')) : answer.body;
  return readUpdates(new Uint8Array(await new Response(plain).arrayBuffer()));
}

/** Each update stands behind its length. */
function readUpdates(bytes: Uint8Array): Uint8Array[] {
  const decoder = decoding.createDecoder(bytes);
  const updates: Uint8Array[] = [];
  while (decoding.hasContent(decoder)) updates.push(decoding.readVarUint8Array(decoder));
  return updates;
}
