import type { Failure } from '#flow/failure';
import { failure } from '#flow/failure';

/** Rights are evaluated here alone: every route, action, socket event and run asks this file. */
export const roles = ['owner', 'admin', 'editor', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** Who acts, in which workspace, as what. Every query that returns a workspace's data takes one and filters by it. */
export type Access = {
  workspaceId: string;
  role: Role;
  /** null: an API key or the platform. */
  user: { id: string; name: string } | null;
  via: 'session' | 'api-key' | 'run';
  sessionId?: string;
  apiKeyId?: string;
  /** What people called the key: the log names it as the starter of its runs. */
  apiKeyName?: string;
};

const rights = {
  'workspace.read': ['owner', 'admin', 'editor', 'operator', 'viewer'],
  'runs.start': ['owner', 'admin', 'editor', 'operator'],
  'runs.control': ['owner', 'admin', 'editor', 'operator'],
  'tasks.answer': ['owner', 'admin', 'editor', 'operator'],
  'files.upload': ['owner', 'admin', 'editor', 'operator'],
  'entries.write': ['owner', 'admin', 'editor'],
  'components.edit': ['owner', 'admin', 'editor'],
  'flows.edit': ['owner', 'admin', 'editor'],
  'flows.publish': ['owner', 'admin', 'editor'],
  'comments.write': ['owner', 'admin', 'editor', 'operator', 'viewer'],
  'integrations.manage': ['owner', 'admin'],
  'people.manage': ['owner', 'admin'],
  'keys.manage': ['owner', 'admin'],
  'settings.manage': ['owner', 'admin'],
  /** The exports of others; everybody has their own. */
  'exports.manage': ['owner', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof rights;

export function allows(role: Role, right: Right): boolean {
  const allowed: readonly Role[] = rights[right];
  return allowed.includes(role);
}

/** null when allowed, otherwise the failure to answer with. */
export function denied(access: Access, right: Right): Failure | null {
  if (allows(access.role, right)) return null;
  return failure('ACCESS_DENIED', {
    en: `The role "${access.role}" may not do this (${right}). Ask an owner or admin of the workspace for another role.`,
    fr: `Le rôle « ${access.role} » ne le permet pas (${right}). Demandez un autre rôle à un propriétaire ou administrateur de l’espace.`,
  });
}
