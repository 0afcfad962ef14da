import { systemFields, type ComponentModel } from '../../../component-model';
import { FailureError } from '../../../failure';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import { text } from '../../../text';
import { reloaded } from '../../../workflow-model';
import { callEach } from '../../called-flow';
import type { StepUse } from '../../capabilities';
import { defineWorkflowStep, type WorkflowInput } from '../../define-step';
import { field } from '../../field';

export const executeDataflowOfWorkflow = defineWorkflowStep(
  {
    dataflow: field.flow(text('Linked data flow', 'Flux de données lié'), { required: true, kind: 'dataflow', help: text('Of this component or another.', 'De ce composant ou d’un autre.') }),
    applyResponse: field.flag(text('Apply response to model', 'Appliquer la réponse au modèle'), { default: true, help: text('The fields of the same name take the values of the response; the stored entry stays.', 'Les champs de même nom prennent les valeurs de la réponse ; l’entrée enregistrée reste.') }),
  },
  {
    id: 'execute-dataflow', group: 'integrations', class: 'effect', version: 1, icon: 'circle-play',
    title: text('Execute dataflow', 'Exécuter le flux de données'), summary: text('Call a dataflow with the model', 'Appelle un flux de données avec le modèle'),
    help: text(
      'Calls a published dataflow with the model of the instance and waits for its end; after a crash the same sub-run goes on. The flow begins with "Get workflow model"; other steps that take a caller’s model get the same. An object as its response sets the fields of the same name in the model, not in the stored entry; a list is ignored with a warning.\n\nWhen the stored entry was changed meanwhile, by the flow or by somebody, the model is loaded again: fields changed here and not yet saved keep their value, and the next "Update model" reports a conflict when the same field was changed in the entry.',
      'Appelle un flux de données publié avec le modèle de l’instance et attend sa fin ; après une panne, la même sous-exécution continue. Le flux commence par « Obtenir le modèle de workflow » ; les autres étapes qui prennent un modèle d’appelant reçoivent le même. Un objet en réponse fixe les champs de même nom du modèle, pas de l’entrée enregistrée ; une liste est ignorée, avec un avertissement.\n\nSi l’entrée enregistrée a changé entre-temps, par le flux ou par quelqu’un, le modèle est rechargé : les champs modifiés ici et pas encore enregistrés gardent leur valeur, et le prochain « Mettre à jour le modèle » signale un conflit si le même champ a changé dans l’entrée.'),
    errors: ['FLOW_NOT_FOUND', 'NOT_PUBLISHED', 'SUBFLOW_FAILED', 'ACCESS_DENIED', 'RECURSION_LIMIT'],
    examples: [],
    awaitsRuns: () => true,
    foot: ({ dataflow }, { index }) => {
      const name = index.flows.find((each) => each.id === dataflow)?.name ?? '';
      return text(name, name);
    },
    run: async ({ dataflow, applyResponse }, { model, loaded }, use) => {
      const { context, step } = use;
      const input = { ...model, $workflow: { instanceId: context.instanceId, workflow: context.flowName, stage: step.stage } };
      const called = await callEach(use, { flowId: dataflow ?? '', componentId: null, trigger: 'workflow' }, [input], { width: 1, stopAtFailure: true });
      if (called.kind === 'waiting') return { kind: 'waiting', reason: text('Waits for the called flow', 'Attend le flux appelé'), childRuns: called.childRuns };
      const [result] = called.results;
      if (result && !result.ok) throw new FailureError(result.failure);
      const now = await current({ model, loaded }, use);
      const response = result?.answer ?? null;
      if (applyResponse && response !== null && !isJsonObject(response)) use.warn(text('The flow answered with a list or a plain value, which was not applied to the model.', 'Le flux a répondu par une liste ou une valeur simple, qui n’a pas été appliquée au modèle.'));
      return { kind: 'model', model: applyResponse && isJsonObject(response) ? answered(now.model, response, context.component) : now.model, loaded: now.loaded, next: { to: 'next' } };
    },
  },
);

/** The entry as it is stored now, when somebody changed it meanwhile. */
async function current({ model, loaded }: WorkflowInput, use: StepUse): Promise<WorkflowInput> {
  const id = typeof model['id'] === 'number' ? model['id'] : 0;
  const stored = id > 0 ? await use.entry(use.context.component.id, id) : null;
  return stored === null || stored.updateDate === loaded['updateDate'] ? { model, loaded } : reloaded({ model, loaded }, stored);
}

function answered(model: JsonObject, response: JsonObject, { fields }: ComponentModel): JsonObject {
  const inner = response['data'] ?? null;
  const values = isJsonObject(inner) ? inner : response;
  const names = fields.map((each) => each.name).filter((name) => Object.hasOwn(values, name) && (isJsonObject(inner) || !systemFields.some((each) => each === name)));
  if (names.length === 0) return model;
  return { ...model, data: { ...dataOf(model), ...Object.fromEntries(names.map((name): [string, Json] => [name, values[name] ?? null])) } };
}

function dataOf(model: JsonObject): JsonObject {
  const data = model['data'] ?? null;
  return isJsonObject(data) ? data : {};
}
