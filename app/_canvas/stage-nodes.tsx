'use client';
import type { NodeProps } from '@xyflow/react';
import { useTranslations } from 'next-intl';
import { memo, useState } from 'react';
import { Icon } from '../_ui/icon';
import { Menu } from '../_ui/menu';
import { IconButton } from '../_ui/icon-button';
import styles from './canvas.module.css';
import { useCanvas, useLaneFate, useTabIndex } from './canvas-context';
import type { CaptionNode, LaneNode, StageNode } from './canvas-nodes';
import { DiffMark } from './diff-mark';
import { addStageKey, addStepKey, stageMenuKey } from './place';

export const StageColumn = memo(function StageColumn({ data: { stage, index, trunk, diff } }: NodeProps<StageNode>) {
  const { edit, tabStop, stageCount } = useCanvas();
  const t = useTranslations('canvas');
  const [renaming, setRenaming] = useState(false);
  const key = addStepKey(stage.id);
  const menuKey = stageMenuKey(stage.id);
  const was = diff?.changes.find((each) => each.key === 'name')?.old;
  const [menuIndex, addIndex] = [useTabIndex(menuKey), useTabIndex(key)];
  return (
    <div role="group" aria-label={stage.name} data-stage={stage.id} data-trunk={trunk || undefined} data-diff={diff?.kind} className={styles.stage}>
      <header>
        <span className={styles.stageName} onDoubleClick={() => edit && setRenaming(true)}>
          {renaming && edit ? <NameInput name={stage.name} label={t('stageName')} onDone={(name) => { setRenaming(false); if (name && name !== stage.name) edit.renameStage(stage.id, name); }} /> : <>{typeof was === 'string' && was !== '' && <del>{was}</del>} {stage.name}</>}
        </span>
        {!renaming && <em>{stage.steps.length}</em>}
        {diff && <DiffMark kind={diff.kind} spoken />}
        {edit && (
          <span className={`${styles.stageMenu} nodrag nopan`}>
            <Menu
              trigger={<IconButton label={t('stageMenu', { name: stage.name })} icon="ellipsis" size="sm" data-stop={menuKey} tabIndex={menuIndex} onFocus={() => tabStop.set(menuKey)} />}
              items={[
                { label: t('rename'), icon: 'pencil', onSelect: () => setRenaming(true) },
                { label: t('moveLeft'), icon: 'arrow-left', disabled: index === 0, onSelect: () => edit.moveStage(stage.id, index - 1) },
                { label: t('moveRight'), icon: 'arrow-right', disabled: index === stageCount - 1, onSelect: () => edit.moveStage(stage.id, index + 1) },
                { label: t('removeStage'), icon: 'trash-2', danger: true, onSelect: () => edit.removeStage(stage.id) },
              ]}
            />
          </span>
        )}
      </header>
      {edit && (
        <button type="button" className={`${styles.addStep} nopan`} data-stop={key} tabIndex={addIndex} onFocus={() => tabStop.set(key)} onClick={() => edit.chooseStep(stage.id)}>
          <Icon name="plus" size={13} />{t('addStep')}<span className="sr-only">{t('inStage', { name: stage.name })}</span>
        </button>
      )}
    </div>
  );
});

function NameInput({ name, label, onDone }: { name: string; label: string; onDone: (name: string | null) => void }) {
  return (
    <input
      aria-label={label} defaultValue={name} maxLength={100} className="nodrag nopan" ref={(input) => { input?.focus(); input?.select(); }}
      onBlur={(event) => onDone(event.target.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') onDone(null);
      }}
    />
  );
}

export const LaneRow = memo(function LaneRow({ data: { stage, laneId, label, ownerName, empty, diff } }: NodeProps<LaneNode>) {
  const passed = useLaneFate(laneId) === 'passed';
  const { edit, tabStop } = useCanvas();
  const t = useTranslations('canvas');
  const key = stage ? addStepKey(stage.id) : '';
  const tabIndex = useTabIndex(key);
  return (
    <div role="group" aria-label={label} data-stage={stage?.id} className={styles.lane} data-quiet={passed || undefined} data-diff={diff?.kind}>
      <header><b>{label}</b><small>{ownerName}</small></header>
      {empty && <p>{t(passed ? 'state.notTaken' : 'emptyLane')}</p>}
      {diff && <DiffMark kind={diff.kind} spoken />}
      {edit && stage && (
        <button type="button" className={styles.laneAdd} data-stop={key} tabIndex={tabIndex} onFocus={() => tabStop.set(key)} aria-label={t('addStepIn', { name: label })} onClick={() => edit.chooseStep(stage.id)}>
          <Icon name="plus" size={13} />
        </button>
      )}
    </div>
  );
});

export const AddStage = memo(function AddStage() {
  const { edit, tabStop } = useCanvas();
  const t = useTranslations('canvas');
  const tabIndex = useTabIndex(addStageKey);
  return (
    <button type="button" className={styles.addStage} data-stop={addStageKey} tabIndex={tabIndex} onFocus={() => tabStop.set(addStageKey)} aria-label={t('addStage')} title={t('addStage')} onClick={() => edit?.addStage()}>
      <Icon name="plus" size={14} />
    </button>
  );
});

export const Caption = memo(function Caption({ data }: NodeProps<CaptionNode>) {
  return <p className={styles.caption}>{data.text}</p>;
});
