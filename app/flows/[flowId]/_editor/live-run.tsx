'use client';
import { FlowCanvas, type FlowCanvasProps } from '../../../_canvas/flow-canvas';
import { useRun } from '../../../_client/run-stream';
import { RunDrawer, type RunDrawerProps } from '../../../_run/run-drawer';
import { useCalm } from '../../../_run/use-calm';

/** What is drawn again with every event of the attached run; the editor around it is not. */
export function LiveCanvas({ runId, ...props }: Omit<FlowCanvasProps, 'run'> & { runId: string | null }) {
  const { state } = useRun(runId);
  return <FlowCanvas {...props} run={runId === null ? null : state} />;
}

export function LiveDrawer(props: Omit<RunDrawerProps, 'state' | 'events'>) {
  const { state, events } = useCalm(useRun(props.runId));
  return <RunDrawer {...props} state={state} events={events} />;
}
