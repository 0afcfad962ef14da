import { submitIntent } from '#db/flow-intents';
import { getFlow } from '#db/flows';
import { parseDefinition } from '#flow/canonical';
import { failure } from '#flow/failure';
import { localeOf } from '#flow/locale';
import { flows } from '../../../../_operations/flows';
import { spoken } from '../../../../_reply';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  PUT: route(flows.replaceDefinition, async ({ database, access, request, params, body }) => {
    const before = await getFlow(database, access, params.flowId);
    if (!before.ok) return before;
    const parsed = parseDefinition(body);
    if (!parsed.ok) return invalid(parsed.issues);
    if (parsed.definition.kind !== before.flow.kind) return invalid([{ path: 'kind', message: `this flow is a ${before.flow.kind} and stays one` }]);
    const replaced = await submitIntent(database, access, params.flowId, { kind: 'replace', definition: parsed.definition });
    if (!replaced.ok) return replaced;
    const after = await getFlow(database, access, params.flowId);
    return after.ok ? { problems: after.flow.problems.map((each) => spoken(each, localeOf(request.headers))) } : after;
  }),
});

function invalid(issues: { path: string; message: string }[]) {
  const first = issues[0];
  return {
    ok: false, failure: failure('DEFINITION_INVALID', {
      en: `This is not a flow definition: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'not valid'}. Nothing was changed.`,
      fr: `Ce n’est pas une définition de flux : ${first?.path ? `${first.path} : ` : ''}${first?.message ?? 'non valide'}. Rien n’a été changé.`,
    }, { details: issues.slice(0, 100) }),
  };
}
