import { packedDocument } from '#db/packed-document';
import { coEditing } from '../../../../_operations/co-editing';
import { methods, route } from '../../../../_route';

/** Next drops the Content-Encoding of what a route answers, so gzip is a type that is asked for. */
export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(coEditing.flowDocument, async ({ database, access, params, request }) => {
    const gzipped = /\bapplication\/gzip\b/.test(request.headers.get('accept') ?? '');
    const packed = await packedDocument(database, access, params.flowId, gzipped);
    if (!packed.ok) return packed;
    return new Response(packed.bytes, { headers: { 'Content-Type': gzipped ? 'application/gzip' : 'application/octet-stream', 'Cache-Control': 'private, no-store', Vary: 'Accept' } });
  }),
});
