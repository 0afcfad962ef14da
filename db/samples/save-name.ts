import { flowDefinition, type FlowDefinition } from '#flow/flow';
import { text, type Text } from '#flow/text';
import type { NewComponent } from '../components';

type Say = (words: Text) => string;

export const savedNames = ['Grace Hopper', 'Katherine Johnson', 'Radia Perlman'];

export function nameComponent(say: Say): NewComponent {
  return {
    title: say(text('Save name', 'Enregistrer le nom')),
    fields: [{ name: 'user_name', title: say(text('User name', 'Nom d’utilisateur')), type: 'string', required: true, query: true, maxLength: 100 }],
    settings: { icon: 'user-round-pen', description: say(text(
      'A form, a workflow and a grid: type a name, press the button, and the entry appears for everybody.\nAn empty name is refused under its field and starts nothing.',
      'Un formulaire, un flux de travail et une grille : saisissez un nom, appuyez, et l’entrée apparaît chez tous.\nUn nom vide est refusé sous son champ et ne lance rien.')) },
  };
}

export function saveNameWorkflow(say: Say): FlowDefinition {
  return flowDefinition.parse({
    schema: 1, kind: 'workflow', name: say(text('Save name', 'Enregistrer le nom')),
    settings: { description: say(text(
      'Stores the name it is given as one entry, exactly once.\nStarted by the dataflow "Save the name"; a restart of the server in between loses nothing.',
      'Enregistre le nom reçu comme une entrée, exactement une fois.\nLancé par le flux « Saisir le nom » ; un redémarrage du serveur entre-temps ne perd rien.')) },
    lanes: [{ id: 'main', stages: [
      { id: 'stg_save', name: say(text('Store the name', 'Garder le nom')), steps: [{ id: 'stp_save', type: 'update-model', name: say(text('Store the entry', 'Enregistrer l’entrée')) }] },
    ] }],
  });
}

export function saveNameDataflow(say: Say, componentId: string, workflowId: string): FlowDefinition {
  return flowDefinition.parse({
    schema: 1, kind: 'dataflow', name: say(text('Save the name', 'Saisir le nom')),
    settings: { description: say(text(
      'Takes the name from the form, checks it and hands it to the workflow "Save name".\nAnswers with the id of the entry; an empty name is refused under its field.',
      'Prend le nom du formulaire, le contrôle et le remet au flux de travail « Enregistrer le nom ».\nRépond avec l’identifiant de l’entrée ; un nom vide est refusé sous son champ.')) },
    lanes: [{ id: 'main', stages: [
      { id: 'stg_form', name: say(text('From the form', 'Depuis le formulaire')), steps: [
        { id: 'stp_form', type: 'get-action-model', name: say(text('Values of the form', 'Valeurs du formulaire')), params: { validateInput: true } },
      ] },
      { id: 'stg_work', name: say(text('Through the workflow', 'Par le flux de travail')), steps: [
        { id: 'stp_workflow', type: 'execute-workflow', name: say(text('Save it as an entry', 'En faire une entrée')), sources: { source: 'stp_form' }, params: { component: componentId, workflow: workflowId, waitComplete: true } },
      ] },
      { id: 'stg_answer', name: say(text('Give the answer', 'Donner la réponse')), steps: [
        { id: 'stp_answer', type: 'write-response', name: say(text('Answer the form', 'Répondre au formulaire')), sources: { source: 'stp_workflow' } },
      ] },
    ] }],
  });
}
