import { systemFields, type ComponentModel } from '../../../component-model';
import { entrySchema } from '../../../component-schema';
import { fieldNameOf, getterOf } from '../../../evaluate';
import { FailureError } from '../../../failure';
import type { StepProblem } from '../../../problems';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { Condition, Filter } from '../../../value';
import type { Item, StepUse } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { operatorLabels } from '../../operators';
import { perItemAtOnce } from '../../per-item';

const directions = [{ value: 'asc', label: text('Ascending', 'Croissant') }, { value: 'desc', label: text('Descending', 'Décroissant') }] as const;

export const queryEntityByFilter = defineDataflowStep(
  {
    component: field.component(text('Component', 'Composant'), { required: true }),
    filter: field.filter(text('Filter', 'Filtre'), { component: 'component', help: text('On fields of the component; values may be fields of the item. None finds all.', 'Sur les champs du composant ; les valeurs peuvent être des champs de l’élément. Aucun : tout.') }),
    dstField: field.newField(text('Dst field name', 'Nom du champ de destination'), { required: true, help: text('Receives the entries found; "…_total" how many there are in all.', 'Reçoit les entrées trouvées ; « …_total » leur nombre total.') }),
    sort: field.list(text('Sort', 'Tri'), {
      field: field.componentField(text('Field', 'Champ'), { component: 'component', system: true, required: true }),
      direction: field.choice(text('Direction', 'Sens'), [...directions], { default: 'asc' }),
    }, { addLabel: text('Add sort field', 'Ajouter un champ de tri'), help: text('By id when there is none.', 'Par identifiant s’il n’y en a pas.') }),
    limit: field.number(text('Limit', 'Limite'), { integer: true, min: 1, max: 10_000, default: 100, help: text('At most this many entries for each item.', 'Au plus ce nombre d’entrées par élément.') }),
  },
  {
    id: 'query-entity-by-filter', group: 'transform', class: 'read', version: 1, icon: 'search', sources: 'one', cardinality: 'n→n',
    title: text('Query entity by filter', 'Requête entité par filtre'), summary: text('Find entries for each item', 'Trouve des entrées pour chaque élément'),
    help: text(
      'Searches entries of a component for each item and stores the list in it, with the total beside. Fields flagged Query are indexed; a filter on another field works and is slow on large components. An empty value of the item compares with null.\n\nAll items are read in one snapshot; equal searches are done once. The step finds 100,000 entries at most, over all its items.',
      'Cherche des entrées d’un composant pour chaque élément et y range la liste, avec le total à côté. Les champs marqués Requête sont indexés ; un filtre sur un autre champ marche, lentement sur de grands composants. Une valeur vide de l’élément se compare à null.\n\nTous les éléments sont lus dans un même instantané ; des recherches égales ne se font qu’une fois. L’étape trouve 100 000 entrées au plus, tous éléments confondus.'),
    errors: ['COMPONENT_NOT_FOUND', 'TYPE_MISMATCH', 'ACCESS_DENIED', 'LIMIT_EXCEEDED'],
    examples: [{
      title: text('Those of one person', 'Celles d’une personne'), params: { component: 'cmp_1', dstField: 'orders', filter: { all: [{ field: 'user_name', operator: 'equal', value: { field: 'who' } }] } }, input: [{ who: 'Ana' }, { who: 'Bo' }],
      entries: [{ id: 7, name: null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana' } }],
      output: [{ who: 'Ana', orders: [{ id: 7, name: null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { user_name: 'Ana' } }], orders_total: 1 }, { who: 'Bo', orders: [], orders_total: 0 }],
    }],
    foot: ({ component, filter }, { index }) => {
      const title = index.components.find((each) => each.id === component)?.title ?? '';
      const first = filter?.all?.[0] ?? filter?.any?.[0];
      if (!first) return text(title, title);
      return text(`${title}: ${first.field} ${operatorLabels[first.operator].en}`, `${title} : ${first.field} ${operatorLabels[first.operator].fr}`);
    },
    problems: ({ component, filter }, _sources, { index }) => {
      const model = index.components.find((each) => each.id === component);
      return model ? slowFields(model, filter ?? {}) : [];
    },
    outputSchema: ({ component, dstField }, { source }, { index }) => {
      if (!dstField) return withFields(source, {});
      const model = index.components.find((each) => each.id === component);
      const name = fieldNameOf(dstField, '');
      return withFields(source, { [name]: { type: 'array', items: model ? { type: 'object', open: false, fields: entrySchema(model).fields } : { type: 'object', open: true } }, [`${name}_total`]: { type: 'integer' } });
    },
    run: async ({ component, filter, dstField, sort, limit }, { source }, use) => {
      const name = fieldNameOf(dstField, 'found');
      const order = (sort ?? []).map((each) => `${each.direction === 'desc' ? '-' : ''}${each.field ?? 'id'}`).join(',');
      const filled = filling(filter ?? {}, use);
      return perItemAtOnce(source, use, {
        ask: (item) => ({ filter: filled(item, source.items), sort: order, limit: limit ?? 100 }),
        answer: (searches) => use.searchEntries(component ?? '', searches),
        give: (item, answer) => {
          if (!('entries' in answer)) throw new FailureError(answer);
          return { ...item, [name]: answer.entries.map((each) => ({ ...each })), [`${name}_total`]: answer.total };
        },
      });
    },
  },
);

/** The filter with the item's own values in place; an empty one is null, and null is equal or not equal, nothing else. */
function filling(filter: Filter, use: Pick<StepUse, 'evaluate'>): (item: Item, items: readonly Item[]) => Filter {
  const prepared = (conditions: Condition[] | undefined) => (conditions ?? []).map((condition) => {
    const get = condition.value && 'field' in condition.value ? getterOf(condition.value, use) : null;
    return (item: Item, items: readonly Item[]): Condition => {
      const value = condition.compareWithNull ? null : get ? get(item, items) : condition.value && 'const' in condition.value ? condition.value.const : null;
      return { field: condition.field, operator: value === null && !condition.compareWithNull && condition.operator !== 'notEqual' ? 'equal' : condition.operator, value: { const: value } };
    };
  });
  const [all, any] = [prepared(filter.all), prepared(filter.any)];
  return (item, items) => ({ all: all.map((each) => each(item, items)), any: any.map((each) => each(item, items)) });
}

function slowFields(model: ComponentModel, filter: Filter): StepProblem[] {
  return (['all', 'any'] as const).flatMap((part) => (filter[part] ?? []).flatMap((condition, place): StepProblem[] => {
    const name = condition.field.replace(/^data\./, '').split('.')[0] ?? '';
    const own = model.fields.find((each) => each.name === name);
    if (!own || own.query || own.primaryKey || (!condition.field.startsWith('data.') && systemFields.some((each) => each === name))) return [];
    return [{ code: 'QUERY_FIELD_MISSING', level: 'warning', param: `filter.${part}[${place}].field`, text: text(`Slow query: "${own.title}" is not flagged Query, so it has no index.`, `Requête lente : « ${own.title} » n’est pas marqué Requête et n’a donc pas d’index.`) }];
  }));
}
