import { splitTarget } from '../../../convert';
import { getterOf } from '../../../evaluate';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import type { ModelField } from '../../../model-schema';
import { calculate, toNumber } from '../../../numbers';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { Item } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

const signs = ['+', '-', '*', '/', 'AND', 'OR', 'XOR'] as const;
type Sign = (typeof signs)[number];
const words: Record<Sign, { en: string; fr: string }> = {
  '+': text('+', '+'), '-': text('−', '−'), '*': text('×', '×'), '/': text('÷', '÷'), AND: text('and', 'et'), OR: text('or', 'ou'), XOR: text('either or', 'ou exclusif'),
};

export const simpleMath = defineDataflowStep(
  {
    operations: field.list(text('Operations', 'Opérations'), {
      left: field.value(text('Left', 'Gauche'), { required: true }),
      op: field.choice(text('Operation', 'Opération'), signs.map((value) => ({ value, label: words[value] })), { required: true }),
      right: field.value(text('Right', 'Droite'), { required: true }),
      resultField: field.newField(text('Result field', 'Champ résultat'), { required: true }),
    }, { required: true, addLabel: text('Add operation', 'Ajouter une opération') }),
  },
  {
    id: 'simple-math', group: 'transform', class: 'pure', version: 1, icon: 'calculator', sources: 'one', cardinality: 'n→n',
    title: text('Simple math', 'Mathématiques simples'), summary: text('Calculate with two values', 'Calcule avec deux valeurs'),
    help: text(
      'Applies an operator to two values and stores the result in a field; operations run in order and see earlier results. Numbers may be numeric text; and, or, either-or take booleans, 0/1 or "true"/"false". A null operand gives null (false for logic).',
      'Applique un opérateur à deux valeurs et range le résultat dans un champ ; les opérations s’enchaînent et voient les résultats précédents. Les nombres peuvent être du texte numérique ; et, ou, ou exclusif prennent des booléens, 0/1 ou "true"/"false". Un opérande null donne null (faux en logique).'),
    errors: ['DIVISION_BY_ZERO', 'TYPE_MISMATCH', 'PARAM_REQUIRED'],
    examples: [{
      title: text('A product', 'Un produit'), input: [{ a: '2', b: 3 }],
      params: { operations: [{ left: { field: 'a' }, op: '*', right: { field: 'b' }, resultField: 'c' }] }, output: [{ a: '2', b: 3, c: 6 }],
    }],
    foot: ({ operations }) => {
      const names = (operations ?? []).map((each) => `${each.resultField ?? ''}`).join(', ');
      return text(names, names);
    },
    outputSchema: ({ operations }, { source }) => withFields(source, Object.fromEntries((operations ?? []).map((each): [string, ModelField] =>
      [splitTarget(each.resultField ?? '').name, { type: isLogic(each.op ?? '+') ? 'boolean' : 'number' }]))),
    run: ({ operations }, { source }, use) => {
      const plans = (operations ?? []).map((each) => ({ sign: each.op ?? '+', left: getterOf(each.left ?? { const: null }, use), right: getterOf(each.right ?? { const: null }, use), name: splitTarget(each.resultField ?? '').name }));
      return perItem(source, use, (item) => {
        const made: Item = { ...item };
        for (const plan of plans) made[plan.name] = apply(plan.sign, plan.left(made, source.items), plan.right(made, source.items), plan.name);
        return made;
      });
    },
  },
);

const isLogic = (sign: Sign): sign is 'AND' | 'OR' | 'XOR' => sign === 'AND' || sign === 'OR' || sign === 'XOR';

function apply(sign: Sign, left: Json, right: Json, name: string): Json {
  if (isLogic(sign)) {
    const [a, b] = [truth(left, name), truth(right, name)];
    return sign === 'AND' ? a && b : sign === 'OR' ? a || b : a !== b;
  }
  if (left === null || right === null) return null;
  const [a, b] = [toNumber(left) ?? notA('number', left, name), toNumber(right) ?? notA('number', right, name)];
  if (sign === '/' && b === 0) fail('DIVISION_BY_ZERO', text(`"${name}" divides ${a} by zero. Filter such items out first.`, `« ${name} » divise ${a} par zéro. Filtrez d’abord ces éléments.`), { path: name });
  return calculate(a, sign, b) ?? fail('TYPE_MISMATCH', text(`The result of "${name}" is too large for a number.`, `Le résultat de « ${name} » dépasse la taille d’un nombre.`), { path: name });
}

function truth(value: Json, name: string): boolean {
  if (value === null || value === false || value === 0 || value === '0' || value === 'false') return false;
  if (value === true || value === 1 || value === '1' || value === 'true') return true;
  return notA('boolean', value, name);
}

function notA(kind: 'number' | 'boolean', value: Json, name: string): never {
  const shown = JSON.stringify(value).slice(0, 40);
  fail('TYPE_MISMATCH', text(`${shown} is not a ${kind}, which "${name}" needs.`, `${shown} n’est pas un ${kind === 'number' ? 'nombre' : 'booléen'}, or « ${name} » en a besoin.`), { path: name });
}
