'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { FlowKind } from '#flow/flow';
import { api } from '../../../../_client/api';
import { Button } from '../../../../_ui/button';
import { Dialog } from '../../../../_ui/dialog';
import { Field } from '../../../../_ui/field';
import { Input } from '../../../../_ui/input';
import { Select } from '../../../../_ui/select';

/** Makes a flow and opens it in the editor. */
export function NewFlow({ open, onClose, componentId }: { open: boolean; onClose: () => void; componentId: string }) {
  const t = useTranslations('component');
  const router = useRouter();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<FlowKind>('dataflow');
  const [state, setState] = useState<{ busy: boolean; message?: string }>({ busy: false });
  const make = async (): Promise<void> => {
    setState({ busy: true });
    const answer = await api<{ id: string }>('/flows', { method: 'POST', body: { componentId, kind, name: name.trim() } });
    if (answer.ok) router.push(`/flows/${answer.data.id}`);
    else setState({ busy: false, message: answer.failure.message });
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('flows.newTitle')} size="sm" onSubmit={() => void make()} footer={<>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button variant="primary" type="submit" disabled={state.busy || name.trim() === ''}>{t('flows.create')}</Button>
    </>}>
      <div className="grid gap-3">
        <Field label={t('flows.name')} required error={state.message}><Input autoFocus value={name} maxLength={100} onChange={(event) => setName(event.target.value)} /></Field>
        <Field label={t('flows.kindLabel')} help={t(`flows.kindHelp.${kind}`)}>
          <Select label={t('flows.kindLabel')} value={kind} onChange={(value) => setKind(value === 'workflow' ? 'workflow' : 'dataflow')} options={[{ value: 'dataflow', label: t('flows.kind.dataflow') }, { value: 'workflow', label: t('flows.kind.workflow') }]} />
        </Field>
      </div>
    </Dialog>
  );
}
