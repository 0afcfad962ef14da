import { order } from '../../../compare';
import { splitTarget } from '../../../convert';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import type { ModelField, ModelSchema } from '../../../model-schema';
import { average, sum, toNumber } from '../../../numbers';
import { parsePath, readExact, reader, resolvePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { Item } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

const ops = [
  { value: 'sum', label: text('sum', 'somme') }, { value: 'average', label: text('average', 'moyenne') },
  { value: 'min', label: text('min', 'min') }, { value: 'max', label: text('max', 'max') },
] as const;
type Op = (typeof ops)[number]['value'];

export const calculateArray = defineDataflowStep(
  {
    operations: field.list(text('Operations', 'Opérations'), {
      op: field.choice(text('Operation', 'Opération'), [...ops], { required: true }),
      arrayField: field.path(text('Array field', 'Champ tableau'), { required: true, expects: ['array'] }),
      valueField: field.text(text('Value in element', 'Valeur dans l’élément'), { help: text('Path inside each element; empty for plain values.', 'Chemin dans chaque élément ; vide pour des valeurs simples.') }),
      resultField: field.newField(text('Result field', 'Champ résultat'), { required: true }),
    }, { required: true, addLabel: text('Add operation', 'Ajouter une opération') }),
  },
  {
    id: 'calculate-array', group: 'transform', class: 'pure', version: 1, icon: 'sigma', sources: 'one', cardinality: 'n→n',
    title: text('Calculate array', 'Calculer tableau'), summary: text('Sum, average, min or max of a list', 'Somme, moyenne, min ou max d’une liste'),
    help: text(
      'Aggregates the numbers of an array field, in decimal arithmetic (0.1 + 0.2 = 0.3). Null elements are left out; an empty array gives sum 0 and null for the others. Min and max also take dates and text.',
      'Agrège les nombres d’un champ tableau, en arithmétique décimale (0,1 + 0,2 = 0,3). Les éléments null sont ignorés ; un tableau vide donne une somme de 0 et null pour le reste. Min et max acceptent aussi dates et textes.'),
    errors: ['NOT_AN_ARRAY', 'TYPE_MISMATCH', 'PARAM_REQUIRED'],
    examples: [{
      title: text('A total', 'Un total'), input: [{ items: [{ v: 1 }, { v: 3 }] }],
      params: { operations: [{ op: 'sum', arrayField: 'items', valueField: 'v', resultField: 'total' }] }, output: [{ items: [{ v: 1 }, { v: 3 }], total: 4 }],
    }],
    foot: ({ operations }) => {
      const labels = (operations ?? []).map((each) => ops.find((op) => op.value === each.op)?.label ?? text('', ''));
      return text(labels.map((each) => each.en).join(', '), labels.map((each) => each.fr).join(', '));
    },
    problems: ({ operations }, { source }) => (source ? (operations ?? []).flatMap((each, row) => valueProblems(`operations[${row}].valueField`, each, source)) : []),
    outputSchema: ({ operations }, { source }) => withFields(source, Object.fromEntries((operations ?? []).map((each): [string, ModelField] => [splitTarget(each.resultField ?? '').name, resultField(each, source)]))),
    run: ({ operations }, { source }, use) => {
      const plans = (operations ?? []).map((each) => ({ op: each.op ?? 'sum', arrayField: each.arrayField ?? '', read: each.valueField ? reader(each.valueField) : null, name: splitTarget(each.resultField ?? '').name }));
      return perItem(source, use, (item) => {
        const made: Item = { ...item };
        for (const plan of plans) made[plan.name] = aggregate(plan.op, valuesOf(made, plan.arrayField, plan.read), plan.arrayField);
        return made;
      });
    },
  },
);

/** Sums and averages are numbers; the least and the most are what the values are, and those of text may be either. */
function resultField({ op, arrayField, valueField }: { op?: Op | undefined; arrayField?: string | undefined; valueField?: string | undefined }, source: ModelSchema | undefined): ModelField {
  if (op !== 'min' && op !== 'max') return { type: 'number' };
  const list = source && arrayField ? resolvePath(source, arrayField) : undefined;
  const element = list?.found ? list.field.items : undefined;
  const value = element && valueField ? resolvePath({ cardinality: 'one', open: true, fields: element.fields ?? {} }, valueField) : undefined;
  const type = valueField ? (value?.found ? value.field.type : 'unknown') : (element?.type ?? 'unknown');
  return { type: ['number', 'integer', 'date', 'date-time', 'time'].includes(type) ? type : 'unknown' };
}

/** A path that no element has would make every sum 0. */
function valueProblems(param: string, { arrayField, valueField }: { arrayField?: string | undefined; valueField?: string | undefined }, source: ModelSchema): StepProblem[] {
  if (!valueField || !arrayField) return [];
  if (!parsePath(valueField).ok) return [{ code: 'PARAM_INVALID', param, text: text(`"${valueField}" is not a field path.`, `« ${valueField} » n’est pas un chemin de champ.`) }];
  const list = resolvePath(source, arrayField);
  const element = list.found ? list.field.items : undefined;
  if (!element || element.type === 'unknown') return [];
  const resolved = resolvePath({ cardinality: 'one', open: element.type === 'object' ? (element.open ?? false) : element.type === 'catalog' || element.type === 'file', fields: element.fields ?? {} }, valueField);
  if (resolved.found || !resolved.certain) return [];
  return [{ code: 'FIELD_NOT_FOUND', param, text: text(`The elements of "${arrayField}" have no field "${valueField}".`, `Les éléments de « ${arrayField} » n’ont pas de champ « ${valueField} ».`) }];
}

function valuesOf(item: Item, path: string, read: ((element: Item) => Json) | null): Json[] {
  const list = readExact(item, path) ?? [];
  if (!Array.isArray(list)) fail('NOT_AN_ARRAY', text(`"${path}" is not an array. Choose an array field.`, `« ${path} » n’est pas un tableau. Choisissez un champ tableau.`), { path });
  if (read === null) return list;
  return list.map((element) => (element !== null && typeof element === 'object' && !Array.isArray(element) ? read(element) : null));
}

function aggregate(op: Op, values: Json[], path: string): Json {
  const present = values.filter((value) => value !== null);
  if (op === 'min' || op === 'max') return extreme(op, present, path);
  const numbers = present.map((value) => toNumber(value) ?? notNumeric(value, values.indexOf(value), path));
  const result = op === 'sum' ? sum(numbers) : numbers.length === 0 ? null : average(numbers);
  if (result === null && numbers.length > 0) fail('TYPE_MISMATCH', text(`The ${op} of "${path}" is too large for a number.`, `Le calcul de « ${path} » dépasse la taille d’un nombre.`), { path });
  return result;
}

function extreme(op: 'min' | 'max', values: Json[], path: string): Json {
  let best: Json = null;
  for (const value of values) {
    const numeric = toNumber(value);
    const candidate = numeric ?? value;
    if (typeof candidate === 'object' || typeof candidate === 'boolean') notNumeric(value, values.indexOf(value), path);
    const sign = best === null ? undefined : order(candidate, best);
    if (best !== null && sign === undefined) notNumeric(value, values.indexOf(value), path);
    if (best === null || (op === 'min' ? (sign ?? 0) < 0 : (sign ?? 0) > 0)) best = candidate;
  }
  return best;
}

function notNumeric(value: Json, index: number, path: string): never {
  const shown = JSON.stringify(value).slice(0, 40);
  fail('TYPE_MISMATCH', text(`Element ${index} of "${path}" is ${shown}, which is not a number.`, `L’élément ${index} de « ${path} » est ${shown}, ce n’est pas un nombre.`), { path: `${path}[${index}]` });
}
