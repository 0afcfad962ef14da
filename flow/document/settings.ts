import type * as Y from 'yjs';
import { canonicalSettings } from '../canonical';
import { flowConcurrency, flowTimeoutMs, type FlowSettings } from '../flow';
import { cleanName, type DocumentState } from '../normalize';
import { kindOf, meta, put, textFrom } from './entries';

export type MetaState = Pick<DocumentState, 'kind' | 'name' | 'restrictAccess' | 'settings'>;

export function readMeta(doc: Y.Doc): MetaState {
  const entry = meta(doc);
  const restrictAccess = entry.get('restrictAccess');
  return {
    kind: kindOf(doc), name: cleanName(textFrom(entry.get('name')), 'Flow'), restrictAccess: typeof restrictAccess === 'boolean' ? restrictAccess : undefined,
    settings: canonicalSettings({
      generateApi: entry.get('s:generateApi') === true, elevatedRights: entry.get('s:elevatedRights') === true, description: textFrom(entry.get('s:description')).slice(0, 2_000),
      timeoutMs: flowTimeoutMs.safeParse(entry.get('s:timeoutMs')).data, concurrency: flowConcurrency.safeParse(entry.get('s:concurrency')).data,
    }),
  };
}

export function renameFlow(doc: Y.Doc, name: string, origin: unknown): void {
  doc.transact(() => put(meta(doc), 'name', cleanName(name, readMeta(doc).name)), origin);
}

export type SettingsPatch = { restrictAccess?: boolean | undefined; settings?: FlowSettings | undefined };

/** Settings that are named change, the others stay. */
export function setFlowSettings(doc: Y.Doc, patch: SettingsPatch, origin: unknown): void {
  doc.transact(() => {
    if (patch.restrictAccess !== undefined) put(meta(doc), 'restrictAccess', patch.restrictAccess);
    if (patch.settings) putSettings(doc, { ...readMeta(doc).settings, ...patch.settings });
  }, origin);
}

export function putSettings(doc: Y.Doc, { generateApi, elevatedRights, description, timeoutMs, concurrency }: FlowSettings): void {
  put(meta(doc), 's:generateApi', generateApi ? true : undefined);
  put(meta(doc), 's:elevatedRights', elevatedRights ? true : undefined);
  put(meta(doc), 's:description', description || undefined);
  put(meta(doc), 's:timeoutMs', timeoutMs);
  put(meta(doc), 's:concurrency', concurrency);
}
