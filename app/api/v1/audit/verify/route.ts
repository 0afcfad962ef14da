import { verifyAudit } from '#db/audit-verify';
import { people } from '../../../_operations/people';
import { jsonReply } from '../../../_reply';
import { methods, route } from '../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(people.verifyAudit, async ({ database, access }) => {
    const checked = await verifyAudit(database, access);
    return checked.ok ? jsonReply(checked.verified) : checked;
  }),
});
