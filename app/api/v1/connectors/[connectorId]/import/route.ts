import { getConnector } from '#db/connectors';
import { createEndpoints } from '#db/endpoints';
import { fail } from '#flow/failure';
import { importOpenApi } from '#flow/openapi-import';
import { parseDocumentText } from '#flow/openapi-text';
import { text } from '#flow/text';
import { integrations } from '../../../../_operations/integrations';
import { jsonReply } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  POST: route(integrations.importEndpoints, async ({ database, access, params, body }) => {
    const found = await getConnector(database, access, params.connectorId);
    if (!found.ok) return found;
    const preview = importOpenApi(parseDocumentText(body.document));
    if (body.choose === undefined) return preview;
    const chosen = new Set(body.choose);
    const unknown = body.choose.find((key) => !preview.endpoints.some((each) => each.key === key));
    if (unknown !== undefined) fail('VALIDATION_FAILED', text(`The document has no operation "${unknown}".`, `Le document n’a pas d’opération « ${unknown} ».`), { path: 'choose' });
    const made = await createEndpoints(database, access, params.connectorId, preview.endpoints.filter((each) => chosen.has(each.key)).map(({ key: _key, ...each }) => each));
    return made.ok ? jsonReply({ created: made.endpoints }, 201) : made;
  }),
});
