import { flowDefinition, type FlowDefinition, type Step } from '#flow/flow';
import { text, type Text } from '#flow/text';
import type { NewComponent } from '../components';

type Say = (words: Text) => string;

export const purchases = (say: Say) => [
  { name: say(text('Two monitors', 'Deux écrans')), data: { supplier: 'Brightscreen', amount: 1_240, reason: say(text('Two 27-inch screens for the new desks on floor 2', 'Deux écrans de 27 pouces pour les nouveaux bureaux du 2e étage')) } },
  { name: say(text('Desk lamps', 'Lampes de bureau')), data: { supplier: 'Lumio', amount: 180, reason: say(text('Six lamps for the reading room', 'Six lampes pour la salle de lecture')) } },
];

export function purchaseComponent(say: Say): NewComponent {
  return {
    title: say(text('Purchases', 'Achats')),
    fields: [
      { name: 'supplier', title: say(text('Supplier', 'Fournisseur')), type: 'string', query: true, maxLength: 100 },
      { name: 'amount', title: say(text('Amount', 'Montant')), type: 'number', required: true, query: true, min: 0 },
      { name: 'reason', title: say(text('Reason', 'Motif')), type: 'string', maxLength: 500 },
      { name: 'approver', title: say(text('Approver', 'Approbateur')), type: 'catalog', componentId: 'user-info', required: true },
      { name: 'decision', title: say(text('Decision', 'Décision')), type: 'integer', enum: [
        { value: 1, label: say(text('Approved', 'Approuvé')) }, { value: 2, label: say(text('Rejected', 'Refusé')) }, { value: 3, label: say(text('Needs changes', 'À modifier')) }] },
      { name: 'state', title: say(text('State', 'État')), type: 'integer', query: true, enum: [
        { value: 1, label: say(text('Under review', 'À l’étude')) }, { value: 2, label: say(text('Ordered', 'Commandé')) }, { value: 3, label: say(text('Refused', 'Refusé')) }, { value: 4, label: say(text('To be changed', 'À revoir')) }] },
    ],
    settings: { icon: 'shopping-cart', description: say(text(
      'Purchases up to 500 € are ordered at once; larger ones wait for their approver.\nThe answer is given in the inbox or on the form, and decides how the workflow goes on.',
      'Les achats jusqu’à 500 € sont commandés aussitôt ; les plus grands attendent leur approbateur.\nLa réponse se donne dans la boîte de réception ou sur le formulaire, et décide de la suite.')) },
  };
}

export function purchaseApproval(say: Say): FlowDefinition {
  const set = (id: string, words: Text, value: number): Step => ({ id, type: 'update-model-field', name: say(words), params: { modelField: 'state', value } });
  const save = (id: string, words: Text): Step => ({ id, type: 'update-model', name: say(words) });
  const tell = (id: string, words: Text, message: Text): Step => ({ id, type: 'send-notification', name: say(words), params: { userInfoField: 'creatorSubject', message: say(message) } });
  const finish = (id: string, words: Text): Step => ({ id, type: 'finish', name: say(words) });
  const lane = (id: string, step: string, wanted: string, name: string, steps: Step[]) => ({ id: `lane_${id}`, when: { step, case: wanted }, stages: [{ id: `stg_${id}`, name, steps }] });
  return flowDefinition.parse({
    schema: 1, kind: 'workflow', name: say(text('Purchase approval', 'Approbation d’achat')),
    settings: { description: say(text(
      'Above 500 € it asks the approver and waits, for days if need be; below, it orders at once.\nRun it on an entry: the question appears in the approver’s inbox and survives a restart of the server.',
      'Au-delà de 500 € il interroge l’approbateur et attend, des jours s’il le faut ; en deçà, il commande aussitôt.\nLancez-le sur une entrée : la question apparaît dans la boîte de réception de l’approbateur et survit à un redémarrage du serveur.')) },
    lanes: [
      { id: 'main', stages: [
        { id: 'stg_request', name: say(text('Request', 'Demande')), steps: [set('stp_review', text('Under review', 'À l’étude'), 1), save('stp_save', text('Save the request', 'Enregistrer la demande'))] },
        { id: 'stg_check', name: say(text('Check', 'Contrôle')), steps: [{ id: 'stp_limit', type: 'if-condition', name: say(text('Above 500 €?', 'Plus de 500 € ?')), params: { conditionField: 'amount', operator: 'greater', value: 500 } }] },
        { id: 'stg_approval', name: say(text('Approval', 'Approbation')), steps: [
          { id: 'stp_ask', type: 'get-user-confirmation', name: say(text('Ask the approver', 'Interroger l’approbateur')), params: { confirmationField: 'decision', userInfoField: 'approver', message: say(text('Approve {{amount}} € for {{name}}?', 'Approuver {{amount}} € pour {{name}} ?')) } },
          { id: 'stp_decision', type: 'switch-case', name: say(text('Decision', 'Décision')), params: { switchField: 'decision' } },
        ] },
      ] },
      lane('small', 'stp_limit', 'alternative', say(text('Small sums', 'Petites sommes')), [
        set('stp_at_once', text('Approved at once', 'Approuvé d’office'), 2), save('stp_save_small', text('Save the small order', 'Enregistrer la petite commande')), finish('stp_end_small', text('Ordered at once', 'Commandé aussitôt'))]),
      lane('approved', 'stp_decision', '1', say(text('Approved', 'Approuvé')), [
        set('stp_ordered', text('Ordered', 'Commandé'), 2), save('stp_save_order', text('Save the order', 'Enregistrer la commande')),
        tell('stp_tell_yes', text('Tell of the order', 'Annoncer la commande'), text('{{name}} for {{amount}} € is approved and ordered.', '{{name}} pour {{amount}} € est approuvé et commandé.')), finish('stp_end_order', text('Done', 'Fini'))]),
      lane('rejected', 'stp_decision', '2', say(text('Rejected', 'Refusé')), [
        set('stp_refused', text('Refused', 'Refusé'), 3), save('stp_save_refusal', text('Save the refusal', 'Enregistrer le refus')),
        tell('stp_tell_no', text('Tell of the refusal', 'Annoncer le refus'), text('{{name}} for {{amount}} € was rejected.', '{{name}} pour {{amount}} € a été refusé.')), finish('stp_end_refusal', text('Closed', 'Clos'))]),
      lane('changes', 'stp_decision', '3', say(text('Needs changes', 'À modifier')), [
        set('stp_change', text('To be changed', 'À revoir'), 4), save('stp_save_change', text('Save for changes', 'Enregistrer pour révision')),
        tell('stp_tell_change', text('Ask for changes', 'Demander des changements'), text('{{name}} needs changes: edit it and run the workflow again.', '{{name}} est à modifier : corrigez puis relancez le flux.')),
        { id: 'stp_back', type: 'reset-to-draft', name: say(text('Back to draft', 'Retour au brouillon')) }]),
      lane('other', 'stp_decision', 'default', say(text('Otherwise', 'Sinon')), []),
    ],
  });
}
