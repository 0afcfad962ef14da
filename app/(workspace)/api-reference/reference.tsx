'use client';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import type { JsonObject } from '#flow/json';
import { Empty } from '../../_ui/empty';
import { Input } from '../../_ui/input';
import { OperationCard } from './operation-card';
import { SchemaView } from './schema-view';
import type { Reference, ShownOperation } from './view-model';

const groups = [
  'me', 'workspace', 'workspaces', 'members', 'invitations', 'api-keys', 'sessions', 'components', 'flows', 'hooks', 'schedules', 'runs', 'instances', 'tasks', 'files', 'steps', 'comments', 'checkpoints', 'systems', 'connectors', 'endpoints',
  'audit', 'openapi_json', 'templates', 'users', 'roles', 'contexts', 'permission-sets', 'notifications',
] as const;

/** The whole API on one page, found by path, words or code. */
export function ApiReference({ reference, origin }: { reference: Reference; origin: string }) {
  const t = useTranslations('apiReference');
  const [query, setQuery] = useState('');
  const schemas = useMemo(() => new Map<string, JsonObject>(reference.schemas.map(({ name, schema }) => [name, schema])), [reference]);
  const found = useMemo(() => reference.operations.filter((each) => matches(each, query)), [reference, query]);
  const byGroup = useMemo(() => grouped(found), [found]);
  const titleOf = (group: string) => {
    const known = groups.find((each) => each === group.replace('.', '_')); // a dot divides keys of messages
    return known === undefined ? `/${group}` : t(`group.${known}`);
  };
  return (
    <div className="flex min-h-0 flex-1">
      <nav aria-label={t('contents')} className="hidden w-52 flex-none overflow-y-auto border-r border-line py-3 lg:block">
        <ul>{[...byGroup.keys()].map((group) => <li key={group}><a href={`#group-${group}`} className="focus-inset block truncate px-5 py-1 text-sm text-muted hover:bg-hover hover:text-text">{titleOf(group)}</a></li>)}</ul>
        <a href="#schemas" className="focus-inset mt-2 block border-t border-line px-5 pt-3 pb-1 text-sm text-muted hover:text-text">{t('schemas')}</a>
      </nav>
      <div className="min-w-0 flex-1 overflow-y-auto">
        <div className="sticky top-0 z-10 border-b border-line bg-surface px-5 py-2.5" role="search">
          <Input icon="search" type="search" value={query} aria-label={t('search')} placeholder={t('search')} onChange={(event) => setQuery(event.target.value)} />
        </div>
        {query === '' && <Introduction origin={origin} />}
        {found.length === 0 && <Empty title={t('nothing')} why={t('nothingWhy')} className="px-5" />}
        {[...byGroup].map(([group, operations]) => (
          <section key={group} aria-labelledby={`group-${group}`}>
            <h2 id={`group-${group}`} className="scroll-mt-14 border-b border-line bg-sunken px-5 py-2 text-sm font-strong">{titleOf(group)}</h2>
            {operations.map((each) => <OperationCard key={`${each.id}${query === '' ? '' : ' found'}`} operation={each} origin={origin} schemas={schemas} open={query !== '' && found.length <= 3} />)}
          </section>
        ))}
        {query === '' && (
          <section aria-labelledby="schemas">
            <h2 id="schemas" className="scroll-mt-14 border-b border-line bg-sunken px-5 py-2 text-sm font-strong">{t('schemas')}</h2>
            {reference.schemas.map(({ name, schema }) => (
              <div key={name} id={`schema-${name}`} className="scroll-mt-16 border-b border-line px-5 py-3"><h3 translate="no" className="mono mb-1.5 text-sm font-medium">{name}</h3><div className="max-w-180"><SchemaView schema={schema} /></div></div>
            ))}
          </section>
        )}
      </div>
    </div>
  );
}

function Introduction({ origin }: { origin: string }) {
  const t = useTranslations('apiReference');
  return (
    <div className="grid max-w-180 gap-2 px-5 py-4 text-sm text-muted">
      <p>{t.rich('intro', { base: () => <code className="mono text-text">{origin}/api/v1</code> })}</p>
      <p>{t('introKey')}</p>
      <p>{t.rich('introDocument', { link: (words) => <a href="/api/v1/openapi.json" className="words-link underline">{words}</a> })}</p>
    </div>
  );
}

function matches(operation: ShownOperation, query: string): boolean {
  const all = [operation.method, operation.path, operation.summary, operation.id, operation.right ?? '', ...operation.errors.flatMap((each) => each.codes), ...operation.inQuery.map((each) => each.name)].join(' ').toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

function grouped(operations: readonly ShownOperation[]): Map<string, ShownOperation[]> {
  const groupsFound = new Map<string, ShownOperation[]>();
  for (const each of operations) groupsFound.set(each.group, [...(groupsFound.get(each.group) ?? []), each]);
  return groupsFound;
}
