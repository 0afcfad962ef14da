import { getFile } from '#db/files';
import { files } from '../../../_operations/files';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(files.getFile, async ({ database, access, params }) => {
    const found = await getFile(database, access, params.fileId);
    return found.ok ? found.file : found;
  }),
});
