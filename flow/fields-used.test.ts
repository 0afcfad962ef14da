import { expect, test } from 'vitest';
import { fieldsUsed } from './fields-used';
import { sampleComponent } from './steps/testing';

test('F44 paths, placeholders and targets name fields; system fields, switched-off steps and other words do not', () => {
  const steps = [
    { id: 'a', type: 'update-model-field', name: 'a', params: { modelField: 'state', sourceField: 'data.price' } },
    { id: 'b', type: 'get-user-confirmation', name: 'b', params: { confirmationField: 'paid', userInfoField: 'creatorSubject', message: 'Pay {{car.name}}, {{ data.draft }}?' } },
    { id: 'c', type: 'switch-case', name: 'c', params: { switchField: 'note' }, disabled: true },
  ];
  const used = fieldsUsed({ schema: 1, kind: 'workflow', name: 'Flow', lanes: [{ id: 'main', stages: [{ id: 's', name: 's', steps }] }] }, sampleComponent);
  expect(used).toEqual(['state', 'price', 'paid', 'car', 'draft']);
});
