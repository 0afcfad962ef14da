import { packedDocument } from '#db/packed-document';
import { coEditing } from '../../../../_operations/co-editing';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(coEditing.flowDocument, async ({ database, access, params, request }) => {
    const gzipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
    const packed = await packedDocument(database, access, params.flowId, gzipped);
    if (!packed.ok) return packed;
    return new Response(packed.bytes, {
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(packed.bytes.byteLength), 'Cache-Control': 'private, no-store', Vary: 'Accept-Encoding', ...(gzipped ? { 'Content-Encoding': 'gzip' } : {}) },
    });
  }),
});
