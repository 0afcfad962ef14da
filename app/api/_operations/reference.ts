import { z } from 'zod';
import { flowKind } from '#flow/flow';
import { jsonObject, operation, text } from './operation';

const stepType = z.looseObject({ key: z.string(), kind: flowKind, id: z.string(), group: z.string(), class: z.string(), title: text, summary: text, params: jsonObject }).meta({ id: 'StepType' });

export const reference = {
  listSteps: operation({
    method: 'GET', path: '/steps', right: 'workspace.read', summary: 'The step catalogue: every step type with the JSON Schema of its parameters, in one page.',
    answers: { 200: z.object({ items: z.array(stepType), nextCursor: z.null() }) },
  }),
  openapi: operation({ method: 'GET', path: '/openapi.json', right: 'anyone', summary: 'This document.', answers: { 200: jsonObject } }),
};
