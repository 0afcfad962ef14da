'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { Button } from '../../_ui/button';
import { Input } from '../../_ui/input';
import { Menu, type MenuItem } from '../../_ui/menu';
import { Popover } from '../../_ui/popover';
import { addressOf, filterOf, isNarrowed, noFilter, type RunsFilter } from './runs-filter';
import styles from './runs.module.css';

const storageKey = 'millrace.runs.filters';
const stored = z.array(z.object({ name: z.string(), address: z.string() }));
type Saved = z.infer<typeof stored>;
type Props = { filter: RunsFilter; me: string | null; onChoose: (filter: RunsFilter) => void };

/** Filters everybody needs, and one's own by name, kept in this browser. */
export function SavedFilters({ filter, me, onChoose }: Props) {
  const t = useTranslations('runs');
  const [saved, setSaved] = useState<Saved>([]);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  useEffect(() => setSaved(read()), []);
  const keep = (next: Saved): void => {
    setSaved(next);
    window.localStorage.setItem(storageKey, JSON.stringify(next));
  };
  const usual: { label: string; filter: RunsFilter }[] = [
    { label: t('saved.all'), filter: noFilter }, { label: t('saved.failedWeek'), filter: { ...noFilter, status: 'failed', time: 'week' } }, ...(me ? [{ label: t('saved.mine'), filter: { ...noFilter, startedBy: me } }] : []),
  ];
  const here = addressOf(filter);
  const items: MenuItem[] = saved.flatMap((each) => [
    { label: each.name, checked: each.address === here, onSelect: () => onChoose(filterOf(new URL(each.address, 'http://local').searchParams)) },
  ]);
  const removal: MenuItem[] = saved.filter((each) => each.address === here).map((each) => ({ label: t('saved.remove', { name: each.name }), icon: 'trash-2', danger: true, onSelect: () => keep(saved.filter((one) => one !== each)) }));
  return (
    <span className={styles.saved}>
      {usual.map((each) => <button key={each.label} type="button" className={styles.preset} aria-pressed={addressOf(each.filter) === here} onClick={() => onChoose(each.filter)}>{each.label}</button>)}
      {saved.length > 0 && <Menu align="end" label={t('saved.own')} trigger={<button type="button" className={styles.preset}>{t('saved.own')}</button>} items={[...items, ...(removal.length > 0 ? [{ separator: true } as const, ...removal] : [])]} />}
      {isNarrowed(filter) && !saved.some((each) => each.address === here) && !usual.some((each) => addressOf(each.filter) === here) && (
        <Popover open={naming} onOpenChange={setNaming} align="end" label={t('saved.save')} trigger={<Button size="sm" variant="ghost">{t('saved.save')}</Button>}>
          <form className="flex gap-2" onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            keep([...saved, { name: name.trim().slice(0, 60), address: here }]);
            setName('');
            setNaming(false);
          }}>
            <Input autoFocus value={name} aria-label={t('saved.name')} placeholder={t('saved.name')} onChange={(event) => setName(event.target.value)} />
            <Button size="lg" variant="primary" type="submit">{t('saved.keep')}</Button>
          </form>
        </Popover>
      )}
    </span>
  );
}

function read(): Saved {
  try {
    const found = stored.safeParse(JSON.parse(window.localStorage.getItem(storageKey) ?? '[]'));
    return found.success ? found.data : [];
  } catch {
    return [];
  }
}
