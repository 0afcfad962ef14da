import type { ComponentModel, EntryModel } from '../component-model';
import { compares, equal } from '../compare';
import { entrySchema } from '../component-schema';
import { validateEntry } from '../entry-validation';
import { compileExpression } from '../expression';
import { fail, FailureError, type Failure } from '../failure';
import { defaultLimits } from '../limits';
import { isJsonObject, type Json, type JsonObject } from '../json';
import type { ModelSchema } from '../model-schema';
import { readPath } from '../path';
import { text, type Text } from '../text';
import type { Condition } from '../value';
import type { Asked, CallAnswer, CalledFlow, CallTarget, ChildRun, DataflowStart, EndpointCall, EntryFinds, EntrySearch, EntryWrite, ExportFile, Item, Message, Person, Question, StepUse, Table, TaskState, Trigger, WaitNews, WorkflowStart, WorkflowStarted } from './capabilities';
import type { DataflowOutcome, DataflowStep, StepType, WorkflowOutcome, WorkflowStep } from './define-step';
import { failValidation } from './validate-input';

/** The capabilities of a step, in memory: what the engine gives, for tests of one step. */
export const sampleComponent: ComponentModel = {
  id: 'cmp_1', title: 'Orders', settings: {},
  fields: [
    { name: 'user_name', title: 'User name', type: 'string', required: true, maxLength: 40 },
    { name: 'state', title: 'State', type: 'integer', enum: [{ value: 0, label: 'New' }, { value: 1, label: 'Won' }, { value: 2, label: 'Lost' }] },
    { name: 'price', title: 'Price', type: 'number', min: 0 }, { name: 'paid', title: 'Paid', type: 'boolean' }, { name: 'note', title: 'Note', type: 'string' },
    { name: 'car', title: 'Car', type: 'catalog', componentId: 'cmp_1' }, { name: 'draft', title: 'Draft', type: 'string', virtual: true },
  ],
};

export type World = {
  use: StepUse;
  warnings: string[];
  writes: EntryWrite[];
  files: ExportFile[];
  started: WorkflowStart[];
  dataflows: DataflowStart[];
  queue: EntryWrite[];
  entries: Map<number, EntryModel>;
  messages: Message[];
  /** Tasks by id: a test answers, expires or closes them. */
  tasks: Map<string, TaskState>;
  news: WaitNews[];
  /** Performed effects by item index: a second run with the same world finds them. */
  effects: Map<number, Json>;
  /** Calls to other systems, in the order they began. */
  calls: { index: number; call: EndpointCall }[];
};

export type WorldOptions = {
  /** More components, and the static shape of what the step reads. */
  components?: ComponentModel[]; schema?: ModelSchema; trigger?: Trigger; called?: Record<string, CalledFlow>;
  caller?: Json; component?: ComponentModel; onError?: 'stop' | 'continue'; tables?: Record<string, Table>; entries?: EntryModel[]; children?: Record<string, ChildRun>; people?: (Person & { role?: string })[]; attempt?: number;
  /** The endpoint every call goes to, and what it answers. */
  target?: Partial<CallTarget>; answer?: (call: EndpointCall, index: number) => Partial<CallAnswer> | Promise<Partial<CallAnswer>>;
};

