import { equal } from '../../../compare';
import { fail } from '../../../failure';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import { text } from '../../../text';
import { defineWorkflowStep } from '../../define-step';

export const updateModel = defineWorkflowStep(
  {},
  {
    id: 'update-model', group: 'common', class: 'effect', version: 1, icon: 'save', stores: true,
    title: text('Update model', 'Mettre à jour le modèle'), summary: text('Save the model to the component', 'Enregistre le modèle dans le composant'),
    help: text('Saves the instance’s model: creates the entry when it has none, otherwise writes the fields that changed since it was loaded. Nothing changed means nothing is written.', 'Enregistre le modèle de l’instance : crée l’entrée si elle n’existe pas, sinon écrit les champs modifiés depuis le chargement. Sans changement, rien n’est écrit.'),
    errors: ['VALIDATION_FAILED', 'DUPLICATE_KEY', 'CONFLICT', 'ACCESS_DENIED', 'ENTRY_NOT_FOUND'],
    examples: [],
    foot: (_params, { component }) => text(component.title, component.title),
    run: async (_params, { model, loaded }, use) => {
      const { component } = use.context;
      const entryId = typeof model['id'] === 'number' && model['id'] > 0 ? model['id'] : null;
      const before = dataOf(loaded);
      const now = dataOf(model);
      const data: { [field: string]: Json } = {};
      for (const field of component.fields) {
        const value = now[field.name] ?? null;
        if (entryId === null || !equal(value, before[field.name] ?? null)) data[field.name] = value;
      }
      if (entryId !== null && Object.keys(data).length === 0) return { kind: 'model', model, next: { to: 'next' } };
      const loadedAt = loaded['updateDate'];
      const savedId = await use.effect(0, async (scope) => {
        const written = await scope.writeEntry({
          componentId: component.id, entryId, remove: false, data, noTracking: false, ...(entryId === null && typeof model['name'] === 'string' ? { name: model['name'] } : {}),
          ...(entryId !== null && typeof loadedAt === 'string' ? { loadedAt } : {}),
        });
        return written.entryId;
      });
      const saved = await use.entry(component.id, savedId);
      if (saved === null) fail('ENTRY_NOT_FOUND', text(`Entry ${savedId} was deleted meanwhile.`, `L’entrée ${savedId} a été supprimée entre-temps.`));
      const next: JsonObject = { ...saved };
      return { kind: 'model', model: next, loaded: next, next: { to: 'next' } };
    },
  },
);

function dataOf(model: JsonObject): JsonObject {
  const data = model['data'] ?? null;
  return isJsonObject(data) ? data : {};
}
