import type { NewComponent } from '../components';
import { flowDefinition, type FlowDefinition } from '#flow/flow';

export const nameComponent: NewComponent = {
  title: 'Save name',
  fields: [{ name: 'user_name', title: 'User name', type: 'string', required: true, query: true, maxLength: 100 }],
  settings: { icon: 'user-round-pen', description: 'A form, a workflow and a grid: type a name, press the button, and see the entry appear for everybody.\nAn empty name is refused under its field and starts nothing.' },
};

export const savedNames = ['Grace Hopper', 'Katherine Johnson', 'Radia Perlman'];

export const saveNameWorkflow: FlowDefinition = flowDefinition.parse({
  schema: 1, kind: 'workflow', name: 'Save name',
  settings: { description: 'Stores the name it is given as one entry, exactly once.\nStarted by the dataflow "Save the name"; a restart of the server in between loses nothing.' },
  lanes: [{ id: 'main', stages: [{ id: 'stg_save', name: 'Save', steps: [{ id: 'stp_save', type: 'update-model', name: 'Store the entry' }] }] }],
});

export function saveNameDataflow(componentId: string, workflowId: string): FlowDefinition {
  return flowDefinition.parse({
    schema: 1, kind: 'dataflow', name: 'Save the name',
    settings: { description: 'Takes the name from the form, checks it and hands it to the workflow "Save name".\nAnswers with the id of the entry; an empty name is refused under its field.' },
    lanes: [{ id: 'main', stages: [
      { id: 'stg_input', name: 'Form', steps: [{ id: 'stp_form', type: 'get-action-model', name: 'Values of the form', params: { validateInput: true } }] },
      { id: 'stg_work', name: 'Workflow', steps: [{ id: 'stp_workflow', type: 'execute-workflow', name: 'Save name', sources: { source: 'stp_form' }, params: { component: componentId, workflow: workflowId, waitComplete: true } }] },
      { id: 'stg_output', name: 'Answer', steps: [{ id: 'stp_answer', type: 'write-response', name: 'Answer the form', sources: { source: 'stp_workflow' } }] },
    ] }],
  });
}