export function world(options: WorldOptions = {}): World {
  const component = options.component ?? sampleComponent;
  const made: Omit<World, 'use'> = { warnings: [], writes: [], files: [], started: [], dataflows: [], queue: [], messages: [], tasks: new Map(), news: [], entries: new Map(options.entries?.map((each) => [each.id, each])), effects: new Map(), calls: [] };
  const people = options.people ?? [{ id: 'usr_1', name: 'Ana', role: 'owner' }, { id: 'usr_2', name: 'Bo', role: 'editor' }];
  const scope = {
    writeEntry: async (write: EntryWrite) => writeEntry(write, component, made),
    writeFile: async (file: ExportFile) => {
      made.files.push(file);
      return { fileId: `file_${made.files.length}`, fileName: file.fileName, size: JSON.stringify(file.rows).length };
    },
    storeFile: async (file: { name: string; mimeType: string; bytes: Uint8Array }) => ({ id: 'file_1', name: file.name, size: file.bytes.byteLength, mimeType: file.mimeType }),
    note: () => {},
    startWorkflow: async (start: WorkflowStart): Promise<WorkflowStarted> => {
      made.started.push(start);
      const { length } = made.started;
      return { instanceId: `wfi_${length}`, runId: `run_${length}`, entryId: 'entryId' in start.model ? start.model.entryId : null, state: 'running' };
    },
    notify: async (message: Message) => {
      made.messages.push(message);
      const known = message.userIds.filter((id) => people.some((each) => each.id === id));
      return { ids: known.map((id) => `ntf_${id}`), skipped: message.userIds.filter((id) => !known.includes(id)) };
    },
    people: async (asked: Asked) => ('ids' in asked ? asked.ids.flatMap((id) => people.filter((each) => each.id === id)) : people.filter((each) => each.role === asked.role)).map(({ id, name }) => ({ id, name })),
    openTask: async ({ question, options: offered, people: asked, dueAt }: Question) => {
      const taskId = `tsk_${made.tasks.size + 1}`;
      made.tasks.set(taskId, { state: 'open', isDue: false, dueAt, people: asked, question, options: offered, answer: null, answeredBy: null });
      return { taskId };
    },
    expireTask: async (taskId: string, answer: Json) => {
      const task = made.tasks.get(taskId);
      if (task?.state === 'open') made.tasks.set(taskId, { ...task, state: 'expired', answer });
    },
    startDataflow: async (start: DataflowStart) => {
      made.dataflows.push(start);
      return { runId: `run_${made.dataflows.length}` };
    },
    writeEntries: async (writes: readonly EntryWrite[]) => {
      for (const write of writes) writeEntry(write, component, made);
    },
    deferWrites: async (writes: readonly EntryWrite[]): Promise<Json> => {
      made.queue.push(...writes);
      return { writes: writes.map((each): Json => ({ ...each })) };
    },
  };
  const context = {
    workspaceId: 'wsp_1', runId: 'run_0', flowId: 'flw_1', flowName: 'Test', component, user: { id: 'usr_1', name: 'Ana' }, now: '2026-01-31T08:30:00.000Z', trigger: options.trigger ?? ('api' as const), instanceId: null,
  };
  const childOf = (id: string): ChildRun => options.children?.[id] ?? { status: 'running', state: 'running', entryId: null, output: null };
  const effect: StepUse['effect'] = async (index, perform) => {
    const recorded = made.effects.get(index);
    // The record was written by the same step at the same index, so it is of the kind asked for.
    if (recorded !== undefined) return recorded as never;
    const result = await perform(scope);
    made.effects.set(index, result);
    return result;
  };
  const use: StepUse = {
    context, step: { id: 'stp_1', name: 'Step', stage: 'Stage', attempt: options.attempt ?? 1 }, onError: options.onError ?? 'stop', signal: new AbortController().signal, callerModel: options.caller,
    warn: (words: Text) => void made.warnings.push(words.en), log: () => {}, progress: () => {}, mostItems: defaultLimits.items, breathe: () => null, outside: (_reason, call) => call(),
    // Expressions only read the items.
    evaluate: (expression, item, items) => {
      const compiled = compileExpression(expression);
      if (!compiled.ok) throw new FailureError(compiled.failure);
      return compiled.run({ item, items: items as Json[], context: { now: context.now, runId: context.runId } });
    },
    component: async (id) => [component, ...(options.components ?? [])].find((each) => each.id === id) ?? null,
    searchEntries: async (_componentId, searches) => searches.map((each) => searched([...made.entries.values()], each)),
    entriesById: async (_componentId, ids) => new Map(ids.flatMap((id): [number | string, JsonObject][] => {
      const found = made.entries.get(Number(id));
      return found ? [[id, { ...found }]] : [];
    })),
    entryIdsByKey: async (_componentId, keys) => keys.map((key) => [...made.entries.values()].find((each) => Object.entries(key).every(([name, value]) => equal(each.data[name] ?? null, value)))?.id ?? null),
    sourceSchema: async () => options.schema ?? entrySchema(component),
    entry: async (_componentId, id) => made.entries.get(id) ?? null,
    readTable: async (id) => options.tables?.[id] ?? fail('FILE_NOT_FOUND', text(`There is no file "${id}".`, `Il n’y a pas de fichier « ${id} ».`)),
    effect,
    effects: async (list) => Promise.all(list.map(async ({ itemIndex, perform }) => {
      try {
        return { ok: true as const, value: await effect(itemIndex, perform) };
      } catch (error) {
        if (error instanceof FailureError) return { ok: false as const, failure: error.failure };
        throw error;
      }
    })),
    deferredWrites: async () => made.queue,
    childRuns: async () => new Map([...made.effects.values()].flatMap((each): [string, ChildRun][] => (isJsonObject(each) && typeof each['runId'] === 'string' && childOf(each['runId']).status !== 'succeeded' ? [[each['runId'], childOf(each['runId'])]] : []))),
    childOutputs: async (ids) => new Map(ids.map((id) => [id, childOf(id).output])),
    calledFlow: async ({ flowId }) => options.called?.[flowId] ?? { name: flowId, sideEffects: true },
    callTarget: async ({ connectorId, queryPath }) => ({ connectorId, endpointId: 'enp_1', path: queryPath.startsWith('/') ? queryPath : '/things', parameters: [], bodyKind: 'json', idempotent: false, declaredAnswer: null, ...options.target }),
    callEndpoint: async (index, call) => {
      made.calls.push({ index, call });
      return { status: 200, headers: {}, body: null, isFile: false, ...(await options.answer?.(call, index)) };
    },
    childRun: async (id) => childOf(id),
    canSend: (channel) => channel === 'inApp', task: async (id) => made.tasks.get(id) ?? null, tell: (news) => void made.news.push(news),
  };
  return { ...made, use };
}

