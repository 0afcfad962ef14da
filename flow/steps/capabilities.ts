import type { ComponentModel, EntryModel } from '../component-model';
import type { EndpointRequest } from '../endpoint-request';
import type { Failure } from '../failure';
import type { CallMethod, EndpointDefinition } from '../integration';
import type { Json, JsonObject } from '../json';
import type { ModelSchema } from '../model-schema';
import type { Text } from '../text';
import type { Filter } from '../value';

/**
 * What the engine hands to a step while it runs. Steps never parse files, read a clock, touch the database or call
 * out themselves, so every step runs the same in a test with fakes.
 */
export type Item = JsonObject;
export type ItemList = { items: readonly Item[]; many: boolean };

export type RunContext = {
  workspaceId: string;
  runId: string;
  flowId: string;
  flowName: string;
  /** Component that owns the flow. */
  component: ComponentModel;
  /** The run's identity; null for the platform. */
  user: { id: string; name: string } | null;
  /** ISO time, fixed for the step's attempt so that a retry computes the same. */
  now: string;
  trigger: Trigger;
  /** The workflow's instance; null in a dataflow. */
  instanceId: string | null;
};

export const triggers = ['button', 'api', 'webhook', 'cron', 'message', 'flow', 'workflow'] as const;
export type Trigger = (typeof triggers)[number];

export type TableOptions = {
  fileType: 'csv' | 'xlsx' | 'json';
  columnSeparator: string;
  skipLines: number;
  hasHeader: boolean;
  worksheet: string | null;
};

/** `csv` and `xlsx` give cells (csv: text only), `json` gives elements. `line` is the 1-based line in the file; `notes` is what the reader has to say. */
export type Table =
  | { kind: 'cells'; header: string[]; rows: { line: number; cells: Json[] }[]; duplicateHeaders: string[]; notes?: Text[] }
  | { kind: 'elements'; elements: Json[] };

export type ExportFile = {
  fileType: 'csv' | 'xlsx' | 'json';
  /** Without extension check: the capability adds it when missing. */
  fileName: string;
  columnSeparator: string;
  worksheetName: string;
  columns: string[];
  rows: Json[][];
};

export type EntryWrite = {
  componentId: string;
  /** null creates. */
  entryId: number | null;
  remove: boolean;
  /** Fields to set; a missing key stays untouched, null clears. */
  data: { [field: string]: Json };
  name?: string | null;
  /** ISO `updateDate` the item was loaded with: a later change of the same field by somebody else is a CONFLICT. */
  loadedAt?: string;
  noTracking: boolean;
};

/** `given`: the entry model of a saved entry, whose fields may have been changed since they were stored. */
export type WorkflowStart = { componentId: string; flowId: string; model: { entryId: number; given?: JsonObject } | { data: JsonObject; name: string | null } };
export type WorkflowStarted = { instanceId: string; runId: string; entryId: number | null; state: string };

export const channels = ['smtp', 'mail', 'inApp'] as const;
export type Channel = (typeof channels)[number];
export type Person = { id: string; name: string };
/** People by id, or whoever holds a role of the workspace. Who is no member is left out. */
export type Asked = { ids: readonly string[] } | { role: string };

export type Message = { channel: Channel; userIds: readonly string[]; subject: Text; body: Text };

export type TaskOption = { value: Json; label: Text };
export type Question = { question: Text; options: TaskOption[]; people: Person[]; dueAt: string | null };
/** A question people are asked. Whoever answers first has answered; `isDue` says that its time is over. */
export type TaskState = {
  state: 'open' | 'answered' | 'expired' | 'closed'; isDue: boolean; dueAt: string | null; people: Person[]; question: Text; options: TaskOption[];
  answer: Json; answeredBy: Person | null;
};

/** What a step says of its waiting, as events of the run. */
export type WaitNews =
  | { type: 'wait.opened'; data: { kind: string; assignees: Person[]; dueAt?: string; question: string; options: Json } }
  | { type: 'wait.resolved'; data: { by: Person | null; answer: Json } }
  | { type: 'timer.fired'; data: Record<string, never> };
/** `sort` as lists take it (`price,-createdDate`); the filter holds constants only. */
export type EntrySearch = { filter: Filter; sort: string; limit: number };
/** At most `limit` entries, and how many there are in all. */
export type EntryFinds = { entries: EntryModel[]; total: number };

export type DataflowStart = { flowId: string; componentId: string | null; input: Json; trigger: 'flow' | 'workflow' };
/** What a called flow is before anything is called: `sideEffects` tells whether any of its steps acts. */
export type CalledFlow = { name: string; sideEffects: boolean };

/** What may be done to the world, each inside one transaction with the record that it was done. */
export type EffectScope = {
  writeEntry(write: EntryWrite): Promise<{ entryId: number; changed: boolean; warnings: Text[] }>;
  writeFile(file: ExportFile): Promise<{ fileId: string; fileName: string; size: number }>;
  startWorkflow(start: WorkflowStart): Promise<WorkflowStarted>;
  storeFile(file: { name: string; mimeType: string; bytes: Uint8Array }): Promise<{ id: string; name: string; size: number; mimeType: string }>;
  /** A line of the step's `effect.recorded` event. */
  note(kind: string, ref: Json): void;
  /** Who of them was told; those with the same message under the same effect key are never told twice. */
  notify(message: Message): Promise<{ ids: string[]; skipped: string[] }>;
  /** Members who may answer. */
  people(asked: Asked): Promise<Person[]>;
  openTask(question: Question): Promise<{ taskId: string }>;
  /** Its time is over: closes an open task, with an answer of nobody's or without. An answer given just before stays. */
  expireTask(taskId: string, answer: Json): Promise<void>;
  startDataflow(start: DataflowStart): Promise<{ runId: string }>;
  /** All of them or none; a refused one is named by its place (`details.operation`). */
  writeEntries(writes: readonly EntryWrite[], places: readonly number[]): Promise<void>;
  /** To be returned as the effect's result, which is where the run's queue is kept. */
  deferWrites(writes: readonly EntryWrite[]): Promise<Json>;
};

