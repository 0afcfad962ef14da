import { listExports, requestExport } from '#db/exports';
import { exporting } from '../../_operations/exports';
import { jsonReply } from '../../_reply';
import { methods, route } from '../../_route';
import { shownExport } from '../../_export-reply';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(exporting.listExports, async ({ database, access, query, request }) => {
    const found = await listExports(database, access, query);
    return found.ok ? { ...found, items: found.items.map((each) => shownExport(each, request)) } : found;
  }),
  POST: route(exporting.requestExport, async ({ database, access, body, request }) => {
    const asked = await requestExport(database, access, body);
    return asked.ok ? jsonReply(shownExport(asked.export, request), 202) : asked;
  }),
});
