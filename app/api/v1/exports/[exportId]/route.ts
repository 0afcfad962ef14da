import { deleteExport, getExport } from '#db/exports';
import { shownExport } from '../../../_export-reply';
import { exporting } from '../../../_operations/exports';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(exporting.getExport, async ({ database, access, params, request }) => {
    const found = await getExport(database, access, params.exportId);
    return found.ok ? shownExport(found.export, request) : found;
  }),
  DELETE: route(exporting.deleteExport, ({ database, access, params }) => deleteExport(database, access, params.exportId)),
});
