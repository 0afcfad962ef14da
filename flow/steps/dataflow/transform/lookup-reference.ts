import type { ComponentField, ComponentModel } from '../../../component-model';
import { typeOfField } from '../../../component-schema';
import { splitTarget } from '../../../convert';
import { asStored } from '../../../entry-validation';
import { fieldNameOf, getterOf, type Getter } from '../../../evaluate';
import { fail } from '../../../failure';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import { readExact, resolvePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { MappingRow } from '../../../value';
import type { Item, StepUse } from '../../capabilities';
import { defineDataflowStep, type SourceSchemas } from '../../define-step';
import { field } from '../../field';
import { perItemAtOnce } from '../../per-item';

export const lookupReference = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true, help: text('It must have a primary key.', 'Il doit avoir une clé primaire.') }),
    fieldName: field.newField(text('Field name', 'Nom du champ'), { required: true, help: text('Receives the id of the entry, or null.', 'Reçoit l’identifiant de l’entrée, ou null.') }),
    keys: field.mapping(text('Keys', 'Clés'), {
      target: { kind: 'componentField', component: 'component', only: 'primaryKey' }, addLabel: text('Add key', 'Ajouter une clé'), help: text('A value for each primary-key field; none means the fields of the same name.', 'Une valeur par champ de clé primaire ; aucune : les champs de même nom.'),
    }),
  },
  {
    id: 'lookup-reference', group: 'transform', class: 'read', version: 1, icon: 'key-round', sources: 'one', cardinality: 'n→n',
    title: text('Lookup reference', 'Recherche de référence'), summary: text('Find an entry’s id by its primary key', 'Trouve l’id d’une entrée par sa clé primaire'),
    help: text(
      'Finds the id of the entry with a primary key and stores it in the item; no match gives null, which is no error. An item with an empty key part gets null without a query. Followed by "Update entry" with this field as its key, it creates what is new and updates what is known.',
      'Trouve l’identifiant de l’entrée d’une clé primaire et le range dans l’élément ; sans correspondance, null, ce n’est pas une erreur. Un élément dont une partie de la clé est vide reçoit null sans requête. Suivie de « Mettre à jour l’entrée » avec ce champ pour clé, elle crée ce qui est nouveau et modifie ce qui est connu.'),
    errors: ['COMPONENT_NOT_FOUND', 'PRIMARY_KEY_MISSING', 'ACCESS_DENIED', 'TYPE_MISMATCH', 'PARAM_INVALID'],
    examples: [{
      title: text('Known and unknown', 'Connu et inconnu'), params: { component: 'cmp_1', fieldName: '_order' }, input: [{ data: { code: 'X1' } }, { data: { code: 'X2' } }],
      entries: [{ id: 7, name: null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { code: 'X1' } }],
      output: [{ data: { code: 'X1' }, _order: 7 }, { data: { code: 'X2' }, _order: null }],
    }],
    foot: ({ component, fieldName }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title ?? '';
      return title && fieldName ? text(`${title} → ${fieldName}`, `${title} → ${fieldName}`) : text(title, title);
    },
    problems: ({ component, keys }, sources, { index }) => {
      const model = index.components.find((each) => each.id === component);
      return model ? keyProblems(model, keys ?? [], sources) : [];
    },
    outputSchema: ({ fieldName }, { source }) => withFields(source, fieldName ? { [fieldNameOf(fieldName, '')]: { type: 'integer' } } : {}),
    run: async ({ component: componentId, fieldName, keys }, { source }, use) => {
      const component = await use.component(componentId ?? '');
      if (component === null) fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId ?? ''}".`, `Il n’y a pas de composant « ${componentId ?? ''} ».`));
      const parts = keyParts(component, keys ?? [], use);
      if (parts.length === 0 && source.items.length > 0) fail('PRIMARY_KEY_MISSING', missingKey(component));
      const name = fieldNameOf(fieldName, '_id');
      return perItemAtOnce(source, use, {
        ask: (item) => keyOf(item, parts, source.items),
        answer: async (asked) => {
          const whole = asked.filter((each) => each !== null);
          const found = whole.length === 0 ? [] : await use.entryIdsByKey(component.id, whole);
          let place = 0;
          return asked.map((each) => ({ id: each === null ? null : (found[place++] ?? null) }));
        },
        give: (item, { id }) => ({ ...item, [name]: id }),
      });
    },
  },
);

const missingKey = (component: ComponentModel) => text(`"${component.title}" has no primary-key field to look up by. Flag one in its model.`, `« ${component.title} » n’a pas de champ clé primaire pour chercher. Marquez-en un dans son modèle.`);
const keyFieldsOf = (component: ComponentModel) => component.fields.filter((each) => each.primaryKey);
const targetOf = (row: MappingRow) => splitTarget(row.target).name.replace(/^data\./, '');

function keyProblems(model: ComponentModel, rows: readonly MappingRow[], { source }: SourceSchemas): StepProblem[] {
  const wanted = keyFieldsOf(model);
  if (wanted.length === 0) return [{ code: 'PRIMARY_KEY_MISSING', param: 'component', text: missingKey(model) }];
  const found: StepProblem[] = rows.flatMap((row, place): StepProblem[] => (wanted.some((each) => each.name === targetOf(row)) || !model.fields.some((each) => each.name === targetOf(row)) ? []
    : [{ code: 'PARAM_INVALID', param: `keys[${place}].target`, text: text(`"${targetOf(row)}" is not part of the primary key.`, `« ${targetOf(row)} » ne fait pas partie de la clé primaire.`) }]));
  for (const each of wanted) {
    const mapped = rows.length > 0 ? rows.some((row) => targetOf(row) === each.name) : !source || [`data.${each.name}`, each.name].some((path) => isPossible(source, path));
    if (!mapped) found.push({ code: 'PARAM_REQUIRED', param: 'keys', text: text(`The key needs a value for "${each.title}".`, `La clé demande une valeur pour « ${each.title} ».`) });
  }
  return found;
}

function isPossible(source: NonNullable<SourceSchemas['source']>, path: string): boolean {
  const resolved = resolvePath(source, path);
  return resolved.found || !resolved.certain;
}

type Part = { field: ComponentField; get: Getter };

function keyParts(component: ComponentModel, rows: readonly MappingRow[], use: Pick<StepUse, 'evaluate'>): Part[] {
  return keyFieldsOf(component).map((each) => {
    const row = rows.find((one) => targetOf(one) === each.name);
    return { field: each, get: row ? getterOf(row.value, use) : rows.length > 0 ? () => null : sameNamed(each.name) };
  });
}

function sameNamed(name: string): Getter {
  return (item) => {
    const data = item['data'] ?? null;
    return (isJsonObject(data) ? data[name] : undefined) ?? readExact(item, name) ?? null;
  };
}

/** null when a part is empty: such a key is nobody's. */
function keyOf(item: Item, parts: readonly Part[], items: readonly Item[]): JsonObject | null {
  const key: JsonObject = {};
  for (const { field: own, get } of parts) {
    const given = get(item, items);
    if (given === null || given === '') return null;
    key[own.name] = asStored(own, given) ?? mismatch(own, given);
  }
  return key;
}

function mismatch(own: ComponentField, given: Json): never {
  const shown = JSON.stringify(given).slice(0, 60);
  return fail('TYPE_MISMATCH', text(`${own.title}: ${shown} does not fit the type ${typeOfField(own)}.`, `${own.title} : ${shown} ne convient pas au type ${typeOfField(own)}.`), { path: own.name });
}
