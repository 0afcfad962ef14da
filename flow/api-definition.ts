import type { FlowDefinition } from './flow';
import { graphOf } from './graph';
import type { Json, JsonObject } from './json';
import type { ModelField, ModelSchema } from './model-schema';
import { viewsOf, type FlowContext, type StepView } from './propagate';

/**
 * "Generate API definition" (concepts.md §3): an OpenAPI 3.1 document of one dataflow as programs call it, with the
 * shapes of what it takes and what it answers as far as they are known before it runs.
 */
export type Described = { definition: FlowDefinition; context: FlowContext; flowId: string; version: number; server: string };

export function apiDefinition({ definition, context, flowId, version, server }: Described): JsonObject {
  const views = viewsOf(definition, context);
  const steps = graphOf(definition).order.flatMap((id) => views.get(id) ?? []).filter((view) => !view.step.disabled);
  const { description } = definition.settings ?? {};
  return {
    openapi: '3.1.0',
    info: { title: definition.name, version: String(version), ...(description ? { description } : {}) },
    servers: [{ url: `${server}/api/v1` }],
    security: [{ apiKey: [] }],
    paths: {
      [`/flows/${flowId}/runs`]: {
        post: {
          operationId: operationId(definition.name), summary: definition.name,
          description: 'With waitSeconds the answer is 200 with the output when the run ended in time, else 202. The same idempotencyKey with the same body is the same run.',
          requestBody: { required: takesInput(steps), content: { 'application/json': { schema: requestOf(steps) } } },
          responses: {
            200: { description: 'The run has ended.', content: { 'application/json': { schema: answerOf(steps) } } },
            202: { description: 'The run goes on: GET /runs/{runId} tells how.', content: { 'application/json': { schema: object({ runId: { type: 'string' }, status: { type: 'string' } }, ['runId']) } } },
            default: { description: 'Refused; nothing has run.', content: { 'application/json': { schema: object({ error: failure }, ['error']) } } },
          },
        },
      },
    },
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'A key of the workspace with the role operator or more.' } } },
  };
}

const failure: JsonObject = object({ code: { type: 'string' }, message: { type: 'string' }, stepId: { type: 'string' }, itemIndex: { type: 'integer' }, path: { type: 'string' }, details: {} }, ['code', 'message']);

/** An empty model takes whatever comes and leaves it. */
const isTaking = ({ type, output }: StepView) => type?.kind === 'dataflow' && type.callerModel && (output.open || Object.keys(output.fields).length > 0);
const takesInput = (steps: readonly StepView[]) => steps.some(isTaking);

function requestOf(steps: readonly StepView[]): JsonObject {
  const taking = steps.find(isTaking);
  const input = taking ? { input: modelOf(taking.output) } : {};
  return {
    ...object({ ...input, waitSeconds: { type: 'number', minimum: 0, maximum: 60 }, idempotencyKey: { type: 'string', maxLength: 200 } }, taking ? ['input'] : []), additionalProperties: false,
  };
}

/** The first answering step that gets an item answers, so each of them may. */
function answerOf(steps: readonly StepView[]): JsonObject {
  const shapes = steps.filter(({ type }) => type?.kind === 'dataflow' && type.class === 'terminal').map(({ output }) => answerShape(output));
  const [only, ...more] = [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()];
  const output = only === undefined ? { type: 'null' } : more.length === 0 ? only : { anyOf: [only, ...more] };
  return object({ runId: { type: 'string' }, status: { type: 'string', enum: ['succeeded', 'failed', 'cancelled'] }, output, error: failure, warnings: { type: 'integer' } }, ['runId', 'status', 'output', 'warnings']);
}

function answerShape(schema: ModelSchema): JsonObject {
  const item = modelOf(schema);
  return schema.cardinality === 'many' ? { type: ['array', 'null'], items: item } : { anyOf: [item, { type: 'null' }] };
}

function modelOf({ fields, open }: ModelSchema): JsonObject {
  return { ...object(shapesOf(fields)), additionalProperties: open };
}

const shapesOf = (fields: Record<string, ModelField>) => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, shapeOf(field)]));

/** Any value may be missing, which is null. */
function shapeOf(field: ModelField): JsonObject {
  const { title, enum: choices } = field;
  const said = { ...(title ? { title } : {}), ...(choices ? { enum: [...choices.map((each) => each.value), null], description: choices.map((each) => `${String(each.value)}: ${each.label}`).join(', ') } : {}) };
  return { ...bare(field), ...said };
}

function bare(field: ModelField): JsonObject {
  const text = (format?: string): JsonObject => ({ type: ['string', 'null'], ...(format ? { format } : {}) });
  switch (field.type) {
    case 'string': return text();
    case 'date': case 'date-time': case 'time': case 'uri': case 'uuid': return text(field.type);
    case 'number': case 'integer': case 'boolean': return { type: [field.type, 'null'] };
    case 'catalog': return { ...object({ id: { type: ['integer', 'string'] }, name: { type: ['string', 'null'] } }, ['id']), type: ['object', 'null'] };
    case 'file': return { ...object({ id: { type: 'string' }, name: { type: 'string' }, size: { type: 'integer' }, mimeType: { type: 'string' } }, ['id']), type: ['object', 'null'] };
    case 'array': return { type: ['array', 'null'], items: field.items ? shapeOf(field.items) : {} };
    case 'object': return { ...object(shapesOf(field.fields ?? {})), type: ['object', 'null'], additionalProperties: field.open ?? true };
    case 'unknown': return {};
  }
}

function object(properties: Record<string, Json>, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length > 0 ? { required: [...required] } : {}) };
}

/** The flow's name as an identifier, for programs that are made from the document. */
function operationId(name: string): string {
  const words = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word, at) => (at === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1)).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `run${joined}`;
}
