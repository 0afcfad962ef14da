import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { newId } from '#flow/id';
import { prepareExport } from '#db/export-job';
import { instances, members } from '#db/schema/index';
import { openTask } from '#db/tasks';
import { text } from '#flow/text';
import { serverContext } from '../../_server/context';
import type { table } from '../_operations/table';
import { send, signUp, type Asked, type World } from './world';

/** A good request for every operation, on objects of its own, so that a refused one and a granted one look the same. */
export type Sample = Asked & {
  /** The status for who may, when it is not the first documented one. */
  status?: number;
};

export const definition = {
  schema: 1, kind: 'dataflow', name: 'Echo',
  lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: [
    { id: 'stp_1', type: 'get-raw-model', name: 'Given', params: { model: '{"a":1}' } },
    { id: 'stp_2', type: 'write-response', name: 'Answer', sources: { source: 'stp_1' } },
  ] }] }],
};

export function samplesOf(world: World): { [K in keyof typeof table]: () => Promise<Sample> } {
  const { owner } = world.cookies;
  const made = async (path: string, body: unknown, params: Record<string, string> = {}) => {
    const reply = await send('POST', path, owner, { params, body, headers: { 'X-Workspace': world.workspaceId } });
    if (!reply.ok) throw new Error(`sample POST ${path} answered ${reply.status}: ${await reply.text()}`);
    return reply.json();
  };
  const component = async (): Promise<string> => (await made('/components', { title: 'Things', fields: [{ name: 'title', title: 'Title', type: 'string', query: true }] })).id;
  const ofComponent = async (): Promise<Record<string, string>> => ({ componentId: await component() });
  const ofEntry = async (): Promise<Record<string, string>> => {
    const params = await ofComponent();
    return { ...params, entryId: String((await made('/components/:componentId/entries', { data: { title: 'One' } }, params)).id) };
  };
  const ofFlow = async (): Promise<Record<string, string>> => ({ flowId: (await made('/flows', { componentId: await component(), kind: 'dataflow', name: 'Echo', definition })).id });
  const ofPublished = async (): Promise<Record<string, string>> => {
    const params = await ofFlow();
    await made('/flows/:flowId/publish', {}, params);
    return params;
  };
  const published = async (): Promise<{ componentId: string; flowId: string }> => {
    const componentId = await component();
    const { id } = await made('/flows', { componentId, kind: 'dataflow', name: 'Echo', definition });
    await made('/flows/:flowId/publish', {}, { flowId: id });
    return { componentId, flowId: id };
  };
  const ofHook = async (): Promise<Record<string, string>> => ({ hookId: (await made('/flows/:flowId/hooks', { name: 'Shop' }, await ofPublished())).id });
  const ofSchedule = async (): Promise<Record<string, string>> => ({ scheduleId: (await made('/schedules', { ...(await published()), cron: '0 0 * * *' })).id });
  const ofCheckpoint = async (): Promise<Record<string, string>> => {
    const params = await ofFlow();
    return { ...params, checkpointId: (await made('/flows/:flowId/checkpoints', { name: 'Before' }, params)).id };
  };
  const comment = async (): Promise<{ id: string; flowId: string }> => made('/flows/:flowId/comments', { anchor: { stepId: 'stp_1' }, text: 'Look' }, await ofFlow());
  const ofRun = async (): Promise<Record<string, string>> => ({ runId: (await made('/flows/:flowId/runs', { input: { a: 2 } }, await ofPublished())).runId });
  const ofFile = async (): Promise<Record<string, string>> => ({ fileId: (await made('/files', upload())).id });
  const ofExport = async (): Promise<Record<string, string>> => {
    const { id } = await made('/exports', { kind: 'entries', componentId: await component() });
    await prepareExport(serverContext().database, id);
    return { exportId: id };
  };
  const ofMember = async (): Promise<Record<string, string>> => {
    const { token } = await made('/invitations', { role: 'viewer' });
    return { userId: (await (await signUp(`guest-${newId('g')}`, token)).json()).user.id };
  };
  const instance = async (): Promise<Record<string, string>> => {
    const componentId = await component();
    const flow = await made('/flows', { componentId, kind: 'workflow', name: 'Work' });
    const instanceId = newId('ins');
    await serverContext().database.db.insert(instances).values({ id: instanceId, workspaceId: world.workspaceId, componentId, flowId: flow.id, entryId: 1, state: 'finished' });
    return { instanceId };
  };
  const task = async (): Promise<Record<string, string>> => {
    const { runId } = await ofRun();
    const { flowId, componentId } = await (await send('GET', '/runs/:runId', owner, { params: { runId: runId ?? '' } })).json().then(async (run) => ({ flowId: run.flowId, componentId: (await (await send('GET', '/flows/:flowId', owner, { params: { flowId: run.flowId } })).json()).componentId }));
    const { db } = serverContext().database;
    const people = await db.select({ userId: members.userId }).from(members).where(eq(members.workspaceId, world.workspaceId));
    return db.transaction(async (tx) => openTask(tx, { workspaceId: world.workspaceId, runId: runId ?? '', stepId: 'stp_1', iteration: 0, instanceId: null, flowId, flowName: 'Echo', componentId, entryId: null, lockedFields: [] }, {
      question: text('Well?', 'Alors ?'), options: [{ value: true, label: text('Yes', 'Oui') }], people: people.map((each) => ({ id: each.userId, name: '' })), dueAt: null,
    }));
  };
  const ofSystem = async (): Promise<Record<string, string>> => ({ systemId: (await made('/systems', { name: 'System' })).id });
  // Nobody listens there: what a call tries is refused at once.
  const ofConnector = async (): Promise<Record<string, string>> => ({ connectorId: (await made('/connectors', { ...(await ofSystem()), name: 'Connector', address: 'http://127.0.0.1:1' })).id });
  const ofEndpoint = async (): Promise<Record<string, string>> => ({ endpointId: (await made('/endpoints', { ...(await ofConnector()), name: 'Endpoint', path: '/x' })).id });
  const name = () => `Name ${randomUUID().slice(0, 8)}`;
  return {
    listTasks: async () => ({}),
    getTask: async () => ({ params: await task() }),
    answerTask: async () => ({ params: await task(), body: { value: true } }),
    listNotifications: async () => ({}),
    readNotifications: async () => ({ body: { ids: 'all' } }),
    listTransitions: async () => ({ params: await instance() }),
    me: async () => ({}),
    chooseWorkspace: async () => ({ body: { workspaceId: world.workspaceId } }),
    createWorkspace: async () => ({ body: { name: name() } }),
    getWorkspace: async () => ({}),
    renameWorkspace: async () => ({ body: { name: name(), retention: { runDays: 90, archive: false } } }),
    verifyAudit: async () => ({}),
    listMembers: async () => ({}),
    setMemberRole: async () => ({ params: await ofMember(), body: { role: 'operator' } }),
    removeMember: async () => ({ params: await ofMember() }),
    listInvitations: async () => ({}),
    createInvitation: async () => ({ body: { role: 'viewer', email: 'someone@example.com' } }),
    revokeInvitation: async () => ({ params: { invitationId: (await made('/invitations', { role: 'viewer' })).id } }),
    acceptInvitation: async () => ({ body: { token: (await made('/invitations', { role: 'viewer' })).token } }),
    listApiKeys: async () => ({}),
    createApiKey: async () => ({ body: { name: name(), role: 'viewer' } }),
    revokeApiKey: async () => ({ params: { keyId: (await made('/api-keys', { name: 'Key', role: 'viewer' })).id } }),
    listSessions: async () => ({}),
    revokeSession: async () => ({ params: { sessionId: newId('ses') }, status: 404 }),
    listComponents: async () => ({}),
    createComponent: async () => ({ body: { title: name(), fields: [{ name: 'n', title: 'N', type: 'integer', min: 0 }] } }),
    getComponent: async () => ({ params: await ofComponent() }),
    updateComponent: async () => ({ params: await ofComponent(), body: { title: name() } }),
    exportComponent: async () => ({ params: await ofComponent(), query: { entries: 'true' } }),
    importComponent: async () => {
      const { componentId = '' } = await ofEntry();
      return { body: await (await send('GET', '/components/:componentId/export', owner, { params: { componentId }, query: { entries: 'true' }, headers: { 'X-Workspace': world.workspaceId } })).json() };
    },
    deleteComponent: async () => ({ params: await ofComponent() }),
    listEntries: async () => ({ params: await ofComponent(), query: { sort: '-title', filter: JSON.stringify({ all: [{ field: 'data.title', operator: 'equal', value: { const: 'x' } }] }), search: 'x', instanceState: 'failed,none' } }),
    createEntry: async () => ({ params: await ofComponent(), body: { name: 'N', data: { title: 'T' } } }),
    getEntry: async () => ({ params: await ofEntry() }),
    updateEntry: async () => ({ params: await ofEntry(), body: { data: { title: null } } }),
    deleteEntry: async () => ({ params: await ofEntry() }),
    entryHistory: async () => ({ params: await ofEntry() }),
    listFlows: async () => ({ query: { limit: '2' } }),
    createFlow: async () => ({ body: { componentId: await component(), kind: 'dataflow', name: name(), definition } }),
    getFlow: async () => ({ params: await ofFlow() }),
    patchFlow: async () => ({ params: await ofFlow(), body: { name: name() } }),
    deleteFlow: async () => ({ params: await ofFlow() }),
    replaceDefinition: async () => ({ params: await ofFlow(), body: { ...definition, name: name() } }),
    publishFlow: async () => ({ params: await ofFlow(), body: { message: 'First' } }),
    publishPreview: async () => ({ params: await ofFlow() }),
    unpublishFlow: async () => ({ params: await ofPublished() }),
    rollbackFlow: async () => ({ params: await ofPublished(), body: { version: 1 } }),
    flowApi: async () => {
      const { id } = await made('/flows', { componentId: await component(), kind: 'dataflow', name: 'Echo', definition: { ...definition, settings: { generateApi: true } } });
      await made('/flows/:flowId/publish', {}, { flowId: id });
      return { params: { flowId: id } };
    },
    listVersions: async () => ({ params: await ofPublished() }),
    getVersion: async () => ({ params: { ...(await ofPublished()), number: '1' } }),
    flowChanges: async () => ({ params: await ofFlow(), query: { author: world.userIds.owner, stepId: 'stp_1', from: '0', to: '9' } }),
    flowHistory: async () => ({ params: await ofFlow(), query: { author: world.userIds.owner, stepId: 'stp_1', from: '0', to: '9' } }),
    flowAt: async () => ({ params: { ...(await ofFlow()), seq: '1' } }),
    flowDiff: async () => ({ params: await ofFlow(), query: { from: '0', to: '1' } }),
    flowBlame: async () => ({ params: await ofFlow(), query: { stepId: 'stp_1' } }),
    restoreFlow: async () => ({ params: await ofFlow(), body: { seq: 1, stepId: 'stp_1', ifSeq: 1 } }),
    markSeen: async () => ({ params: await ofFlow() }),
    createTicket: async () => ({ params: await ofFlow() }),
    flowDocument: async () => ({ params: await ofFlow() }), flowSurroundings: async () => ({ params: await ofPublished() }),
    listCheckpoints: async () => ({ params: { flowId: (await ofCheckpoint())['flowId'] ?? '' } }),
    createCheckpoint: async () => ({ params: await ofFlow(), body: { name: name(), seq: 1 } }),
    renameCheckpoint: async () => ({ params: await ofCheckpoint(), body: { name: name() } }),
    deleteCheckpoint: async () => ({ params: await ofCheckpoint() }),
    listComments: async () => ({ params: { flowId: (await comment()).flowId }, query: { stepId: 'stp_1', state: 'open' } }),
    createComment: async () => ({ params: await ofFlow(), body: { anchor: { stepId: 'stp_1', param: 'model' }, text: 'Why, @owner?' } }),
    readComments: async () => {
      const { id, flowId } = await comment();
      return { params: { flowId }, body: { threadId: id } };
    },
    updateComment: async () => ({ params: { commentId: (await comment()).id }, body: { resolved: true } }),
    deleteComment: async () => ({ params: { commentId: (await comment()).id } }),
    startRun: async () => ({ params: await ofPublished(), body: { input: { a: 1 }, waitSeconds: 0 }, status: 202 }),
    listRuns: async () => ({ query: { status: 'queued,running', from: '2020-01-01T00:00:00Z', q: 'x', limit: '5' } }),
    getRun: async () => ({ params: await ofRun(), query: { definition: '1' } }),
    runEvents: async () => ({ params: await ofRun(), query: { after: '0', limit: '1000' } }),
    runItems: async () => ({ params: { ...(await ofRun()), stepId: 'stp_1' }, query: { side: 'in' } }),
    cancelRun: async () => ({ params: await ofRun() }),
    pauseRun: async () => ({ params: await ofRun() }),
    unpauseRun: async () => {
      const params = await ofRun();
      await made('/runs/:runId/pause', undefined, params);
      return { params };
    },
    forkRun: async () => ({ params: await ofRun(), body: { fromStep: 'stp_2', input: [{ a: 3 }], allowEffects: false } }),
    resumeRun: async () => ({ params: await ofRun(), body: {}, status: 409 }),
    rerunRun: async () => ({ params: await ofRun(), body: {} }),
    verifyRun: async () => ({ params: await ofRun() }),
    listInstances: async () => ({ params: await ofComponent(), query: { entryId: '1,2', newest: 'true' } }),
    resetInstance: async () => ({ params: await instance() }),
    listFiles: async () => ({}),
    uploadFile: async () => ({ body: upload() }),
    getFile: async () => ({ params: await ofFile() }),
    fileContent: async () => ({ params: await ofFile() }),
    requestExport: async () => ({ body: { kind: 'entries', ...(await ofComponent()), filter: { all: [{ field: 'data.title', operator: 'equal', value: { const: 'x' } }] }, search: 'x', instanceState: ['none'] } }),
    listExports: async () => ({ query: { limit: '5' } }),
    getExport: async () => ({ params: await ofExport() }),
    exportContent: async () => ({ params: await ofExport() }),
    deleteExport: async () => ({ params: await ofExport() }),
    listHooks: async () => ({ params: await ofPublished() }),
    createHook: async () => ({ params: await ofPublished(), body: { name: name(), signed: true } }),
    renameHook: async () => ({ params: await ofHook(), body: { name: name() } }),
    rotateHook: async () => ({ params: await ofHook() }),
    revokeHook: async () => ({ params: await ofHook() }),
    listSchedules: async () => ({ query: { limit: '5' } }),
    createSchedule: async () => {
      const { componentId, flowId } = await published();
      return { body: { componentId, flowId, cron: '0 7 * * 1-5', timeZone: 'Europe/Paris', overlap: 'queue', catchUp: false, runAs: null, enabled: false } };
    },
    getSchedule: async () => ({ params: await ofSchedule() }),
    updateSchedule: async () => ({ params: await ofSchedule(), body: { cron: '*/5 * * * *', timeZone: 'UTC', enabled: false } }),
    deleteSchedule: async () => ({ params: await ofSchedule() }),
    listSystems: async () => ({}),
    createSystem: async () => ({ body: { name: name(), description: 'D', baseUrl: 'https://api.example.com/v1', environment: 'test' } }),
    getSystem: async () => ({ params: await ofSystem() }),
    updateSystem: async () => ({ params: await ofSystem(), body: { name: name(), baseUrl: null } }),
    deleteSystem: async () => ({ params: await ofSystem() }),
    systemUses: async () => ({ params: await ofSystem() }),
    listConnectors: async () => ({ query: { systemId: (await ofSystem())['systemId'] ?? '' } }),
    createConnector: async () => ({ body: {
      ...(await ofSystem()), name: name(), address: 'https://api.example.com', auth: { type: 'basic', userName: 'ana' }, credential: 'a secret', headers: [{ name: 'X-Own', value: 'v' }],
    } }),
    getConnector: async () => ({ params: await ofConnector() }),
    updateConnector: async () => ({ params: await ofConnector(), body: { name: name(), auth: { type: 'basic', userName: 'ana' }, credential: null } }),
    deleteConnector: async () => ({ params: await ofConnector() }),
    connectorUses: async () => ({ params: await ofConnector() }),
    testConnector: async () => ({ params: await ofConnector(), body: { path: '/x/{id}', method: 'Get', values: [{ target: 'path.id', value: 7 }] } }),
    importEndpoints: async () => ({ params: await ofConnector(), body: { document: '{"openapi":"3.0.0","info":{"title":"T"},"paths":{"/a/{id}":{"get":{"summary":"A"}}}}' } }),
    listEndpoints: async () => ({ query: { connectorId: (await ofConnector())['connectorId'] ?? '' } }),
    createEndpoint: async () => ({ body: {
      ...(await ofConnector()), name: name(), path: '/a/{id}', methods: ['Get', 'Post'], parameters: [{ name: 'id', in: 'path', type: 'integer', required: true }, { name: 'q', in: 'query', default: 'x' }],
      responseSchema: { type: 'object' }, idempotent: true, bodyKind: 'form',
    } }),
    getEndpoint: async () => ({ params: await ofEndpoint() }),
    updateEndpoint: async () => ({ params: await ofEndpoint(), body: { name: name(), methods: ['Put'] } }),
    deleteEndpoint: async () => ({ params: await ofEndpoint() }),
    endpointUses: async () => ({ params: await ofEndpoint() }),
    listSteps: async () => ({}),
    openapi: async () => ({}),
  };
}

export function upload(name = 'naïve "file".csv', content: string | Uint8Array<ArrayBuffer> = 'a;b\n1;2\n'): FormData {
  const form = new FormData();
  form.set('file', new File([content], name, { type: 'text/csv' }));
  return form;
}
