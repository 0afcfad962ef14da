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
    method: 'GET', path: '/me', right: 'person', summary: { en: 'Who is signed in, and the workspaces of that account. With an API key: no user, and the one workspace of the key.', fr: 'Qui est connecté, et les espaces de ce compte. Avec une clé d’API : aucune personne, et le seul espace de la clé.' },
    answers: { 200: z.object({ user: z.object({ id, name: z.string(), email: z.string() }).nullable(), workspaces: z.array(workspace), workspaceId: id.nullable() }) },
  }),
  chooseWorkspace: operation({
    method: 'PATCH', path: '/me', right: 'person', summary: { en: 'Chooses the workspace this session goes on with.', fr: 'Choisit l’espace avec lequel cette session continue.' },
    body: z.strictObject({ workspaceId: id }), answers: { 200: ok }, errors: ['WORKSPACE_NOT_FOUND'],
  }),
  createWorkspace: operation({
    method: 'POST', path: '/workspaces', right: 'person', summary: { en: 'Makes a workspace owned by the account. Only where SIGN_UP=open, or for an owner.', fr: 'Crée un espace qui appartient au compte. Seulement si SIGN_UP=open, ou pour un propriétaire.' },
    body: z.strictObject({ name: label(100) }), answers: { 201: workspace }, errors: ['ACCESS_DENIED'],
  }),
  getWorkspace: operation({ method: 'GET', path: '/workspace', right: 'workspace.read', summary: { en: 'The workspace of this request.', fr: 'L’espace de cette requête.' }, answers: { 200: ownWorkspace } }),
  verifyAudit: operation({ method: 'GET', path: '/audit/verify', right: 'settings.manage', summary: { en: 'Checks the chain of what people did here: whole, or the first act that is altered, missing or one too many.', fr: 'Vérifie la chaîne de ce que les personnes ont fait ici : entière, ou le premier acte altéré, manquant ou en trop.' }, answers: { 200: z.looseObject({ ok: z.boolean() }) } }),
  renameWorkspace: operation({
    method: 'PATCH', path: '/workspace', right: 'settings.manage', summary: { en: 'Renames the workspace, sets limits of its runs (a limit of null is the default again), or says how long ended runs are kept (retention null: as the installation does; runDays null: for good).', fr: 'Renomme l’espace, fixe les limites de ses exécutions (une limite à null redevient celle par défaut), ou dit combien de temps les exécutions terminées sont gardées (retention null : comme l’installation ; runDays null : pour toujours).' },
    body: z.strictObject({ name: label(100).optional(), limits: limitsChange.optional(), retention: retentionSettings.nullable().optional() }), answers: { 200: ownWorkspace },
  }),
  listMembers: operation({ method: 'GET', path: '/members', right: 'workspace.read', summary: { en: 'The people of the workspace.', fr: 'Les personnes de l’espace.' }, query: z.object(pageQuery), answers: { 200: listOf(member) } }),
  setMemberRole: operation({
    method: 'PATCH', path: '/members/:userId', right: 'people.manage', summary: { en: 'Gives a member another role.', fr: 'Donne un autre rôle à un membre.' },
    params: z.object({ userId: id }), body: z.strictObject({ role }), answers: { 200: ok }, errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
  }),
  removeMember: operation({
    method: 'DELETE', path: '/members/:userId', right: 'people.manage', summary: { en: 'Takes a member out of the workspace.', fr: 'Retire un membre de l’espace.' },
    params: z.object({ userId: id }), answers: { 200: ok }, errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
  }),
  listInvitations: operation({ method: 'GET', path: '/invitations', right: 'people.manage', summary: { en: 'Invitations that can still be used.', fr: 'Les invitations encore utilisables.' }, query: z.object(pageQuery), answers: { 200: listOf(invitation) } }),
  createInvitation: operation({
    method: 'POST', path: '/invitations', right: 'people.manage', summary: { en: 'Makes a link that joins the workspace, usable once within 14 days. The token is shown here only; with an address and SMTP_URL the link is mailed too.', fr: 'Crée un lien qui fait entrer dans l’espace, utilisable une fois dans les 14 jours. Le jeton n’est montré qu’ici ; avec une adresse et SMTP_URL, le lien est aussi envoyé par e-mail.' },
    body: z.strictObject({ role, email: z.email().max(254).optional() }), answers: { 201: z.object({ id, token: z.string(), url: z.string(), mailed: z.boolean() }) },
  }),
  revokeInvitation: operation({
    method: 'DELETE', path: '/invitations/:invitationId', right: 'people.manage', summary: { en: 'Withdraws an invitation.', fr: 'Retire une invitation.' },
    params: z.object({ invitationId: id }), answers: { 200: ok }, errors: ['INVITATION_NOT_FOUND'],
  }),
  acceptInvitation: operation({
    method: 'POST', path: '/invitations/accept', right: 'person', summary: { en: 'Joins the workspace of an invitation.', fr: 'Entre dans l’espace d’une invitation.' },
    body: z.strictObject({ token: z.string().min(1).max(200) }), answers: { 200: z.object({ workspaceId: id, role }) }, errors: ['INVITATION_NOT_FOUND'],
  }),
  listApiKeys: operation({ method: 'GET', path: '/api-keys', right: 'keys.manage', summary: { en: 'API keys in use.', fr: 'Les clés d’API en service.' }, query: z.object(pageQuery), answers: { 200: listOf(apiKey) } }),
  createApiKey: operation({
    method: 'POST', path: '/api-keys', right: 'keys.manage', summary: { en: 'Makes an API key bound to this workspace and a role. The key is shown here only.', fr: 'Crée une clé d’API liée à cet espace et à un rôle. La clé n’est montrée qu’ici.' },
    body: z.strictObject({ name: label(100), role }), answers: { 201: z.object({ id, key: z.string(), name: z.string(), role }) },
  }),
  revokeApiKey: operation({
    method: 'DELETE', path: '/api-keys/:keyId', right: 'keys.manage', summary: { en: 'Revokes an API key.', fr: 'Révoque une clé d’API.' },
    params: z.object({ keyId: id }), answers: { 200: ok }, errors: ['API_KEY_NOT_FOUND'],
  }),
  listSessions: operation({ method: 'GET', path: '/sessions', right: 'person', summary: { en: 'Where this account is signed in.', fr: 'Où ce compte est connecté.' }, query: z.object(pageQuery), answers: { 200: listOf(session) } }),
  revokeSession: operation({
    method: 'DELETE', path: '/sessions/:sessionId', right: 'person', summary: { en: 'Signs one session of this account out.', fr: 'Déconnecte une session de ce compte.' },
    params: z.object({ sessionId: id }), answers: { 200: ok }, errors: ['NOT_FOUND'],
  }),
};
