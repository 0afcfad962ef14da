import { fieldNameOf } from '../../../evaluate';
import { fail, FailureError } from '../../../failure';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import { readExact } from '../../../path';
import { toNumber } from '../../../numbers';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { ComponentModel } from '../../../component-model';
import type { ChildRun, Item, WorkflowStart } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

export const executeWorkflow = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true, clears: ['workflow', 'entryField'] }),
    workflow: field.flow(text('Workflow', 'Flux de travail'), { required: true, kind: 'workflow', within: 'component' }),
    entryField: field.path(text('Component entry field', 'Champ d’entrée du composant'), { help: text('An entry id, a reference or an entry model; empty hands over the whole item.', 'Un identifiant, une référence ou un modèle d’entrée ; vide transmet tout l’élément.') }),
    waitComplete: field.flag(text('Wait for completion', 'Attendre la fin')),
    resultField: field.newField(text('Result field', 'Champ résultat'), { default: '_workflow' }),
  },
  {
    id: 'execute-workflow', group: 'output', class: 'async', version: 1, icon: 'workflow', sources: 'one', cardinality: 'n→n',
    title: text('Execute workflow', 'Exécuter le workflow'), summary: text('Start a workflow for each item', 'Lance un flux de travail par élément'),
    help: text(
      'Starts one instance of a workflow per item: for the entry of an id or reference, or with an entry model, whose fields the workflow then has as they are given. The instance is recorded before the step succeeds, and a retry never starts a second one. With "Wait for completion" the step waits until the workflow ends or asks a person.',
      'Lance une instance d’un flux de travail par élément : pour l’entrée d’un identifiant ou d’une référence, ou avec un modèle d’entrée, dont le flux a alors les champs tels que donnés. L’instance est enregistrée avant que l’étape réussisse, et une nouvelle tentative n’en lance jamais une seconde. Avec « Attendre la fin », l’étape attend que le flux se termine ou demande à une personne.'),
    errors: ['COMPONENT_NOT_FOUND', 'FLOW_NOT_FOUND', 'NOT_PUBLISHED', 'ENTRY_NOT_FOUND', 'VALIDATION_FAILED', 'TYPE_MISMATCH', 'ACCESS_DENIED', 'WORKFLOW_ALREADY_RUNNING', 'WORKFLOW_FAILED', 'RECURSION_LIMIT'],
    examples: [],
    awaitsRuns: ({ waitComplete }) => waitComplete === true,
    foot: ({ component, workflow }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title;
      const name = index.flows.find((each) => each.id === workflow)?.name;
      const shown = title && name ? `${title} / ${name}` : (name ?? '');
      return text(shown, shown);
    },
    outputSchema: ({ resultField }, { source }) => withFields(source, {
      [fieldNameOf(resultField, '_workflow')]: { type: 'object', open: false, fields: { instanceId: { type: 'string' }, state: { type: 'string' }, entryId: { type: 'integer' } } },
    }),
    run: async (params, { source }, use) => {
      const componentId = params.component ?? '';
      const component = await use.component(componentId);
      if (component === null) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
      const name = fieldNameOf(params.resultField, '_workflow');
      const open: string[] = [];
      const outcome = await perItem(source, use, async (item, index) => {
        const start: WorkflowStart = { componentId, flowId: params.workflow ?? '', model: modelOf(item, params.entryField, component, index) };
        const started = await use.effect(index, async (scope) => ({ ...(await scope.startWorkflow(start)) }));
        const child = params.waitComplete ? await use.childRun(started.runId) : null;
        if (child?.status === 'failed' || child?.status === 'cancelled') workflowFailed(child, index);
        if (child?.status === 'running') open.push(started.runId);
        use.progress(index + 1, source.items.length);
        return { ...item, [name]: { instanceId: started.instanceId, state: child?.state ?? started.state, entryId: child ? child.entryId : started.entryId } };
      });
      if (open.length > 0) return { kind: 'waiting', reason: text('Waits for its workflow', 'Attend son flux de travail'), childRuns: open };
      return outcome;
    },
  },
);

function modelOf(item: Item, path: string | undefined, component: ComponentModel, index: number): WorkflowStart['model'] {
  const value: Json = path ? (readExact(item, path) ?? null) : item;
  if (value === null) fail('ENTRY_NOT_FOUND', text(`Item ${index + 1}: "${path}" is empty, so there is no entry to start the workflow for.`, `Élément ${index + 1} : « ${path} » est vide, il n’y a pas d’entrée pour lancer le flux.`), { itemIndex: index });
  const object = isJsonObject(value) ? value : null;
  const id = object ? toNumber(object['id'] ?? null) : toNumber(value);
  if (id !== undefined && id > 0 && (object === null || !('data' in object))) return { entryId: id };
  if (object === null) fail('TYPE_MISMATCH', text(`Item ${index + 1}: ${JSON.stringify(value).slice(0, 40)} is neither an entry id, a reference nor an entry model.`, `Élément ${index + 1} : ${JSON.stringify(value).slice(0, 40)} n’est ni un identifiant, ni une référence, ni un modèle d’entrée.`), { itemIndex: index });
  if (id !== undefined && id > 0) return { entryId: id, given: object };
  return { data: sameNamed(object, component), name: typeof object['name'] === 'string' ? object['name'] : null };
}

/** Same-named keys of the component, unknown ones dropped. */
function sameNamed(object: JsonObject, component: ComponentModel): JsonObject {
  const inner = object['data'] ?? null;
  const values = isJsonObject(inner) ? inner : object;
  return Object.fromEntries(component.fields.filter((each) => Object.hasOwn(values, each.name)).map((each): [string, Json] => [each.name, values[each.name] ?? null]));
}

function workflowFailed(child: ChildRun, index: number): never {
  const because = child.failure?.text ?? text('it was cancelled', 'il a été annulé');
  throw new FailureError({ code: 'WORKFLOW_FAILED', message: `The workflow failed: ${because.en}`, text: text(`The workflow failed: ${because.en}`, `Le flux de travail a échoué : ${because.fr}`), itemIndex: index, details: child.failure ? { code: child.failure.code } : null });
}
