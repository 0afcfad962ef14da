import type { Role } from './access';
import type { Mail } from './mail';

const roleNames: Record<Role, { en: string; fr: string }> = {
  owner: { en: 'owner', fr: 'propriétaire' }, admin: { en: 'administrator', fr: 'administrateur' }, editor: { en: 'editor', fr: 'éditeur' },
  operator: { en: 'operator', fr: 'opérateur' }, viewer: { en: 'viewer', fr: 'lecteur' },
};
type Invited = { to: string; role: Role; workspaceName: string; inviter: string; url: string; locale: string | null };

/** Plain text, in the language of whoever invites. */
export function invitationMail({ to, role, workspaceName, inviter, url, locale }: Invited): Mail {
  const isFrench = locale === 'fr';
  const [subject, lines] = isFrench
    ? [`${inviter} vous invite dans « ${workspaceName} »`, [
        'Bonjour,', `${inviter} vous invite à rejoindre l’espace « ${workspaceName} » sur Millrace en tant que ${roleNames[role].fr}.`,
        `Ouvrez ce lien pour accepter ; il sert une seule fois, pendant 14 jours :\n${url}`, 'Si vous n’attendiez pas cette invitation, ignorez ce message.']]
    : [`${inviter} invites you to "${workspaceName}"`, [
        'Hello,', `${inviter} invites you to join the workspace "${workspaceName}" on Millrace as ${/^[aeo]/.test(roleNames[role].en) ? 'an' : 'a'} ${roleNames[role].en}.`,
        `Open this link to accept; it works once, within 14 days:\n${url}`, 'If you did not expect this invitation, ignore this message.']];
  return { to, subject, text: `${lines.join('\n\n')}\n` };
}
