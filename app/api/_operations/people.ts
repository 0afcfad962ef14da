import { z } from 'zod';
import { roles } from '#db/access';
import { retentionSettings } from '#db/retention-settings';
import { id } from '#flow/id';
import { limitsChange, workspaceLimits } from '#flow/limits';
import { iso, label, listOf, ok, operation, pageQuery } from './operation';

const role = z.enum(roles);
const workspace = z.object({ id, name: z.string(), role, limits: workspaceLimits.optional() }).meta({ id: 'Workspace' });
const ownWorkspace = workspace.extend({ retention: retentionSettings.nullable() }).meta({ id: 'OwnWorkspace' });
const member = z.object({ id, name: z.string(), email: z.string(), role, joinedAt: iso }).meta({ id: 'Member' });
const invitation = z.object({ id, role, email: z.string().nullable(), createdAt: iso, expiresAt: iso }).meta({ id: 'Invitation' });
const apiKey = z.object({ id, name: z.string(), role, prefix: z.string(), createdAt: iso, lastUsedAt: iso.nullable() }).meta({ id: 'ApiKey' });
const session = z.object({ id, current: z.boolean(), ipAddress: z.string().nullable(), userAgent: z.string().nullable(), createdAt: iso, lastSeenAt: iso, expiresAt: iso }).meta({ id: 'Session' });

export const people = {
  me: operation({
    method: 'GET', path: '/me', right: 'person', summary: 'Who is signed in, and the workspaces of that account. With an API key: no user, and the one workspace of the key.',
    answers: { 200: z.object({ user: z.object({ id, name: z.string(), email: z.string() }).nullable(), workspaces: z.array(workspace), workspaceId: id.nullable() }) },
  }),
  chooseWorkspace: operation({
    method: 'PATCH', path: '/me', right: 'person', summary: 'Chooses the workspace this session goes on with.',
    body: z.strictObject({ workspaceId: id }), answers: { 200: ok }, errors: ['WORKSPACE_NOT_FOUND'],
  }),
  createWorkspace: operation({
    method: 'POST', path: '/workspaces', right: 'person', summary: 'Makes a workspace owned by the account. Only where SIGN_UP=open, or for an owner.',
    body: z.strictObject({ name: label(100) }), answers: { 201: workspace }, errors: ['ACCESS_DENIED'],
  }),
  getWorkspace: operation({ method: 'GET', path: '/workspace', right: 'workspace.read', summary: 'The workspace of this request.', answers: { 200: ownWorkspace } }),
  verifyAudit: operation({ method: 'GET', path: '/audit/verify', right: 'settings.manage', summary: 'Checks the chain of what people did here: whole, or the first act that is altered, missing or one too many.', answers: { 200: z.looseObject({ ok: z.boolean() }) } }),
  renameWorkspace: operation({
    method: 'PATCH', path: '/workspace', right: 'settings.manage', summary: 'Renames the workspace, sets limits of its runs (a limit of null is the default again), or says how long ended runs are kept (retention null: as the installation does; runDays null: for good).',
    body: z.strictObject({ name: label(100).optional(), limits: limitsChange.optional(), retention: retentionSettings.nullable().optional() }), answers: { 200: ownWorkspace },
  }),
  listMembers: operation({ method: 'GET', path: '/members', right: 'workspace.read', summary: 'The people of the workspace.', query: z.object(pageQuery), answers: { 200: listOf(member) } }),
  setMemberRole: operation({
    method: 'PATCH', path: '/members/:userId', right: 'people.manage', summary: 'Gives a member another role.',
    params: z.object({ userId: id }), body: z.strictObject({ role }), answers: { 200: ok }, errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
  }),
  removeMember: operation({
    method: 'DELETE', path: '/members/:userId', right: 'people.manage', summary: 'Takes a member out of the workspace.',
    params: z.object({ userId: id }), answers: { 200: ok }, errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
  }),
  listInvitations: operation({ method: 'GET', path: '/invitations', right: 'people.manage', summary: 'Invitations that can still be used.', query: z.object(pageQuery), answers: { 200: listOf(invitation) } }),
  createInvitation: operation({
    method: 'POST', path: '/invitations', right: 'people.manage', summary: 'Makes a link that joins the workspace, usable once within 14 days. The token is shown here only; with an address and SMTP_URL the link is mailed too.',
    body: z.strictObject({ role, email: z.email().max(254).optional() }), answers: { 201: z.object({ id, token: z.string(), url: z.string(), mailed: z.boolean() }) },
  }),
  revokeInvitation: operation({
    method: 'DELETE', path: '/invitations/:invitationId', right: 'people.manage', summary: 'Withdraws an invitation.',
    params: z.object({ invitationId: id }), answers: { 200: ok }, errors: ['INVITATION_NOT_FOUND'],
  }),
  acceptInvitation: operation({
    method: 'POST', path: '/invitations/accept', right: 'person', summary: 'Joins the workspace of an invitation.',
    body: z.strictObject({ token: z.string().min(1).max(200) }), answers: { 200: z.object({ workspaceId: id, role }) }, errors: ['INVITATION_NOT_FOUND'],
  }),
  listApiKeys: operation({ method: 'GET', path: '/api-keys', right: 'keys.manage', summary: 'API keys in use.', query: z.object(pageQuery), answers: { 200: listOf(apiKey) } }),
  createApiKey: operation({
    method: 'POST', path: '/api-keys', right: 'keys.manage', summary: 'Makes an API key bound to this workspace and a role. The key is shown here only.',
    body: z.strictObject({ name: label(100), role }), answers: { 201: z.object({ id, key: z.string(), name: z.string(), role }) },
  }),
  revokeApiKey: operation({
    method: 'DELETE', path: '/api-keys/:keyId', right: 'keys.manage', summary: 'Revokes an API key.',
    params: z.object({ keyId: id }), answers: { 200: ok }, errors: ['API_KEY_NOT_FOUND'],
  }),
  listSessions: operation({ method: 'GET', path: '/sessions', right: 'person', summary: 'Where this account is signed in.', query: z.object(pageQuery), answers: { 200: listOf(session) } }),
  revokeSession: operation({
    method: 'DELETE', path: '/sessions/:sessionId', right: 'person', summary: 'Signs one session of this account out.',
    params: z.object({ sessionId: id }), answers: { 200: ok }, errors: ['NOT_FOUND'],
  }),
};
