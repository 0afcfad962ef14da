import { canonicalParams, sortedDeep } from './canonical-params';
import { definitionLimits, flowDefinition, stepKey, type FlowDefinition, type FlowKind, type FlowSettings, type Lane, type Note, type Stage, type Step } from './flow';
import { newId } from './id';
import { hostileValue } from './hostile-value';
import { isJsonObject } from './json';
import { laneIssues } from './lane-rules';
import { formatPath, type Segment } from './path';
import { canonicalRetry } from './retry-policy';
import { stepType } from './steps/index';
import type { StepType } from './steps/define-step';

/**
 * The one door for definitions from outside. Whatever is not a definition is refused with its path; what is one comes
 * back in canonical form: keys in order, defaults left out, so that the same flow has the same bytes. A definition may
 * still have problems (a missing source, an empty parameter): drafts are stored and judged, not refused.
 */
export type DefinitionIssue = { path: string; message: string };
export type ParsedDefinition = { ok: true; definition: FlowDefinition } | { ok: false; issues: DefinitionIssue[] };

const issueLimit = 100;

export function parseDefinition(input: unknown): ParsedDefinition {
  const hostile = hostileValue(input);
  if (hostile) return { ok: false, issues: [hostile] };
  const parsed = flowDefinition.safeParse(input);
  if (!parsed.success) return { ok: false, issues: parsed.error.issues.flatMap(issuesOf).slice(0, issueLimit) };
  const issues = definitionIssues(parsed.data);
  return issues.length > 0 ? { ok: false, issues: issues.slice(0, issueLimit) } : { ok: true, definition: canonicalDefinition(parsed.data) };
}

/** A definition as a jsonb column gives it back: the same flow with its keys in another order. */
export function storedDefinition(stored: unknown): FlowDefinition {
  return canonicalDefinition(flowDefinition.parse(stored));
}

/** Equal flows give equal text, whatever order their keys were stored in. */
export function canonicalJson(definition: FlowDefinition): string {
  return JSON.stringify(canonicalDefinition(definition));
}

export function emptyDefinition(kind: FlowKind, name: string): FlowDefinition {
  const stage = { id: newId('stg'), name: kind === 'dataflow' ? 'Input' : 'Start', steps: [] };
  return { schema: 1, kind, name, restrictAccess: false, lanes: [{ id: 'main', stages: [stage] }] };
}

type ZodIssue = { code?: string; path: PropertyKey[]; message: string; keys?: unknown };

function issuesOf(issue: ZodIssue): DefinitionIssue[] {
  const path = issue.path.filter((each): each is Segment => typeof each !== 'symbol');
  if (issue.code !== 'unrecognized_keys' || !Array.isArray(issue.keys)) return [{ path: formatPath(path), message: issue.message }];
  return issue.keys.map((key) => ({ path: formatPath([...path, String(key)]), message: 'this key is not known here' }));
}

function definitionIssues(definition: FlowDefinition): DefinitionIssue[] {
  const issues: DefinitionIssue[] = [...laneIssues(definition)];
  const seen = { lane: new Set<string>(), stage: new Set<string>(), step: new Set<string>(), note: new Set<string>() };
  const once = (kind: keyof typeof seen, id: string, path: string) => {
    if (seen[kind].has(id)) issues.push({ path: `${path}.id`, message: `another ${kind} has the id "${id}"` });
    seen[kind].add(id);
  };
  let steps = 0;
  let stages = 0;
  definition.lanes.forEach((lane, l) => {
    once('lane', lane.id, `lanes[${l}]`);
    stages += lane.stages.length;
    lane.stages.forEach((stage, s) => {
      const place = `lanes[${l}].stages[${s}]`;
      once('stage', stage.id, place);
      steps += stage.steps.length;
      stage.steps.forEach((step, n) => {
        once('step', step.id, `${place}.steps[${n}]`);
        issues.push(...stepIssues(definition.kind, step, `${place}.steps[${n}]`));
      });
    });
  });
  definition.notes?.forEach((note, n) => once('note', note.id, `notes[${n}]`));
  if (steps > definitionLimits.steps) issues.push({ path: 'lanes', message: `at most ${definitionLimits.steps} steps, this has ${steps}` });
  if (stages > definitionLimits.stages) issues.push({ path: 'lanes', message: `at most ${definitionLimits.stages} stages, this has ${stages}` });
  return issues;
}

