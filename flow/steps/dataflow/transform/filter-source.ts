import { compares } from '../../../compare';
import { getterOf } from '../../../evaluate';
import { reader, resolvePath } from '../../../path';
import { text } from '../../../text';
import type { Json } from '../../../json';
import type { Operand, Operator } from '../../../value';
import type { StepUse } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { constantFor, dependsOnType, isEquality, operandProblems, operatorChoices, operatorLabels } from '../../operators';
import { perItem } from '../../per-item';

export const filterSource = defineDataflowStep(
  {
    srcField: field.path(text('Src field', 'Champ source'), { required: true }),
    operator: field.choice(text('Operator', 'Opérateur'), operatorChoices, { required: true, default: 'equal' }),
    filterValue: field.operand(text('Filter value', 'Valeur du filtre'), { required: true, showWhen: { param: 'compareWithNull', in: [false] } }),
    compareWithNull: field.flag(text('Compare with null', 'Comparer avec null')),
  },
  {
    id: 'filter-source', group: 'transform', class: 'pure', version: 1, icon: 'filter', sources: 'one', cardinality: 'n→n',
    title: text('Filter source', 'Filtrer la source'),
    summary: text('Keep the items that pass one test', 'Garde les éléments qui passent un test'),
    help: text(
      'Keeps the items that satisfy one comparison; several filters on the same source make branches. When nothing is kept, the steps behind are skipped.',
      'Garde les éléments qui satisfont une comparaison ; plusieurs filtres sur une même source font des branches. Si rien n’est gardé, les étapes suivantes sont sautées.'),
    errors: ['TYPE_MISMATCH', 'PARAM_INVALID'],
    examples: [{
      title: text('Greater than 3', 'Supérieur à 3'), input: [{ s: 1 }, { s: 5 }],
      params: { srcField: 's', operator: 'greater', filterValue: { const: 3 } }, output: [{ s: 5 }],
    }],
    foot: ({ srcField, operator, filterValue, compareWithNull }) => {
      const operand = compareWithNull ? 'null' : filterValue === undefined ? '' : 'const' in filterValue ? shown(filterValue.const) : filterValue.field;
      const label = operatorLabels[operator ?? 'equal'];
      return srcField ? text(`${srcField} ${label.en} ${operand}`, `${srcField} ${label.fr} ${operand}`) : text('', '');
    },
    problems: ({ srcField, operator, filterValue, compareWithNull }, { source }) => {
      if (compareWithNull) return isEquality(operator) ? [] : [{ code: 'PARAM_INVALID', param: 'operator', text: text('Only "equal to" and "not equal to" compare with null.', 'Seuls « égal à » et « différent de » se comparent avec null.') }];
      const resolved = source && srcField ? resolvePath(source, srcField) : undefined;
      return filterValue && 'const' in filterValue ? operandProblems('filterValue', filterValue.const, operator ?? 'equal', resolved?.found ? resolved.field.type : 'unknown') : [];
    },
    outputSchema: (_params, { source }) => source ?? { cardinality: 'many', open: true, fields: {} },
    run: async ({ srcField, operator, filterValue, compareWithNull }, { source }, use) => {
      const left = reader(srcField ?? '');
      const right = compareWithNull || filterValue === undefined ? () => null : getterOf(await typedOperand(filterValue, srcField ?? '', operator ?? 'equal', use), use);
      return perItem(source, use, (item) => (compares(left(item), operator ?? 'equal', right(item, source.items)) ? item : null));
    },
  },
);

/** Only a constant that reads differently for another type makes the model be asked. */
async function typedOperand(operand: Operand, path: string, operator: Operator, use: StepUse): Promise<Operand> {
  if (!('const' in operand) || !dependsOnType(operand.const)) return operand;
  const resolved = resolvePath(await use.sourceSchema(), path);
  return resolved.found ? { const: constantFor(operand.const, operator, resolved.field.type) } : operand;
}

const shown = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));
