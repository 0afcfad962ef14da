import { text } from '../text';
import { operators, type Operator } from '../value';
import type { Text } from '../text';

/** Labels of the comparison operators, shared by every step that compares. */
export const operatorLabels: Record<Operator, Text> = {
  equal: text('equal to', 'égal à'), notEqual: text('not equal to', 'différent de'), greater: text('greater than', 'supérieur à'), less: text('less than', 'inférieur à'),
  greaterOrEqual: text('greater or equal', 'supérieur ou égal'), lessOrEqual: text('less or equal', 'inférieur ou égal'), contains: text('contains', 'contient'),
  startsWith: text('starts with', 'commence par'), in: text('is one of', 'est parmi'),
};

export const operatorChoices = operators.map((value) => ({ value, label: operatorLabels[value] }));
