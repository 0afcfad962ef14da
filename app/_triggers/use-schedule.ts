'use client';
import { useCallback, useEffect, useState } from 'react';
import { api, type ApiAnswer, type ApiFailure } from '../_client/api';
import type { ShownTick } from './schedule-ticks';

export type ScheduleWish = { cron: string; timeZone: string; overlap: 'skip' | 'queue'; catchUp: boolean; runAs: string | null; enabled: boolean; flowId: string | null };
export type Schedule = Omit<ScheduleWish, 'runAs'> & { id: string; runAs: { id: string; name: string } | null; ticks: ShownTick[]; next: string[] };
type Loaded = { schedule: Schedule | null; failure: ApiFailure | null; ready: boolean };

/** The one schedule of a component. Its ticks are read again while it is in sight. */
export function useSchedule(componentId: string) {
  const [loaded, setLoaded] = useState<Loaded>({ schedule: null, failure: null, ready: false });
  const read = useCallback(async (signal?: AbortSignal) => {
    const answer = await api<{ items: Schedule[] }>(`/schedules?componentId=${componentId}`, signal ? { signal } : {});
    setLoaded(answer.ok ? { schedule: answer.data.items[0] ?? null, failure: null, ready: true } : { schedule: null, failure: answer.failure, ready: true });
  }, [componentId]);
  useEffect(() => {
    const stop = new AbortController();
    const look = () => void read(stop.signal).catch(() => {}); // left meanwhile
    look();
    const timer = setInterval(look, 15_000);
    return () => { stop.abort(); clearInterval(timer); };
  }, [read]);
  const save = async ({ flowId, ...wish }: ScheduleWish): Promise<ApiAnswer<Schedule>> => {
    const body = { ...wish, ...(flowId === null ? {} : { flowId }) };
    const answer = loaded.schedule === null ? await api<Schedule>('/schedules', { method: 'POST', body: { componentId, ...body } }) : await api<Schedule>(`/schedules/${loaded.schedule.id}`, { method: 'PATCH', body });
    if (answer.ok) setLoaded({ schedule: answer.data, failure: null, ready: true });
    return answer;
  };
  const remove = async (): Promise<ApiAnswer<object>> => {
    const answer = await api<object>(`/schedules/${loaded.schedule?.id ?? ''}`, { method: 'DELETE' });
    if (answer.ok) setLoaded({ schedule: null, failure: null, ready: true });
    return answer;
  };
  return { ...loaded, save, remove };
}
