import { fieldNameOf } from '../../../evaluate';
import { fail } from '../../../failure';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';
import { writeOf, writeProblems } from './entry-writing';

export const updateEntry = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true }),
    keyField: field.path(text('Field component key', 'Champ clé du composant'), { help: text('Id or reference of the entry; empty always creates.', 'Identifiant ou référence de l’entrée ; vide crée toujours.') }),
    markForDeletion: field.flagOrValue(text('Mark entry for deletion', 'Marquer l’entrée pour suppression'), { help: text('Yes for all items, or a value that tells for each of them.', 'Oui pour tous les éléments, ou une valeur qui le dit pour chacun.') }),
    noTracking: field.flag(text('No tracking', 'Sans suivi'), { help: text('No line in the entry’s history, and the change author stays.', 'Pas de ligne dans l’historique de l’entrée, et l’auteur reste.') }),
    nameField: field.componentField(text('Name field', 'Champ du nom'), { component: 'component', help: text('Its value becomes the name of the entry.', 'Sa valeur devient le nom de l’entrée.') }),
    resultField: field.newField(text('Result store field', 'Champ de stockage du résultat'), { default: '_entry' }),
    fieldsMapping: field.mapping(text('Fields mapping', 'Mappage des champs'), {
      target: { kind: 'componentField', component: 'component' }, addLabel: text('Add field', 'Ajouter un champ'), help: text('None means the fields of the same name.', 'Aucun : les champs de même nom.'),
    }),
  },
  {
    id: 'update-entry', group: 'output', class: 'effect', version: 1, icon: 'database', sources: 'one', cardinality: 'n→n',
    title: text('Update entry', 'Mettre à jour l’entrée'), summary: text('Create or change entries', 'Crée ou modifie des entrées'),
    help: text(
      'Creates, updates or deletes one entry per item and waits for the result. Without a key it creates; a null or 0 key creates too, an existing id updates the mapped fields, an unknown one is an error. When an item fails, those before it stay written.',
      'Crée, met à jour ou supprime une entrée par élément et attend le résultat. Sans clé elle crée ; une clé null ou 0 crée aussi, un identifiant existant met à jour les champs mappés, un inconnu est une erreur. Si un élément échoue, les précédents restent écrits.'),
    errors: ['COMPONENT_NOT_FOUND', 'ENTRY_NOT_FOUND', 'VALIDATION_FAILED', 'DUPLICATE_KEY', 'TYPE_MISMATCH', 'ACCESS_DENIED', 'CONFLICT', 'PARAM_REQUIRED', 'PARAM_INVALID'],
    examples: [],
    foot: ({ component, fieldsMapping }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title ?? '';
      const count = fieldsMapping?.length ?? 0;
      return count > 0 ? text(`${title} · ${count} fields`, `${title} · ${count} champs`) : text(title, title);
    },
    problems: (params, _sources, context) => writeProblems(params, context),
    outputSchema: ({ resultField }, { source }) => withFields(source, { [fieldNameOf(resultField, '_entry')]: { type: 'integer' } }),
    run: async (params, { source }, use) => {
      const componentId = params.component ?? '';
      const component = await use.component(componentId);
      if (component === null) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
      const resultField = fieldNameOf(params.resultField, '_entry');
      const total = source.items.length;
      return perItem(source, use, async (item, index) => {
        const write = writeOf(item, index, params, component, use, source.items);
        if (write === null) return { ...item, [resultField]: null };
        const result = await use.effect(index, async (scope) => {
          const written = await scope.writeEntry(write);
          for (const warning of written.warnings) use.warn(warning);
          return written.entryId;
        });
        use.progress(index + 1, total);
        return { ...item, [resultField]: result };
      });
    },
  },
);
