'use client';
import { useEffect, useState } from 'react';
import type { Blame } from '#db/flow-history';
import type { Step } from '#flow/flow';
import { api } from '../../../../_client/api';

export type BlameOf = ReadonlyMap<string, Blame>;
const nobody: BlameOf = new Map();

/** Who last set each value of the step: read again shortly after it changed, when the change is in the log. */
export function useBlame(flowId: string, step: Step): BlameOf {
  const [blame, setBlame] = useState<{ stepId: string; of: BlameOf }>({ stepId: '', of: nobody });
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api<{ items: Blame[] }>(`/flows/${flowId}/blame?stepId=${step.id}`, { signal: stop.signal }).then((answer) => {
        if (answer.ok) setBlame({ stepId: step.id, of: new Map(answer.data.items.map((each) => [each.key, each])) });
      }, () => undefined);
    }, 700);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [flowId, step]);
  return blame.stepId === step.id ? blame.of : nobody;
}
