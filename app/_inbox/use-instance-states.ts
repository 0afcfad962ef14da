'use client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InstanceView } from '#db/instances';
import { api } from '../_client/api';
import { useChanges } from '../_client/run-stream';

const mostShown = 200;

/** The newest workflow instance of each entry of a component, live; empty while none has worked on it. */
export function useInstanceStates(componentId: string, hasWorkflows: boolean): ReadonlyMap<number, InstanceView> {
  const [instances, setInstances] = useState<readonly InstanceView[]>([]);
  const read = useCallback(async () => {
    if (!hasWorkflows) return;
    const answer = await api<{ items: InstanceView[] }>(`/components/${componentId}/instances?limit=${mostShown}`);
    if (answer.ok) setInstances(answer.data.items);
  }, [componentId, hasWorkflows]);
  useEffect(() => void read(), [read]);
  useChanges(hasWorkflows ? [{ topic: 'instance' }] : [], () => void read());
  return useMemo(() => {
    const newest = new Map<number, InstanceView>();
    for (const each of instances) if (each.entryId !== null && !newest.has(each.entryId)) newest.set(each.entryId, each);
    return newest;
  }, [instances]);
}
