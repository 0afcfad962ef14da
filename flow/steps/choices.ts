import type { ComponentField } from '../component-model';
import { text } from '../text';
import type { TaskOption } from './capabilities';

/** What can be chosen in a field: yes and no, or its list; null for every other field. */
export function optionsOf(field: ComponentField | undefined): TaskOption[] | null {
  if (field?.type === 'boolean') return [{ value: true, label: text('Yes', 'Oui') }, { value: false, label: text('No', 'Non') }];
  if (!field?.enum || field.enum.length === 0) return null;
  return field.enum.map((each) => ({ value: each.value, label: text(each.label, each.label) }));
}
