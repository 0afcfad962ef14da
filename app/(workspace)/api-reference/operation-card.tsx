'use client';
import { useTranslations } from 'next-intl';
import type { JsonObject } from '#flow/json';
import { classNames } from '../../_ui/class-names';
import { Badge } from '../../_ui/badge';
import { IconButton } from '../../_ui/icon-button';
import { toast } from '../../_ui/toast';
import { curlOf } from './example';
import { FieldRows, SchemaView } from './schema-view';
import type { ShownOperation } from './view-model';

const tones: Record<string, string> = { GET: 'text-status-running', POST: 'text-status-succeeded', PUT: 'text-status-waiting', PATCH: 'text-status-waiting', DELETE: 'text-status-failed' };

export function MethodWord({ method }: { method: string }) {
  return <span className={classNames('mono inline-block w-13 flex-none text-2xs font-strong', tones[method])}>{method}</span>;
}

/** One operation: closed a line, open everything it takes and answers. */
export function OperationCard({ operation, origin, schemas, open }: { operation: ShownOperation; origin: string; schemas: ReadonlyMap<string, JsonObject>; open: boolean }) {
  const t = useTranslations('apiReference');
  const common = useTranslations('common');
  const curl = curlOf(operation, origin, schemas);
  const copy = () => void navigator.clipboard.writeText(curl).then(() => toast.success(common('copied')), () => toast.error(common('copyFailed')));
  return (
    <details id={operation.id} open={open} className="group scroll-mt-16 border-b border-line">
      <summary className="focus-inset flex min-h-11 cursor-pointer flex-wrap items-baseline gap-x-2 gap-y-0.5 px-5 py-2.5 hover:bg-hover">
        <MethodWord method={operation.method} />
        <code className="mono text-sm font-medium break-all">{operation.path}</code>
        <span className="min-w-0 text-xs text-muted">{operation.summary}</span>
      </summary>
      <div className="grid gap-4 px-5 pt-1 pb-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,440px)]">
        <div className="grid grid-cols-1 content-start gap-4">
          <p className="text-xs text-muted">{operation.right === null ? t('noRight') : t.rich('right', { right: () => <code className="mono text-text">{operation.right}</code> })}</p>
          {operation.inPath.length > 0 && <Part title={t('inPath')}><FieldRows fields={operation.inPath} /></Part>}
          {operation.inQuery.length > 0 && <Part title={t('inQuery')}><FieldRows fields={operation.inQuery} /></Part>}
          {operation.body && <Part title={t('body', { type: operation.body.type })}><SchemaView schema={operation.body.schema} /></Part>}
          {operation.answers.map((answer) => <Part key={answer.status} title={t('answer', { status: answer.status })}>{answer.schema ? <SchemaView schema={answer.schema} /> : <p className="text-xs text-muted">{t('bytes')}</p>}</Part>)}
        </div>
        <div className="grid grid-cols-1 content-start gap-4">
          <Part title={t('example')}>
            <div className="relative rounded-2 border border-line bg-sunken">
              <pre className="mono overflow-x-auto p-3 pr-10 text-xs whitespace-pre-wrap" tabIndex={0} aria-label={t('exampleOf', { name: `${operation.method} ${operation.path}` })}>{curl}</pre>
              <span className="absolute top-1 right-1"><IconButton label={t('copy', { name: `${operation.method} ${operation.path}` })} icon="copy" size="sm" onClick={copy} /></span>
            </div>
          </Part>
          <Part title={t('errors')}>
            <ul className="grid gap-1.5">
              {operation.errors.map((error) => <li key={error.status} className="flex gap-2 text-xs"><Badge className="mt-px">{error.status}</Badge><span className="mono min-w-0 leading-5 break-words text-muted">{error.codes.join(', ')}</span></li>)}
            </ul>
          </Part>
        </div>
      </div>
    </details>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return <section><h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>{children}</section>;
}
