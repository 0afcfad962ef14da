import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { allows } from '#db/access';
import { listComponents, type ComponentView } from '#db/components';
import { listFlows, type FlowSummary } from '#db/flows';
import { flowFacts } from '#db/home';
import type { Listed, Page } from '#db/page';
import { requireAccess } from '../_server/access';
import { serverContext } from '../_server/context';
import { FlowList } from './_home/flow-list';
import { SideColumn } from './_home/side-column';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('home'))('title') };
}

/** Everything there is, by component, beside what is going on. */
export default async function HomePage() {
  const access = await requireAccess();
  const { database } = serverContext();
  const [components, flows, facts] = await Promise.all([
    everything<ComponentView>((page) => listComponents(database, access, page)), everything<FlowSummary>((page) => listFlows(database, access, page)), flowFacts(database, access),
  ]);
  const latest = facts.ok ? facts.latest : [];
  const takesForm = new Set(facts.ok ? facts.takesForm : []);
  return (
    <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
      <FlowList
        components={components.map(({ id, title, settings, entries }) => ({ id, title, entries, icon: settings.icon ?? 'box', description: settings.description ?? '' }))}
        flows={flows.map(({ id, name, kind, description, componentId, publishedVersion }) => ({ id, name, kind, description: description ?? '', componentId, publishedVersion, takesForm: takesForm.has(id) }))}
        latest={latest} canEdit={allows(access.role, 'components.edit')} canRun={allows(access.role, 'runs.start')} />
      <SideColumn me={access.user?.id ?? null} recent={latest.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 8)} />
    </div>
  );
}

type Answer<T> = ({ ok: true } & Listed<T>) | { ok: false };
const most = 1_000;

async function everything<T>(list: (page: Page) => Promise<Answer<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = null; items.length < most; ) {
    const answer: Answer<T> = await list({ limit: 200, cursor: cursor ?? undefined });
    if (!answer.ok) break;
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return items;
}
