import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { allows } from '#db/access';
import { listApiKeys } from '#db/api-keys';
import { listInvitations } from '#db/invitations';
import { listMembers } from '#db/members';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { PageHead } from '../../_ui/page-head';
import { ApiKeys } from './api-keys';
import { Invitations } from './invitations';
import { Members } from './members';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('people'))('title') };
}

export default async function PeoplePage() {
  const access = await requireAccess();
  const { database } = serverContext();
  const managesPeople = allows(access.role, 'people.manage');
  const [t, members, invitations, keys] = await Promise.all([
    getTranslations('people'), listMembers(database, access), managesPeople ? listInvitations(database, access) : [], allows(access.role, 'keys.manage') ? listApiKeys(database, access) : null,
  ]);
  return (
    <>
      <PageHead title={t('title')} count={members.length} />
      <Members members={members} me={access.user?.id ?? null} role={access.role} />
      {managesPeople && <Invitations invitations={invitations} role={access.role} />}
      {keys?.ok && <ApiKeys keys={keys.items} role={access.role} />}
    </>
  );
}
