import { fileContent } from '#db/files';
import { downloadHeaders } from '../../../../_download';
import { files } from '../../../../_operations/files';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(files.fileContent, async ({ database, access, params }) => {
    const found = await fileContent(database, access, params.fileId);
    if (!found.ok) return found;
    const { file, bytes } = found;
    return new Response(new Uint8Array(bytes), { headers: downloadHeaders({ ...file, size: bytes.byteLength }) });
  }),
});
