import { expect, test } from 'vitest';
import { allows, denied, roles, type Right } from './access';

/** One row per right, one letter per role in the order of `roles`: y may, - may not. */
const matrix: Record<Right, string> = {
  'workspace.read': 'yyyyy',
  'runs.start': 'yyyy-', 'runs.control': 'yyyy-', 'tasks.answer': 'yyyy-', 'files.upload': 'yyyy-',
  'entries.write': 'yyy--', 'components.edit': 'yyy--', 'flows.edit': 'yyy--', 'flows.publish': 'yyy--', 'comments.write': 'yyyyy',
  'integrations.manage': 'yy---', 'people.manage': 'yy---', 'keys.manage': 'yy---', 'settings.manage': 'yy---', 'exports.manage': 'yy---',
};

test('roles are owner, admin, editor, operator, viewer', () => {
  expect(roles).toEqual(['owner', 'admin', 'editor', 'operator', 'viewer']);
});

test.each(Object.entries(matrix))('%s is allowed to %s', (right, letters) => {
  // Object.entries forgets that the keys are rights.
  const asked = right as Right;
  expect(roles.map((role) => (allows(role, asked) ? 'y' : '-')).join('')).toBe(letters);
  for (const role of roles) {
    const failure = denied({ workspaceId: 'w', role, user: null, via: 'session' }, asked);
    expect(failure?.code ?? null, role).toBe(allows(role, asked) ? null : 'ACCESS_DENIED');
  }
});