function searched(entries: EntryModel[], { filter, limit }: EntrySearch): EntryFinds {
  const holds = (entry: EntryModel) => ({ field, operator, value, compareWithNull }: Condition) => {
    const right = compareWithNull || !value || !('const' in value) ? null : value.const;
    return compares(readPath({ ...entry, ...entry.data }, field.replace(/^data\./, '')), operator, right);
  };
  const found = entries.filter((each) => (filter.all ?? []).every(holds(each)) && (!filter.any?.length || filter.any.some(holds(each))));
  return { entries: found.slice(0, limit), total: found.length };
}

function writeEntry(write: EntryWrite, component: ComponentModel, made: Omit<World, 'use'>): { entryId: number; changed: boolean; warnings: Text[] } {
  made.writes.push(write);
  const before = write.entryId === null ? undefined : made.entries.get(write.entryId);
  if (write.entryId !== null && !before) fail('ENTRY_NOT_FOUND', text(`There is no entry ${write.entryId}.`, `Il n’y a pas d’entrée ${write.entryId}.`));
  const id = write.entryId ?? made.entries.size + 1;
  if (write.remove) {
    made.entries.delete(id);
    return { entryId: id, changed: true, warnings: [] };
  }
  const checked = validateEntry(component.fields, write.data, before ? 'update' : 'create');
  if (!checked.ok) failValidation(checked.bad);
  const data: JsonObject = { ...before?.data, ...checked.data };
  made.entries.set(id, { id, name: write.name ?? before?.name ?? null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data });
  return { entryId: id, changed: true, warnings: [] };
}

export type Given = { source?: Item[]; left?: Item[]; right?: Item[]; many?: boolean };

export async function outcomeOf(type: StepType, params: JsonObject, given: Given, { use }: World): Promise<DataflowOutcome> {
  const prepared = dataflow(type).prepare(params);
  if (!prepared.ok) throw new Error(prepared.issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
  const list = (items: Item[] = []) => ({ items, many: given.many ?? items.length !== 1 });
  return prepared.plan.run({ source: list(given.source), left: list(given.left), right: list(given.right) }, use);
}

/** The items a step gives. */
export async function itemsOf(type: StepType, params: JsonObject, given: Given = {}, at: World = world()): Promise<Item[]> {
  const outcome = await outcomeOf(type, params, given, at);
  if (outcome.kind !== 'items') throw new Error('the step waits');
  return outcome.items;
}

export async function modelOf(type: StepType, params: JsonObject, model: JsonObject, at: World = world(), loaded: JsonObject = model): Promise<Extract<WorkflowOutcome, { kind: 'model' }>> {
  const prepared = workflow(type).prepare(params);
  if (!prepared.ok) throw new Error(prepared.issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
  const outcome = await prepared.plan.run({ model, loaded }, at.use);
  if (outcome.kind !== 'model') throw new Error('the step waits');
  return outcome;
}

/** The failure a run ends in. */
export async function failureOf(run: Promise<unknown>): Promise<Failure> {
  try {
    await run;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

export function dataflow(type: StepType): DataflowStep {
  if (type.kind !== 'dataflow') throw new Error(`${type.key} is not a dataflow step`);
  return type;
}

export function workflow(type: StepType): WorkflowStep {
  if (type.kind !== 'workflow') throw new Error(`${type.key} is not a workflow step`);
  return type;
}
