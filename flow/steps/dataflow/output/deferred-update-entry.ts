import { fail } from '../../../failure';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { EntryWrite } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';
import { refuseTypes, writeOf, writeProblems } from './entry-writing';

/** Operations are queued in pages, each in one transaction with its record. */
const pageSize = 1_000;

export const deferredUpdateEntry = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true }),
    keyField: field.path(text('Field component key', 'Champ clé du composant'), { help: text('Id or reference of the entry; empty always creates.', 'Identifiant ou référence de l’entrée ; vide crée toujours.') }),
    markForDeletion: field.flag(text('Mark entry for deletion', 'Marquer l’entrée pour suppression')),
    nameField: field.componentField(text('Name field', 'Champ du nom'), { component: 'component', help: text('Its value becomes the name of the entry.', 'Sa valeur devient le nom de l’entrée.') }),
    fieldsMapping: field.mapping(text('Fields mapping', 'Mappage des champs'), {
      target: { kind: 'componentField', component: 'component' }, addLabel: text('Add field', 'Ajouter un champ'), help: text('None means the fields of the same name.', 'Aucun : les champs de même nom.'),
    }),
  },
  {
    id: 'deferred-update-entry', group: 'output', class: 'effect', version: 1, icon: 'list-plus', sources: 'one', cardinality: 'n→n', deferred: 'queues',
    title: text('Deferred update entry', 'Mise à jour différée de l’entrée'), summary: text('Queue changes to be written together', 'Met en file des changements à écrire ensemble'),
    help: text(
      'Adds one create, update or delete per item to the queue of the run. Nothing is written before "Apply deferred update operations": then all of it is, in order, in one transaction per batch. Types are checked here; required fields, ranges and uniqueness when it is applied.\n\nNo id is known yet, so a later operation of the same queue cannot refer to a created entry. What no step applies is dropped when the run ends, with a warning.',
      'Ajoute une création, modification ou suppression par élément à la file de l’exécution. Rien n’est écrit avant « Appliquer les opérations différées » : tout l’est alors, dans l’ordre, en une transaction par lot. Les types sont contrôlés ici ; champs obligatoires, plages et unicité lors de l’application.\n\nAucun identifiant n’est encore connu : une opération suivante de la même file ne peut se référer à une entrée créée. Ce qu’aucune étape n’applique est abandonné en fin d’exécution, avec un avertissement.'),
    errors: ['TYPE_MISMATCH', 'PARAM_REQUIRED', 'PARAM_INVALID', 'COMPONENT_NOT_FOUND', 'ACCESS_DENIED', 'LIMIT_EXCEEDED'],
    examples: [],
    foot: ({ component, markForDeletion }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title ?? '';
      return title === '' ? text('', '') : markForDeletion ? text(`queue: delete ${title}`, `file : supprimer ${title}`) : text(`queue: ${title}`, `file : ${title}`);
    },
    problems: (params, _sources, context) => writeProblems(params, context),
    outputSchema: (_params, { source }) => withFields(source, { _deferred: { type: 'boolean' } }),
    run: async (params, { source }, use) => {
      const componentId = params.component ?? '';
      const component = await use.component(componentId);
      if (component === null) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
      const writes: EntryWrite[] = [];
      const outcome = await perItem(source, use, (item, index) => {
        const write = writeOf(item, index, params, component, use, source.items);
        if (write !== null) {
          refuseTypes(write, component);
          writes.push(write);
        }
        return { ...item, _deferred: write !== null };
      });
      for (let start = 0; start < writes.length; start += pageSize) {
        await use.effect(start, (scope) => scope.deferWrites(writes.slice(start, start + pageSize)));
        use.progress(Math.min(start + pageSize, writes.length), writes.length);
      }
      return outcome;
    },
  },
);
