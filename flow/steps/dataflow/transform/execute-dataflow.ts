import { fieldNameOf } from '../../../evaluate';
import { fail, FailureError } from '../../../failure';
import type { Json } from '../../../json';
import type { ModelField } from '../../../model-schema';
import { readExact } from '../../../path';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import { callEach } from '../../called-flow';
import type { Item } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { atOnce, perItem } from '../../per-item';

export const executeDataflow = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true, help: text('The owner of the called flow.', 'Le propriétaire du flux appelé.') }),
    dataflow: field.flow(text('Dataflow', 'Flux de données'), { required: true, kind: 'dataflow', within: 'component' }),
    itemsField: field.path(text('Array field', 'Champ tableau'), { expects: ['array'], help: text('The flow is then called once for each element.', 'Le flux est alors appelé une fois par élément.') }),
    resultField: field.newField(text('Result store field', 'Champ de stockage du résultat'), { help: text('Receives the response; without it the response is dropped.', 'Reçoit la réponse ; sans lui, la réponse est abandonnée.') }),
  },
  {
    id: 'execute-dataflow', group: 'transform', class: 'effect', version: 1, icon: 'circle-play', sources: 'one', cardinality: 'n→n',
    title: text('Execute dataflow', 'Exécuter le flux de données'), summary: text('Call another dataflow', 'Appelle un autre flux de données'),
    help: text(
      'Calls a published dataflow of any component for each item, or for each element of an array of the item (eight at once), and stores its response; no response is null. The called flow gets the item as its caller’s model and runs as the same person, in a run of its own, in the version that was published when the outermost run started.\n\nThe step waits without taking a place. When a call fails, none begins any more and the step fails with its cause; a resumed run repeats the failed calls only. Flows may call themselves, ten levels deep at most.',
      'Appelle un flux de données publié d’un composant quelconque pour chaque élément, ou pour chaque élément d’un tableau de celui-ci (huit à la fois), et range sa réponse ; sans réponse : null. Le flux appelé reçoit l’élément comme modèle de l’appelant et s’exécute pour la même personne, dans sa propre exécution, dans la version publiée au lancement de l’exécution la plus extérieure.\n\nL’étape attend sans prendre de place. Si un appel échoue, aucun autre ne commence et l’étape échoue avec sa cause ; une exécution reprise ne répète que les appels en échec. Un flux peut s’appeler lui-même, sur dix niveaux au plus.'),
    errors: ['COMPONENT_NOT_FOUND', 'FLOW_NOT_FOUND', 'NOT_PUBLISHED', 'ACCESS_DENIED', 'SUBFLOW_FAILED', 'RECURSION_LIMIT', 'NOT_AN_ARRAY', 'LIMIT_EXCEEDED'],
    examples: [],
    awaitsRuns: () => true,
    foot: ({ component, dataflow }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title;
      const name = index.flows.find((each) => each.id === dataflow)?.name;
      const shown = title && name ? `${title} / ${name}` : (name ?? '');
      return text(shown, shown);
    },
    outputSchema: ({ resultField, itemsField }, { source }) => {
      const answer: ModelField = { type: 'unknown', open: true };
      return withFields(source, resultField ? { [fieldNameOf(resultField, '')]: itemsField ? { type: 'array', items: answer } : answer } : {});
    },
    run: async ({ component, dataflow, itemsField, resultField }, { source }, use) => {
      const componentId = component ?? '';
      if ((await use.component(componentId)) === null) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
      const start = { flowId: dataflow ?? '', componentId, trigger: 'flow' as const };
      const { sideEffects } = await use.calledFlow(start);
      const { inputs, ofItem, failed } = callsOf(source.items, itemsField, use.onError === 'continue');
      const called = await callEach(use, start, inputs, { width: itemsField || !sideEffects ? atOnce.read : 1, stopAtFailure: use.onError === 'stop' });
      if (called.kind === 'waiting') return { kind: 'waiting', reason: text('Waits for the called flow', 'Attend le flux appelé'), childRuns: called.childRuns };
      const bad = called.results.find((each) => !each.ok);
      if (use.onError === 'stop' && bad && !bad.ok) throw new FailureError(itemsField || source.items.length > 1 ? bad.failure : { ...bad.failure, itemIndex: 0 });
      const name = resultField ? fieldNameOf(resultField, '') : null;
      return perItem(source, use, (item, index) => {
        const before = failed.get(index);
        if (before !== undefined) throw before;
        const results = (ofItem[index] ?? []).flatMap((call) => called.results[call] ?? []);
        for (const each of results) if (!each.ok) throw new FailureError(each.failure);
        const answers = results.map((each) => (each.ok ? each.answer : null));
        return name === null ? item : { ...item, [name]: itemsField ? answers : (answers[0] ?? null) };
      });
    },
  },
);

type Calls = { inputs: Json[]; ofItem: number[][]; failed: Map<number, unknown> };

/** One call per item, or per element of its array; a null element is called with {}. */
function callsOf(items: readonly Item[], itemsField: string | undefined, goesOn: boolean): Calls {
  const calls: Calls = { inputs: [], ofItem: [], failed: new Map() };
  for (const [index, item] of items.entries()) {
    const own: number[] = [];
    try {
      for (const input of itemsField ? elementsOf(item, itemsField, index) : [item]) own.push(calls.inputs.push(input ?? {}) - 1);
    } catch (error) {
      if (!goesOn) throw error;
      calls.failed.set(index, error);
    }
    calls.ofItem.push(own);
  }
  return calls;
}

function elementsOf(item: Item, path: string, itemIndex: number): Json[] {
  const list = readExact(item, path) ?? [];
  if (Array.isArray(list)) return list;
  return fail('NOT_AN_ARRAY', text(`"${path}" is not an array. Choose an array field.`, `« ${path} » n’est pas un tableau. Choisissez un champ tableau.`), { path, itemIndex });
}
