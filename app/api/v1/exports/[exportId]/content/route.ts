import { exportContent } from '#db/exports';
import { downloadHeaders } from '../../../../_download';
import { exporting } from '../../../../_operations/exports';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(exporting.exportContent, async ({ database, access, params }) => {
    const found = await exportContent(database, access, params.exportId);
    if (!found.ok) return found;
    const { content, export: { name, size } } = found;
    // A piece is read when the one before it was taken.
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const next = await content.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => void (await content.return(undefined)),
    });
    return new Response(body, { headers: downloadHeaders({ name, mimeType: 'text/csv; charset=utf-8', size }) });
  }),
});
