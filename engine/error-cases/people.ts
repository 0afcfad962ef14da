import { setTimeout as pause } from 'node:timers/promises';
import { answerTask } from '#db/tasks';
import type { Access } from '#db/access';
import { aStep, type EngineTest } from '../testing';
import { designCase, runCase, stepCase, type ErrorCase, type Lab } from './error-case';
import { codesOfRun, keyedComponent } from './situations';

/** A workflow that asks a member and has asked. */
async function asking(lab: Lab, params: { [key: string]: string | boolean } = {}) {
  const engine = await lab.engine();
  const componentId = await keyedComponent(engine, [{ name: 'who', title: 'Who', type: 'catalog', componentId: 'user-info' }, { name: 'ok', title: 'OK', type: 'boolean' }]);
  const flowId = await engine.insertFlow([aStep('ask', 'get-user-confirmation', { confirmationField: 'ok', userInfoField: 'who', ...params })], { kind: 'workflow' });
  await engine.database.sql`update flows set component_id = ${componentId} where id = ${flowId}`;
  const runId = await engine.run(flowId, { input: { data: { who: { id: engine.access.user?.id ?? '' } } } });
  return { engine, runId, taskId: await openTaskOf(engine, runId) };
}

async function openTaskOf(engine: EngineTest, runId: string): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    const [task] = await engine.database.sql<{ id: string }[]>`select id from tasks where run_id = ${runId}`;
    if (task) return task.id;
    await pause(20);
  }
  throw new Error('nobody was asked');
}

const answerCode = async (engine: EngineTest, access: Access, taskId: string) => {
  const answer = await answerTask(engine.database, access, taskId, true);
  return answer.ok ? [] : [answer.failure.code];
};

const crowd = Array.from({ length: 10_001 }, (_, at) => `usr_${at}`);

export const peopleCases: ErrorCase[] = [
  stepCase('workflow/get-user-confirmation', 'NO_RECIPIENT', 'the field names nobody', { confirmationField: 'paid', userInfoField: 'note' }, { source: [{ id: 1, data: { note: null } }] }),
  designCase('workflow/get-user-confirmation', 'TYPE_MISMATCH', 'the field offers no choices', { confirmationField: 'price', userRouting: 'owner' }),
  runCase('workflow/get-user-confirmation', 'ACCESS_DENIED', 'somebody answers who was not asked', async (lab) => {
    const { engine, taskId } = await asking(lab);
    return answerCode(engine, { ...engine.access, user: { id: 'usr_other', name: 'Other' } }, taskId);
  }),
  runCase('workflow/get-user-confirmation', 'CONFIRMATION_ANSWERED', 'a second answer comes', async (lab) => {
    const { engine, runId, taskId } = await asking(lab);
    await answerTask(engine.database, engine.access, taskId, true);
    const codes = await answerCode(engine, engine.access, taskId);
    await engine.finished(runId);
    return codes;
  }),
  runCase('workflow/get-user-confirmation', 'CONFIRMATION_TIMEOUT', 'nobody answers in time', async (lab) => {
    const { engine, runId } = await asking(lab, { dueIn: '1s', onTimeout: 'fail' });
    return codesOfRun(engine, runId);
  }),

  designCase('workflow/if-condition', 'TYPE_MISMATCH', 'the value is not of the field’s type', { conditionField: 'price', operator: 'less', value: 'x' }),
  designCase('workflow/if-condition', 'ALTERNATIVE_WITHOUT_FINISH', 'the alternative has no steps', { conditionField: 'price', operator: 'less', value: 1 }),
  designCase('workflow/if-condition', 'PARAM_INVALID', 'an order is asked of null', { conditionField: 'price', operator: 'less', compareWithNull: true }),
  designCase('workflow/switch-case', 'TYPE_MISMATCH', 'the field offers no choices', { switchField: 'note' }),

  stepCase('workflow/send-notification', 'CHANNEL_NOT_CONFIGURED', 'there is no e-mail server', { channel: 'smtp', userName: ['usr_1'], message: 'x' }, { source: [{ data: {} }] }),
  stepCase('workflow/send-notification', 'PARAM_REQUIRED', 'the text is empty once filled in', { userName: ['usr_1'], message: '{{note}}' }, { source: [{ data: { note: null } }] }),
  stepCase('workflow/send-notification', 'LIMIT_EXCEEDED', 'more than 10,000 would be told', { userInfoField: 'note', message: 'x' }, { source: [{ data: { note: crowd } }] }),
  stepCase('dataflow/send-notification', 'CHANNEL_NOT_CONFIGURED', 'there is no e-mail server', { channel: 'mail', userName: ['usr_1'], messageBody: 'x' }, { source: [{}] }),
  stepCase('dataflow/send-notification', 'PARAM_REQUIRED', 'the text is empty once filled in', { userName: ['usr_1'], messageBodyField: 'text' }, { source: [{ text: null }] }),
  stepCase('dataflow/send-notification', 'LIMIT_EXCEEDED', 'more than 10,000 would be told', { userInfoField: 'who', messageBody: 'x' }, { source: [{ who: crowd }] }),
];