function stepIssues(kind: FlowKind, step: Step, place: string): DefinitionIssue[] {
  const type = stepType(stepKey(kind, step.type));
  if (!type) return [{ path: `${place}.type`, message: `there is no ${kind} step type "${step.type}"` }];
  const issues: DefinitionIssue[] = [];
  for (const [key, value] of Object.entries(step.params ?? {})) {
    if (!Object.hasOwn(type.params, key)) issues.push({ path: `${place}.params.${key}`, message: `"${step.type}" has no parameter "${key}"` });
    // Yjs tells an object by its constructor: one that a parameter or a row of it brings along cannot be stored.
    const shadowed = (Array.isArray(value) ? value : [value]).some((each) => isJsonObject(each) && Object.hasOwn(each, 'constructor'));
    if (shadowed) issues.push({ path: `${place}.params.${key}.constructor`, message: 'this key may not be used' });
  }
  const ports = portsOf(type);
  for (const [port, source] of Object.entries(step.sources ?? {})) {
    if (source !== undefined && !ports.some((each) => each === port)) issues.push({ path: `${place}.sources.${port}`, message: `"${step.type}" has no source "${port}"` });
  }
  if (kind === 'workflow' && step.onError !== undefined) issues.push({ path: `${place}.onError`, message: 'steps of a workflow have no onError' });
  return issues;
}

export const sourcePorts = ['source', 'left', 'right'] as const;

/** The ports a step type reads from, in order. */
export function portsOf(type: StepType): ('source' | 'left' | 'right')[] {
  if (type.kind === 'workflow' || type.sources === 'none') return [];
  return type.sources === 'two' ? ['left', 'right'] : ['source'];
}

export function canonicalDefinition(definition: FlowDefinition): FlowDefinition {
  const settings = canonicalSettings(definition.settings);
  return {
    schema: 1, kind: definition.kind, name: definition.name,
    // Kept as given: the list of what may be left out does not name it.
    ...(definition.restrictAccess === undefined ? {} : { restrictAccess: definition.restrictAccess }),
    ...(settings ? { settings } : {}),
    lanes: definition.lanes.map((lane) => canonicalLane(lane, definition.kind)),
    ...(definition.notes?.length ? { notes: definition.notes.map(canonicalNote) } : {}),
  };
}

export function canonicalSettings(settings: FlowSettings | undefined): FlowSettings | undefined {
  const kept: FlowSettings = {
    ...(settings?.generateApi ? { generateApi: true } : {}), ...(settings?.elevatedRights ? { elevatedRights: true } : {}),
    ...(settings?.description ? { description: settings.description } : {}),
    ...(settings?.timeoutMs === undefined ? {} : { timeoutMs: settings.timeoutMs }), ...(settings?.concurrency === undefined ? {} : { concurrency: settings.concurrency }),
  };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

function canonicalLane(lane: Lane, kind: FlowKind): Lane {
  return {
    id: lane.id, ...(lane.when ? { when: { step: lane.when.step, case: lane.when.case } } : {}),
    stages: lane.stages.map((stage): Stage => ({ id: stage.id, name: stage.name, steps: stage.steps.map((step) => canonicalStep(step, kind)) })),
  };
}

export function canonicalStep(step: Step, kind: FlowKind): Step {
  const type = stepType(stepKey(kind, step.type));
  const params = type ? canonicalParams(step.params ?? {}, type.params) : sortedDeep(step.params ?? {});
  const ports = type ? portsOf(type) : sourcePorts;
  const sources = ports.flatMap((port) => (step.sources?.[port] === undefined ? [] : [[port, step.sources[port]] as const]));
  return {
    id: step.id, type: step.type, name: step.name,
    ...(sources.length > 0 ? { sources: Object.fromEntries(sources) } : {}),
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(step.disabled ? { disabled: true } : {}), ...(step.note ? { note: step.note } : {}), ...(step.onError === 'continue' ? { onError: 'continue' } : {}),
    ...(step.retry ? { retry: canonicalRetry(step.retry) } : {}), ...(step.timeoutMs === undefined ? {} : { timeoutMs: step.timeoutMs }),
  };
}

function canonicalNote(note: Note): Note {
  return { id: note.id, pos: note.pos, text: note.text, ...(note.size ? { size: note.size } : {}), ...(note.colour ? { colour: note.colour } : {}) };
}
