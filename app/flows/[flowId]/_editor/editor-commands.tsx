'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { CommandPalette } from '../../../_shell/command-palette';
import { shortcuts } from './shortcuts';
import type { Acts } from './use-shortcuts';

type Props = { acts: Acts; rights: { edit: boolean; run: boolean; publish: boolean }; editable: boolean };

const icons = { addStep: 'plus', addStage: 'columns-3', addNote: 'sticky-note', find: 'search', run: 'play', publish: 'rocket', triggers: 'webhook', undo: 'undo-2', redo: 'redo-2', selectAll: 'square-dashed', fit: 'maximize', shortcuts: 'keyboard' } as const;
const edits = new Set(['addStep', 'addStage', 'addNote', 'undo', 'redo']);

/** Ctrl+K with what the editor can do first. */
export function EditorCommands({ acts, rights, editable }: Props) {
  const t = useTranslations('editor');
  const [open, setOpen] = useState(false);
  const offered = (['addStep', 'addStage', 'addNote', 'find', 'run', 'publish', 'triggers', 'undo', 'redo', 'selectAll', 'fit', 'shortcuts'] as const)
    .filter((action) => (edits.has(action) ? editable : action === 'run' ? rights.run : action === 'publish' ? rights.publish : true));
  const items = offered.map((action) => ({ id: action, words: t(`action.${action}`), icon: icons[action], hint: hintOf(action), onSelect: () => void acts[action]() }));
  return <CommandPalette open={open} onOpenChange={setOpen} canEdit={rights.edit} pageActions={{ title: t('thisFlow'), items }} />;
}

function hintOf(action: string): string {
  return shortcuts.find((each) => each.action === action)?.keys[0]?.replace('Mod', 'Ctrl').replaceAll('+', ' ') ?? '';
}