/** `beforeResume`: it ended before somebody resumed this run, so its failure is no news. */
export type ChildRun = { status: 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled'; state: string; entryId: number | null; output: Json; failure?: Failure; responded?: boolean; beforeResume?: boolean };

/** An endpoint as it was when the run began. `id` null: a path of the flow's own. */
export type CallTarget = Pick<EndpointDefinition, 'path' | 'parameters' | 'bodyKind' | 'idempotent'> & { connectorId: string; endpointId: string | null; declaredAnswer: Json };
export type EndpointCall = {
  target: CallTarget;
  method: CallMethod;
  request: EndpointRequest;
  /** May be made again after a passing fault or a crash without doing harm. */
  repeatable: boolean;
  /** The body becomes a file whatever it is; binary answers do anyway. */
  asFile: boolean;
  /** False: an HTTP error is an answer like any other. */
  failOnStatus: boolean;
  /** undefined: the connector's. */
  timeoutMs: number | undefined;
};
/** `body` is the parsed JSON, text, a file's facts when `isFile`, or null when there is none. Header names are lower case. */
export type CallAnswer = { status: number; headers: { [name: string]: string }; body: Json; isFile: boolean };

export type StepUse = {
  context: RunContext;
  /** The step that runs. */
  step: { id: string; name: string; stage: string; attempt: number };
  onError: 'stop' | 'continue';
  signal: AbortSignal;
  /** What the caller gave: undefined when nothing was given. */
  callerModel: Json | undefined;
  warn(text: Text): void;
  log(level: 'info' | 'warning' | 'error', message: string): void;
  progress(done: number, total: number): void;
  /** The most items a step may give, by the workspace's settings. */
  mostItems: number;
  /** Lets others have the processor; null while this step has not had it for long. A loop over many items asks now and then. */
  breathe(): Promise<void> | null;
  /** Runs what is out of our hands (a call to another system, for at most `timeoutMs`): the step is shown waiting and takes no place in any limit. */
  outside<T>(reason: Text, call: () => Promise<T>, timeoutMs?: number): Promise<T>;
  /** Evaluates a CEL expression over `{item, items, context}`; compiled once per text. */
  evaluate(expression: string, item: Item, items: readonly Item[]): Json;
  component(componentId: string): Promise<ComponentModel | null>;
  entry(componentId: string, entryId: number): Promise<EntryModel | null>;
  /** Reads for all items at once, in one snapshot. A search that makes no sense answers its own failure. */
  searchEntries(componentId: string, searches: readonly EntrySearch[]): Promise<(EntryFinds | Failure)[]>;
  /** Those that do not exist, or may not be read, are absent. Ids of people (User info) are text. */
  entriesById(componentId: string, ids: readonly (number | string)[]): Promise<ReadonlyMap<number | string, JsonObject>>;
  /** The id of the entry with each primary key, values as they are stored; null when there is none. */
  entryIdsByKey(componentId: string, keys: readonly JsonObject[]): Promise<(number | null)[]>;
  /** The static shape of what the step reads. */
  sourceSchema(): Promise<ModelSchema>;
  readTable(fileId: string, options: TableOptions): Promise<Table>;
  /**
   * Runs `perform` once for (run, step, iteration, itemIndex), in one transaction with its record; the same key again
   * returns the recorded result and does nothing.
   */
  effect<T extends Json>(itemIndex: number, perform: (scope: EffectScope) => Promise<T>): Promise<T>;
  /** Several effects at once, each in its own transaction; one that failed has rolled back its own. */
  effects<T extends Json>(list: readonly { itemIndex: number; perform: (scope: EffectScope) => Promise<T> }[]): Promise<({ ok: true; value: T } | { ok: false; failure: Failure })[]>;
  /** What earlier steps queued and no earlier step wrote, in the order of their steps and items. */
  deferredWrites(): Promise<EntryWrite[]>;
  childRun(runId: string): Promise<ChildRun | null>;
  /** Fails with SYSTEM_, CONNECTOR_ or ENDPOINT_NOT_FOUND. */
  callTarget(wanted: { systemId: string; connectorId: string; queryPath: string }): Promise<CallTarget>;
  /** Calls once for (run, step, iteration, itemIndex): the recorded answer is returned when the same key comes again. */
  callEndpoint(itemIndex: number, call: EndpointCall): Promise<CallAnswer>;
  canSend(channel: Channel): boolean;
  task(taskId: string): Promise<TaskState | null>;
  /** Tells the log; `wait.opened` only once while the step waits. */
  tell(news: WaitNews): void;
  /** The runs this step has begun and that have not succeeded (yet), without outputs. */
  childRuns(): Promise<ReadonlyMap<string, ChildRun>>;
  childOutputs(runIds: readonly string[]): Promise<ReadonlyMap<string, Json>>;
  /** The flow as this run pinned it; fails when it cannot be called. */
  calledFlow(called: Pick<DataflowStart, 'flowId' | 'componentId'>): Promise<CalledFlow>;
};
