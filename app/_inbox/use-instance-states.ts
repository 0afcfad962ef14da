'use client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InstanceView } from '#db/instances';
import type { EntryModel } from '#flow/component-model';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';

const atOnce = 200;

/** The newest workflow instance of each of the entries shown, live; without an entry nothing is asked. */
export function useInstanceStates(componentId: string, entries: readonly EntryModel[]): ReadonlyMap<number, InstanceView> {
  const [instances, setInstances] = useState<readonly InstanceView[]>([]);
  const wanted = entries.map((entry) => entry.id).join(',');
  const read = useCallback(async () => {
    const ids = wanted === '' ? [] : wanted.split(',');
    const batches = Array.from({ length: Math.ceil(ids.length / atOnce) }, (_, index) => ids.slice(index * atOnce, (index + 1) * atOnce));
    const answers = await Promise.all(batches.map((batch) => api<{ items: InstanceView[] }>(`/components/${componentId}/instances?newest=true&entryId=${batch.join(',')}&limit=${atOnce}`)));
    if (answers.every((answer) => answer.ok)) setInstances(answers.flatMap((answer) => (answer.ok ? answer.data.items : [])));
  }, [componentId, wanted]);
  useEffect(() => void read(), [read]);
  useChanges(wanted === '' ? [] : [{ topic: 'instance' }], () => void read());
  return useMemo(() => new Map(instances.flatMap((each): [number, InstanceView][] => (each.entryId === null ? [] : [[each.entryId, each]]))), [instances]);
}
