import { openApi } from '../../_openapi';
import { jsonReply } from '../../_reply';
import { guarded, methods } from '../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({ GET: (request) => guarded(request, async () => jsonReply(openApi())) });
