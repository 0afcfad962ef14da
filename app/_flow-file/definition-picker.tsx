'use client';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import { Button } from '../_ui/button';
import { readDefinition, type ReadFile } from './read-definition';

const mostIssues = 5;

/** Chooses a flow's file, says what is in it or why it is none. */
export function DefinitionPicker({ onPicked }: { onPicked: (definition: FlowDefinition | null) => void }) {
  const t = useTranslations('flowFile');
  const input = useRef<HTMLInputElement>(null);
  const [picked, setPicked] = useState<{ name: string; read: ReadFile } | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const read = await readDefinition(file);
    setPicked({ name: file.name, read });
    onPicked(read.ok ? read.definition : null);
  };
  return (
    <div className="grid gap-2">
      <input ref={input} type="file" className="sr-only" tabIndex={-1} aria-label={t('file')} accept=".json,application/json" onChange={(event) => { void take(event.target.files?.[0]); event.target.value = ''; }} />
      <Button icon="file-up" onClick={() => input.current?.click()}>{picked === null ? t('choose') : t('other')}</Button>
      <div aria-live="polite" className="min-h-5 text-xs">{picked && <Found name={picked.name} read={picked.read} />}</div>
    </div>
  );
}

function Found({ name, read }: { name: string; read: ReadFile }) {
  const t = useTranslations('flowFile');
  if (read.ok) return <p>{t('found', { file: name, kind: t(`kind.${read.definition.kind}`), name: read.definition.name, steps: stepsOf(read.definition).length })}</p>;
  return (
    <div className="text-danger">
      <p>{t(`bad.${read.reason}`, { file: name })}</p>
      {read.reason === 'definition' && (
        <ul className="mt-1 list-disc pl-4">
          {read.issues.slice(0, mostIssues).map((issue, index) => <li key={index} className="wrap-anywhere"><code className="font-mono">{issue.path || '/'}</code>: {issue.message}</li>)}
        </ul>
      )}
    </div>
  );
}
