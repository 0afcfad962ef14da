import { createConnector, deleteConnector } from '#db/connectors';
import { createEndpoints, deleteEndpoint } from '#db/endpoints';
import { createSystem } from '#db/integrations';
import { got } from '#db/testing-result';
import { failure, FailureError } from '#flow/failure';
import type { ErrorCode } from '#flow/error-code';
import { text } from '#flow/text';
import { aStep } from '../testing';
import { designCase, runCase, stepCase, type ErrorCase, type Lab } from './error-case';

/** What goes wrong while calling is proven against a real server in `calls.test.ts`; here each step raises each code. */
const params = { system: 'sys_1', connector: 'con_1', queryPath: '/things' };
const one = { source: [{ city: 'Oslo' }] };
const answering = (code: ErrorCode) => ({ answer: () => { throw new FailureError(failure(code, text(code, code))); } });
const external: ErrorCode[] = ['CONNECTOR_AUTH', 'CONNECTOR_UNREACHABLE', 'HTTP_TIMEOUT', 'HTTP_STATUS', 'PARSE_ERROR'];

async function gone(lab: Lab, step: 'execute-api-call' | 'get-values-from-connector', what: 'system' | 'connector' | 'endpoint') {
  const { database, access } = await lab.engine();
  const system = got(await createSystem(database, access, { name: 'S' })).system.id;
  const connector = got(await createConnector(database, access, Buffer.alloc(32), { systemId: system, name: 'C', address: 'http://127.0.0.1:1' })).connector.id;
  const endpoint = got(await createEndpoints(database, access, connector, [{ name: 'E', path: '/x' }])).endpoints[0]?.id ?? '';
  if (what === 'endpoint') got(await deleteEndpoint(database, access, endpoint));
  if (what === 'connector') got(await deleteConnector(database, access, connector));
  const own = { system: what === 'system' ? 'sys_none' : system, connector, queryPath: endpoint };
  const steps = step === 'execute-api-call' ? [aStep('given', 'get-raw-model'), aStep('call', step, own, 'given')] : [aStep('call', step, own)];
  return lab.run(steps, { input: {} });
}

const missing = (['system', 'connector', 'endpoint'] as const).flatMap((what): ErrorCase[] => {
  const code = ({ system: 'SYSTEM_NOT_FOUND', connector: 'CONNECTOR_NOT_FOUND', endpoint: 'ENDPOINT_NOT_FOUND' } as const)[what];
  const chosen = { system: 'sys_none', connector: 'con_none', queryPath: 'enp_none' };
  return (['execute-api-call', 'get-values-from-connector'] as const).flatMap((step) => [
    designCase(`dataflow/${step}`, code, `the ${what} does not exist`, chosen), runCase(`dataflow/${step}`, code, `the ${what} is gone when it runs`, (lab) => gone(lab, step, what)),
  ]);
});

export const callCases: ErrorCase[] = [
  ...missing,
  ...external.flatMap((code) => [stepCase('dataflow/execute-api-call', code, 'the call says so', params, one, answering(code)), stepCase('dataflow/get-values-from-connector', code, 'the call says so', params, {}, answering(code))]),
  stepCase('dataflow/execute-api-call', 'LIMIT_EXCEEDED', 'the answer is too large', params, one, answering('LIMIT_EXCEEDED')),
  stepCase('dataflow/get-values-from-connector', 'LIMIT_EXCEEDED', 'the answer is too large', params, {}, answering('LIMIT_EXCEEDED')),
  stepCase('dataflow/execute-api-call', 'TYPE_MISMATCH', 'a parameter is of another type', { ...params, parametersMapping: [{ target: 'q', value: { field: 'city' } }] }, one, { target: { parameters: [{ name: 'q', in: 'query', type: 'integer' }] } }),
  stepCase('dataflow/execute-api-call', 'PARAM_REQUIRED', 'a required parameter has no value', params, one, { target: { parameters: [{ name: 'q', in: 'query', required: true }] } }),
  stepCase('dataflow/execute-api-call', 'PARAM_INVALID', 'a path parameter is empty', { ...params, queryPath: '/orders/{id}', parametersMapping: [{ target: 'path.id', value: { field: 'nothing' } }] }, one),
  stepCase('dataflow/get-values-from-connector', 'PARAM_INVALID', 'a path parameter is empty', { ...params, queryPath: '/orders/{id}', parametersMapping: [{ target: 'path.id', value: { const: null } }] }, {}),
];
