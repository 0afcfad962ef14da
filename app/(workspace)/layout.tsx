import type { ReactNode } from 'react';
import { allows } from '#db/access';
import { listComponents } from '#db/components';
import { listRuns } from '#db/run-list';
import { listNotifications } from '#db/notifications';
import { listTasks } from '#db/tasks';
import { getWorkspace, workspacesOf } from '#db/workspaces';
import { InboxProvider } from '../_inbox/inbox-context';
import { requireAccess } from '../_server/access';
import { serverContext } from '../_server/context';
import { OpenRunsProvider } from '../_shell/open-runs';
import { openStatuses } from '../_shell/open-statuses';
import { Shell } from '../_shell/shell';

export default async function WorkspaceLayout({ children }: { children: ReactNode }) {
  const access = await requireAccess();
  const { database, env } = serverContext();
  const user = access.user ?? { id: '', name: '' };
  const [workspace, workspaces, components, open, tasks, unread] = await Promise.all([
    getWorkspace(database, access), workspacesOf(database.db, user.id), listComponents(database, access, { limit: 200 }), listRuns(database, access, { status: openStatuses, limit: 200 }),
    listTasks(database, access, { limit: 100 }), listNotifications(database, access, { limit: 1 }),
  ]);
  const facts = {
    user, workspace, workspaces, canCreateWorkspace: env.auth.signUp === 'open' || workspaces.some((each) => each.role === 'owner'),
    components: components.ok ? components.items.map(({ id, title, settings }) => ({ id, title, icon: settings.icon ?? 'box' })) : [],
  };
  return (
    <OpenRunsProvider first={open.ok ? open.items : []}><InboxProvider first={{ tasks: tasks.ok ? tasks.items : [], unread: unread.ok ? unread.unread : 0 }}>
      <Shell facts={facts} canEdit={allows(access.role, 'components.edit')}>{children}</Shell>
    </InboxProvider></OpenRunsProvider>
  );
}
