'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState, type ReactNode } from 'react';
import type { Presence } from '#flow/presence';
import type { FlowStatus } from '../../../_client/collab-provider';
import { Badge } from '../../../_ui/badge';
import { Button } from '../../../_ui/button';
import { IconButton } from '../../../_ui/icon-button';
import { Mark } from '../../../_ui/mark';
import { useEditor } from './editor-context';
import { FlowMenu } from './flow-menu';
import styles from './editor.module.css';
import { PeopleBar } from './people-bar';
import { SaveState } from './save-state';

type Props = {
  status: FlowStatus; people: readonly Presence[]; me: { id: string; name: string }; following: string | null; onFollow: (userId: string | null) => void; onJump: (person: Presence) => void;
  undo: { canUndo: boolean; canRedo: boolean }; publishedVersion: number | null; live: string | null; mayRun: boolean; mayPublish: boolean; last: ReactNode;
  changes: number; onRun: () => void; onPublish: () => void;
};

export function TopBar({ status, people, me, following, onFollow, onJump, undo, publishedVersion, live, mayRun, mayPublish, changes, last, onRun, onPublish }: Props) {
  const { definition, component, editable, commands } = useEditor();
  const t = useTranslations('editor');
  return (
    <header className={styles.top}>
      <Link href="/" aria-label={t('home')}><Mark size={22} /></Link>
      <nav className={styles.crumbs} aria-label={t('where')}><Link href={`/components/${component.id}`}>{component.title}</Link><span aria-hidden>›</span><FlowName name={definition.name} editable={editable} onRename={commands.renameFlow} /></nav>
      <Badge>{t(`kind.${definition.kind}`)}</Badge>
      {live ? <Badge tone="accent">{live}</Badge> : <Badge>{publishedVersion !== null && changes === 0 ? t('version', { number: publishedVersion }) : t('draft')}</Badge>}
      <span className={styles.vr} />
      <SaveState status={status} editable={editable} />
      {editable && <IconButton label={t('undo')} icon="undo-2" disabled={!undo.canUndo} className="disabled:border-transparent disabled:bg-transparent" onClick={commands.undo} />}
      {editable && <IconButton label={t('redo')} icon="redo-2" disabled={!undo.canRedo} className="disabled:border-transparent disabled:bg-transparent" onClick={commands.redo} />}
      <span className={styles.grow} />
      {last}
      <span className={styles.vr} />
      <PeopleBar people={people} me={me} following={following} onFollow={onFollow} onJump={onJump} />
      {(mayRun || mayPublish) && <span className={styles.vr} />}
      {mayRun && <Button icon="play" onClick={onRun}>{t('run.run')}</Button>}
      {mayPublish && <Button variant="primary" onClick={onPublish}>{changes > 0 ? t('publish.count', { count: changes }) : t('publish.publish')}</Button>}
    </header>
  );
}

function FlowName({ name, editable, onRename }: { name: string; editable: boolean; onRename: (name: string) => void }) {
  const t = useTranslations('editor');
  const [renaming, setRenaming] = useState(false);
  if (!renaming) return <><h1 title={editable ? t('rename') : undefined} onDoubleClick={() => editable && setRenaming(true)}>{name}</h1><FlowMenu onRename={() => setRenaming(true)} /></>;
  return (
    <input
      aria-label={t('flowName')} defaultValue={name} maxLength={100} ref={(input) => { if (input && document.activeElement !== input) { input.focus(); input.select(); } }}
      onBlur={(event) => { setRenaming(false); const next = event.target.value.trim(); if (next && next !== name) onRename(next); }}
      onKeyDown={(event) => { if (event.key === 'Enter') event.currentTarget.blur(); if (event.key === 'Escape') setRenaming(false); }}
    />
  );
}
