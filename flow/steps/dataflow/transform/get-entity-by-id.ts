import { entrySchema } from '../../../component-schema';
import { fieldNameOf } from '../../../evaluate';
import { fail } from '../../../failure';
import { isJsonObject, type Json } from '../../../json';
import { toNumber } from '../../../numbers';
import { readPath } from '../../../path';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItemAtOnce } from '../../per-item';

export const getEntityById = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true }),
    srcField: field.path(text('Src field', 'Champ source'), { required: true, help: text('An entry id, or a reference to an entry.', 'Un identifiant d’entrée, ou une référence à une entrée.') }),
    dstField: field.newField(text('Dst field name', 'Nom du champ de destination'), { required: true, help: text('Receives the entry, or null.', 'Reçoit l’entrée, ou null.') }),
  },
  {
    id: 'get-entity-by-id', group: 'transform', class: 'read', version: 1, icon: 'scan-search', sources: 'one', cardinality: 'n→n',
    title: text('Get entity by id', 'Obtenir l’entité par ID'), summary: text('Load the entry with an id', 'Charge l’entrée d’un identifiant'),
    help: text(
      'Loads one entry per item, by its id or by a reference to it. An empty or unknown id gives null, without an error. All items are read together, in one snapshot.',
      'Charge une entrée par élément, par son identifiant ou par une référence. Un identifiant vide ou inconnu donne null, sans erreur. Tous les éléments sont lus ensemble, dans un même instantané.'),
    errors: ['COMPONENT_NOT_FOUND', 'TYPE_MISMATCH', 'ACCESS_DENIED'],
    examples: [{
      title: text('An entry, and none', 'Une entrée, et aucune'), params: { component: 'cmp_1', srcField: '_id', dstField: 'order' }, input: [{ _id: 7 }, { _id: null }],
      entries: [{ id: 7, name: 'X1', createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana' } }],
      output: [{ _id: 7, order: { id: 7, name: 'X1', createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana' } } }, { _id: null, order: null }],
    }],
    foot: ({ component, srcField }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title ?? '';
      return title && srcField ? text(`${title} by ${srcField}`, `${title} par ${srcField}`) : text(title, title);
    },
    outputSchema: ({ component, dstField }, { source }, { index }) => {
      const model = index.components.find((each) => each.id === component);
      return withFields(source, dstField ? { [fieldNameOf(dstField, '')]: model ? { type: 'object', open: false, fields: entrySchema(model).fields } : { type: 'object', open: true } } : {});
    },
    run: async ({ component, srcField, dstField }, { source }, use) => {
      const name = fieldNameOf(dstField, 'entry');
      return perItemAtOnce(source, use, {
        ask: (item) => idOf(readPath(item, srcField ?? ''), srcField ?? ''),
        answer: async (ids) => {
          const found = await use.entriesById(component ?? '', ids.filter((each) => each !== null));
          return ids.map((id) => ({ entry: id === null ? null : (found.get(id) ?? null) }));
        },
        give: (item, { entry }) => ({ ...item, [name]: entry }),
      });
    },
  },
);

function idOf(value: Json, path: string): number | null {
  const id = isJsonObject(value) ? (value['id'] ?? null) : value;
  if (id === null) return null;
  const number = toNumber(id);
  if (number !== undefined && Number.isSafeInteger(number)) return number;
  return fail('TYPE_MISMATCH', text(`"${path}" holds ${JSON.stringify(id).slice(0, 40)}, neither an entry id nor a reference.`, `« ${path} » contient ${JSON.stringify(id).slice(0, 40)}, ni un identifiant d’entrée ni une référence.`), { path });
}
