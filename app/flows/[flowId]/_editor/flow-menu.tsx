'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { canonicalJson } from '#flow/canonical';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { api } from '../../../_client/api';
import { saveFile } from '../../../_client/save-file';
import { DefinitionPicker } from '../../../_flow-file/definition-picker';
import { fileNameOf } from '../../../_flow-file/read-definition';
import { Button } from '../../../_ui/button';
import { ConfirmDialog } from '../../../_ui/confirm-dialog';
import { Dialog } from '../../../_ui/dialog';
import { IconButton } from '../../../_ui/icon-button';
import { Menu } from '../../../_ui/menu';
import { toast } from '../../../_ui/toast';
import { useEditor } from './editor-context';
import { FlowApiDialog } from './flow-api-dialog';
import { FlowLimitsDialog } from './flow-limits-dialog';

/** What can be done to the flow as a whole. */
export function FlowMenu({ onRename }: { onRename: () => void }) {
  const { definition, flowId, component, editable, commands } = useEditor();
  const t = useTranslations('flowFile');
  const router = useRouter();
  const [open, setOpen] = useState<'replace' | 'delete' | 'limits' | 'api' | null>(null);
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    const answer = await api<unknown>(`/flows/${flowId}`, { method: 'DELETE' });
    setBusy(false);
    if (answer.ok) {
      toast.success(t('deleted', { name: definition.name }));
      return router.push(`/components/${component.id}/flows`);
    }
    setOpen(null);
    toast.error(answer.failure.message);
  };
  const replace = (next: FlowDefinition): void => {
    setOpen(null);
    commands.replace(next);
    toast.success(t('replaced'), { action: { label: t('undo'), onClick: commands.undo } });
  };
  return (
    <>
      <Menu label={t('menu')} trigger={<IconButton label={t('menu')} icon="chevron-down" size="sm" />} items={[
        ...(editable ? [{ label: t('rename'), icon: 'pencil', onSelect: onRename }, { label: t('limits'), icon: 'gauge', onSelect: () => setOpen('limits') }] : []),
        ...(definition.kind === 'dataflow' ? [{ label: t('api'), icon: 'braces', onSelect: () => setOpen('api') }] : []),
        { label: t('export'), icon: 'download', onSelect: () => saveFile(fileNameOf(definition.name), canonicalJson(definition)) },
        ...(editable ? [{ label: t('replace'), icon: 'file-up', onSelect: () => setOpen('replace') }, { separator: true } as const, { label: t('delete'), icon: 'trash-2', danger: true, onSelect: () => setOpen('delete') }] : []),
      ]} />
      {open === 'api' && <FlowApiDialog onClose={() => setOpen(null)} />}
      {open === 'limits' && <FlowLimitsDialog onClose={() => setOpen(null)} />}
      {open === 'replace' && <ReplaceDialog kind={definition.kind} onClose={() => setOpen(null)} onReplace={replace} />}
      <ConfirmDialog open={open === 'delete'} onClose={() => setOpen(null)} onConfirm={() => void remove()} busy={busy} danger
        title={t('deleteTitle', { name: definition.name })} description={t('deleteText', { steps: stepsOf(definition).length })} confirmLabel={t('delete')} />
    </>
  );
}

type ReplaceProps = { kind: FlowDefinition['kind']; onClose: () => void; onReplace: (definition: FlowDefinition) => void };

/** An edit like any other: colleagues see it at once, undo takes it back, versions stay as they are. */
function ReplaceDialog({ kind, onClose, onReplace }: ReplaceProps) {
  const t = useTranslations('flowFile');
  const [picked, setPicked] = useState<FlowDefinition | null>(null);
  const otherKind = picked !== null && picked.kind !== kind;
  return (
    <Dialog open onClose={onClose} title={t('replaceTitle')} description={t('replaceWhy')} size="sm" onSubmit={() => picked && !otherKind && onReplace(picked)} footer={<>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button variant="primary" type="submit" disabled={picked === null || otherKind}>{t('replaceNow')}</Button>
    </>}>
      <div className="grid gap-3">
        <DefinitionPicker onPicked={setPicked} />
        {otherKind && <p role="alert" className="text-xs text-danger">{t('otherKind', { kind: t(`kind.${kind}`) })}</p>}
      </div>
    </Dialog>
  );
}
