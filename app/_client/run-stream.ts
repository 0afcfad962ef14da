'use client';

import { useEffect, useEffectEvent, useId, useMemo, useSyncExternalStore } from 'react';
import type { RunSummary } from '#db/run-row';
import { parseRunEvent, type RunEvent } from '#flow/run-event';
import { foldEvents, initialRunState, type RunState } from '#flow/run-state';
import { liveSocket, whileConnected, type Answer } from './socket';

/** Live runs and live lists (protocols.md, "Live runs"). What is watched by several parts of a page is asked for once. */
export type { RunSummary };
export type RunNews = RunSummary & { runId: string; at: string };
export type RunFeed = { state: RunState; events: readonly RunEvent[]; status: 'connecting' | 'live' | 'offline' | 'missing' };

const mostRuns = 50;

/** Open and recently ended runs of a flow, newest first, whoever or whatever started them. */
export function useFlowRuns(flowId: string): RunSummary[] {
  const feed = useShared(flowFeeds, flowId, createFlowFeed);
  return useSyncExternalStore(feed.subscribe, feed.get, feed.get);
}

/** A run's events from the first on, without gap or repetition, and their fold. */
export function useRun(runId: string | null): RunFeed {
  const feed = useShared(runFeeds, runId ?? '', createRunFeed);
  return useSyncExternalStore(feed.subscribe, feed.get, feed.get);
}

/**
 * Tells of every run that matches the list's filter whatever its status, so that a list also hears of a run that
 * leaves it; `onMissed` whenever it begins to hear: read the list again, it may have been drawn before.
 */
export function useRunList(filter: Record<string, string | string[] | undefined>, onRun: (run: RunNews) => void, onMissed: () => void): void {
  const tell = useEffectEvent(onRun);
  const missed = useEffectEvent(onMissed);
  const list = useId().replaceAll(/[^A-Za-z0-9_-]/g, '_');
  const wanted = JSON.stringify(filter);
  useEffect(() => {
    const socket = liveSocket('/runs');
    const heard = (run: RunNews & { list?: string }) => {
      if (run.list === list) tell(run);
    };
    socket.on('run', heard);
    const stop = whileConnected(socket, () => {
      const { status: _status, ...rest }: Record<string, unknown> = JSON.parse(wanted);
      socket.emit('watchRuns', { ...rest, list });
      missed();
    });
    return () => {
      stop();
      socket.off('run', heard);
      if (socket.connected) socket.emit('unwatchRuns', { list });
    };
  }, [list, wanted]);
}

export type Topic = { topic: 'component' | 'entry' | 'flow' | 'member' | 'file' | 'instance' | 'integration' | 'history' | 'comment' | 'export'; objectId?: string };
export type Change = Topic & { objectId: string; entryId: number | null; deleted: boolean; at: string };

/** A page is drawn on the server a while before it follows: it asks for what changed in between, at most this long ago. */
const mostDrawnMsAgo = 20_000;

/** What changed in the workspace under these topics. An empty list: the connection was lost, read everything again. */
export function useChanges(topics: readonly Topic[], onChange: (changes: Change[]) => void): void {
  const tell = useEffectEvent(onChange);
  const wanted = JSON.stringify(topics);
  useEffect(() => {
    const mine: Topic[] = JSON.parse(wanted);
    const entry = { topics: mine };
    followed.add(entry);
    const socket = liveSocket('/changes');
    const heard = ({ changes }: { changes: Change[] }) => {
      const about = changes.filter((change) => mine.some((each) => each.topic === change.topic && (each.objectId === undefined || each.objectId === change.objectId)));
      if (about.length > 0) tell(about);
    };
    socket.on('changes', heard);
    let isFirst = true;
    const stop = whileConnected(socket, () => {
      sendTopics(isFirst ? (recent) => heard({ changes: recent }) : undefined);
      if (!isFirst) tell([]);
      isFirst = false;
    });
    return () => {
      stop();
      socket.off('changes', heard);
      followed.delete(entry);
      sendTopics();
    };
  }, [wanted]);
}

const followed = new Set<{ topics: Topic[] }>();

function sendTopics(missed?: (changes: Change[]) => void): void {
  const socket = liveSocket('/changes');
  if (!socket.connected) return;
  const all = new Map([...followed].flatMap((each) => each.topics).map((each) => [JSON.stringify(each), each]));
  const topics = [...all.values()];
  if (!missed) return void socket.emit('follow', { topics });
  socket.emit('follow', { topics, withinMs: Math.ceil(Math.min(performance.now(), mostDrawnMsAgo)) }, (answer: Answer<{ recent: Change[] }>) => {
    if (answer.ok) missed(answer.recent);
  });
}

