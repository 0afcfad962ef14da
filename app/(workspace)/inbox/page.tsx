import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { listNotifications } from '#db/notifications';
import { requireAccess } from '../../_server/access';
import { serverContext } from '../../_server/context';
import { InboxPage } from './inbox-page';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('inbox'))('title') };
}

export default async function Inbox() {
  const access = await requireAccess();
  const notices = await listNotifications(serverContext().database, access, { limit: 50 });
  return <InboxPage first={notices.ok ? { items: notices.items, nextCursor: notices.nextCursor } : { items: [], nextCursor: null }} />;
}
