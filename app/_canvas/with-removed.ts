import type { FlowDiff } from '#flow/diff';
import type { FlowDefinition, Step } from '#flow/flow';

/** The newer definition with what was removed shown where it stood: steps and stages behind the one they followed, branches below their condition, notes. */
export function withRemoved(after: FlowDefinition, before: FlowDefinition, diff: FlowDiff): FlowDefinition {
  const gone = (ids: readonly { id: string; kind: string }[]) => new Set(ids.flatMap((each) => (each.kind === 'removed' ? [each.id] : [])));
  const [steps, stages, notes] = [gone(diff.steps.map((each) => ({ id: each.stepId, kind: each.kind }))), gone(diff.stages.map((each) => ({ id: each.stageId, kind: each.kind }))), gone(diff.notes.map((each) => ({ id: each.noteId, kind: each.kind })))];
  if (steps.size + stages.size + notes.size === 0) return after;
  const lanes = after.lanes.map((lane) => ({ ...lane, stages: [...lane.stages] }));
  for (const lane of before.lanes) {
    let follows: string | null = null;
    for (const stage of lane.stages) {
      const goneSteps = stage.steps.filter((step) => steps.has(step.id));
      const home = lanes.find((each) => each.stages.some((known) => known.id === stage.id));
      if (home) home.stages = home.stages.map((known) => (known.id === stage.id ? { ...known, steps: withGone(known.steps, stage.steps, steps) } : known));
      else if (lane.when && !lanes.some((each) => each.id === lane.id) && (stages.has(stage.id) || goneSteps.length > 0)) lanes.push({ ...lane, stages: [{ ...stage, steps: goneSteps }] });
      else if (stages.has(stage.id) || goneSteps.length > 0) insertBehind((lanes.find((each) => each.id === lane.id) ?? lanes[0])?.stages ?? [], { ...stage, steps: goneSteps }, follows);
      follows = stage.id;
    }
  }
  const goneNotes = (before.notes ?? []).filter((note) => notes.has(note.id));
  return { ...after, lanes, ...(goneNotes.length > 0 ? { notes: [...(after.notes ?? []), ...goneNotes] } : {}) };
}

function withGone(now: readonly Step[], before: readonly Step[], gone: ReadonlySet<string>): Step[] {
  const shown = [...now];
  before.forEach((step, at) => {
    if (gone.has(step.id)) insertBehind(shown, step, before.slice(0, at).findLast((each) => shown.some((known) => known.id === each.id))?.id ?? null);
  });
  return shown;
}

function insertBehind<T extends { id: string }>(list: T[], one: T, follows: string | null): void {
  list.splice(follows === null ? 0 : list.findIndex((each) => each.id === follows) + 1 || list.length, 0, one);
}
