import { entrySchema } from '../../../component-schema';
import { validateEntry } from '../../../entry-validation';
import { fail } from '../../../failure';
import { isJsonObject } from '../../../json';
import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { failValidation, validateInput } from '../../validate-input';

export const getWorkflowModel = defineDataflowStep(
  { validateInput },
  {
    id: 'get-workflow-model', group: 'input', class: 'pure', version: 1, icon: 'git-branch', sources: 'none', cardinality: '→1', callerModel: true,
    title: text('Get workflow model', 'Obtenir le modèle de workflow'), summary: text('The model of the calling workflow', 'Le modèle du workflow appelant'),
    help: text(
      'First step of a dataflow that a workflow calls with "Execute dataflow": delivers the model of the instance, and under "$workflow" its instance, workflow and stage. Id 0 means not saved yet. The workflow sees changes only through its entry, when an "Update entry" writes it, or through the response.',
      'Première étape d’un flux de données qu’un workflow appelle par « Exécuter le flux de données » : livre le modèle de l’instance et, sous « $workflow », son instance, son workflow et sa phase. L’identifiant 0 veut dire pas encore enregistré. Le workflow ne voit les changements que par son entrée, si « Mettre à jour l’entrée » l’écrit, ou par la réponse.'),
    errors: ['NOT_CALLED_FROM_WORKFLOW', 'STEP_NOT_ALLOWED_HERE', 'VALIDATION_FAILED'],
    examples: [{
      title: text('An invoice under review', 'Une facture en révision'), params: {}, trigger: 'workflow',
      caller: { id: 12, name: 'Invoice 12', data: { state: 1 }, $workflow: { instanceId: 'ins_1', workflow: 'Approval', stage: 'Review' } },
      output: [{ id: 12, name: 'Invoice 12', data: { state: 1 }, $workflow: { instanceId: 'ins_1', workflow: 'Approval', stage: 'Review' } }],
    }],
    foot: (_params, { component }) => text(component.title, component.title),
    outputSchema: (_params, _sources, { component }) => {
      const { cardinality, fields } = entrySchema(component);
      const { data } = fields;
      // A workflow of another component may call, too: what it sends beyond these fields is there.
      return { cardinality, open: false, fields: { ...fields, ...(data ? { data: { ...data, open: true } } : {}), $workflow: { type: 'object', open: false, fields: { instanceId: { type: 'string' }, workflow: { type: 'string' }, stage: { type: 'string' } } } } };
    },
    run: ({ validateInput: validate }, _input, use) => {
      const model = use.callerModel ?? null;
      if (use.context.trigger !== 'workflow' || !isJsonObject(model)) return fail('NOT_CALLED_FROM_WORKFLOW', text('This flow takes the model of a workflow, and no workflow started it. Call it with the step "Execute dataflow" of a workflow.', 'Ce flux prend le modèle d’un workflow, et aucun workflow ne l’a lancé. Appelez-le par l’étape « Exécuter le flux de données » d’un workflow.'));
      const data = model['data'] ?? null;
      const checked = validate ? validateEntry(use.context.component.fields, isJsonObject(data) ? data : {}, 'create') : null;
      if (checked && !checked.ok) failValidation(checked.bad);
      return { kind: 'items', items: [model], many: false };
    },
  },
);