type Feed<T> = { get: () => T; subscribe: (listener: () => void) => () => void; isIdle: () => boolean };
const flowFeeds = new Map<string, Feed<RunSummary[]>>();
const runFeeds = new Map<string, Feed<RunFeed>>();

/** The one feed of a key while anything on the page shows it. Parts drawn for the first time together find the same one; a server keeps none. */
function useShared<T>(feeds: Map<string, Feed<T>>, key: string, create: (key: string) => Feed<T>): Feed<T> {
  const feed = useMemo(() => {
    const found = feeds.get(key) ?? create(key);
    if (typeof window !== 'undefined') feeds.set(key, found);
    return found;
  }, [feeds, key, create]);
  return useMemo(() => ({
    get: feed.get,
    subscribe: (listener) => {
      if (!feeds.has(key)) feeds.set(key, feed);
      const stop = feed.subscribe(listener);
      return () => {
        stop();
        if (feed.isIdle() && feeds.get(key) === feed) feeds.delete(key);
      };
    },
    isIdle: feed.isIdle,
  }), [feeds, feed, key]);
}

/** A value with listeners that is connected while it has any, and tells them at most once per frame. */
function createFeed<T>(initial: T, connect: (set: (change: (value: T) => T) => void, get: () => T) => () => void): Feed<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  let shown = initial;
  let frame: number | null = null;
  let disconnect: (() => void) | null = null;
  const show = () => {
    frame = null;
    shown = value;
    for (const listener of listeners) listener();
  };
  const set = (change: (value: T) => T) => {
    value = change(value);
    frame ??= requestAnimationFrame(show);
  };
  return {
    get: () => shown,
    subscribe: (listener) => {
      listeners.add(listener);
      disconnect ??= connect(set, () => value);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        disconnect?.();
        disconnect = null;
        if (frame !== null) cancelAnimationFrame(frame);
        frame = null;
      };
    },
    isIdle: () => listeners.size === 0,
  };
}

function createFlowFeed(flowId: string): Feed<RunSummary[]> {
  return createFeed<RunSummary[]>([], (set) => {
    const socket = liveSocket('/runs');
    const merge = (news: RunSummary[]) => set((before) => {
      const known = new Map(before.map((run) => [run.id, run]));
      for (const run of news) known.set(run.id, run);
      return [...known.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, mostRuns);
    });
    const heard = (run: RunNews) => {
      if (run.flowId === flowId) merge([run]);
    };
    socket.on('run', heard);
    const stop = whileConnected(socket, () => {
      socket.emit('watchFlow', { flowId }, (answer: Answer<{ runs: RunNews[] }>) => {
        if (answer.ok) merge(answer.runs);
      });
    });
    return () => {
      stop();
      socket.off('run', heard);
      if (socket.connected) socket.emit('unwatchFlow', { flowId });
    };
  });
}

function createRunFeed(runId: string): Feed<RunFeed> {
  const initial: RunFeed = { state: initialRunState, events: [], status: 'connecting' };
  return createFeed(initial, (set, get) => {
    if (runId === '') return () => {};
    const socket = liveSocket('/runs');
    const watch = () => socket.emit('watch', { runId, after: get().state.seq }, (answer: Answer<object>) => {
      set((feed) => ({ ...feed, status: answer.ok ? 'live' : 'missing' }));
    });
    const heard = (message: { runId: string; events: unknown[] }) => {
      if (message.runId !== runId) return;
      const { state } = get();
      const fresh = message.events.map(parseRunEvent).filter((event) => event.seq > state.seq);
      const [first] = fresh;
      if (!first) return;
      if (first.seq !== state.seq + 1) return void watch(); // never expected; the log fills it
      set((feed) => ({ state: foldEvents(feed.state, fresh), events: [...feed.events, ...fresh], status: 'live' }));
    };
    const lost = () => set((feed) => ({ ...feed, status: 'offline' }));
    socket.on('events', heard);
    socket.on('disconnect', lost);
    const stop = whileConnected(socket, watch);
    return () => {
      stop();
      socket.off('events', heard);
      socket.off('disconnect', lost);
      if (socket.connected) socket.emit('unwatch', { runId });
    };
  });
}
