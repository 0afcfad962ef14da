import { convert, isDateTime } from '../convert';
import type { Json } from '../json';
import type { FieldType } from '../model-schema';
import { isCanonicalNumber, toNumber } from '../numbers';
import type { StepProblem } from '../problems';
import { text, type Text } from '../text';
import { operators, type Operator } from '../value';

/** Labels of the comparison operators, shared by every step that compares. */
export const operatorLabels: Record<Operator, Text> = {
  equal: text('equal to', 'égal à'), notEqual: text('not equal to', 'différent de'), greater: text('greater than', 'supérieur à'), less: text('less than', 'inférieur à'),
  greaterOrEqual: text('greater or equal', 'supérieur ou égal'), lessOrEqual: text('less or equal', 'inférieur ou égal'), contains: text('contains', 'contient'),
  startsWith: text('starts with', 'commence par'), in: text('is one of', 'est parmi'),
};

export const operatorChoices = operators.map((value) => ({ value, label: operatorLabels[value] }));

/** The constant must be able to become what the field is. */
export function operandProblems(param: string, given: Json, operator: Operator, type: FieldType): StepProblem[] {
  if (operator === 'in' && !Array.isArray(given)) return [{ code: 'PARAM_INVALID', param, text: text('"is one of" needs a list.', '« est parmi » demande une liste.') }];
  if (operator === 'contains' || operator === 'startsWith') return [];
  const bad = (operator === 'in' && Array.isArray(given) ? given : [given]).find((each) => (type === 'boolean' ? each !== null && typeof each !== 'boolean' : type !== 'catalog' && !convert(each, type).ok));
  return bad === undefined ? [] : [{ code: 'TYPE_MISMATCH', param, text: text(`${shown(bad)} cannot be compared with a field of type ${type}.`, `${shown(bad)} ne se compare pas à un champ de type ${type}.`) }];
}

/** True when a constant may mean another value to a typed field than it is written as: "03", or a moment for a day. */
export function dependsOnType(given: Json): boolean {
  if (Array.isArray(given)) return given.some(dependsOnType);
  return typeof given === 'string' && ((toNumber(given) !== undefined && !isCanonicalNumber(given)) || isDateTime(given));
}

/** A constant as a value of the field's type (steps.md §1.4): it is converted once, what the items hold is not. */
export function constantFor(given: Json, operator: Operator, type: FieldType): Json {
  if (operator === 'contains' || operator === 'startsWith' || (type !== 'number' && type !== 'integer' && type !== 'date')) return given;
  if (operator === 'in' && Array.isArray(given)) return given.map((each) => constantFor(each, 'equal', type));
  const converted = convert(given, type);
  return converted.ok ? converted.value : given;
}

export const isEquality = (operator: Operator | undefined) => operator === undefined || operator === 'equal' || operator === 'notEqual';
const shown = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));
