'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { FlowDefinition } from '#flow/flow';
import { api } from '../_client/api';
import { Button } from '../_ui/button';
import { Dialog } from '../_ui/dialog';
import { Field } from '../_ui/field';
import { Input } from '../_ui/input';
import { Select } from '../_ui/select';
import { DefinitionPicker } from './definition-picker';

type Props = { components: readonly { id: string; title: string }[]; onClose: () => void };

/** A new flow from a file, in a component of choice; opens it in the editor. */
export function ImportFlow({ components, onClose }: Props) {
  const t = useTranslations('flowFile');
  const router = useRouter();
  const [definition, setDefinition] = useState<FlowDefinition | null>(null);
  const [name, setName] = useState('');
  const [componentId, setComponentId] = useState(components[0]?.id ?? '');
  const [state, setState] = useState<{ busy: boolean; message?: string }>({ busy: false });
  const make = async (): Promise<void> => {
    if (definition === null) return;
    setState({ busy: true });
    const answer = await api<{ id: string }>('/flows', { method: 'POST', body: { componentId, kind: definition.kind, name: name.trim(), definition: { ...definition, name: name.trim() } } });
    if (answer.ok) router.push(`/flows/${answer.data.id}`);
    else setState({ busy: false, message: answer.failure.message });
  };
  return (
    <Dialog open onClose={onClose} title={t('importTitle')} description={t('importWhy')} size="sm" onSubmit={() => void make()} footer={<>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button variant="primary" type="submit" disabled={state.busy || definition === null || name.trim() === '' || componentId === ''}>{t('import')}</Button>
    </>}>
      <div className="grid gap-3">
        <DefinitionPicker onPicked={(picked) => { setDefinition(picked); setName(picked?.name ?? ''); setState({ busy: false }); }} />
        {definition && <Field label={t('name')} required><Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} /></Field>}
        {definition && <Field label={t('component')}><Select label={t('component')} value={componentId} onChange={setComponentId} options={components.map((each) => ({ value: each.id, label: each.title }))} /></Field>}
        {state.message && <p role="alert" className="text-xs text-danger">{state.message}</p>}
      </div>
    </Dialog>
  );
}
