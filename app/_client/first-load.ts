import * as decoding from 'lib0/decoding';

/** A flow's document as updates to be applied in order; null when it could not be had. */
export type FetchDocument = (flowId: string) => Promise<Uint8Array[] | null>;

/** `GET /api/v1/flows/{flowId}/document`: the browser undoes the gzip. */
export async function fetchOverHttp(flowId: string): Promise<Uint8Array[] | null> {
  try {
    const answer = await fetch(`/api/v1/flows/${flowId}/document`);
    return answer.ok ? readUpdates(new Uint8Array(await answer.arrayBuffer())) : null;
  } catch {
    return null; // the socket is there for that
  }
}

/** Each update stands behind its length. */
export function readUpdates(bytes: Uint8Array): Uint8Array[] {
  const decoder = decoding.createDecoder(bytes);
  const updates: Uint8Array[] = [];
  while (decoding.hasContent(decoder)) updates.push(decoding.readVarUint8Array(decoder));
  return updates;
}
