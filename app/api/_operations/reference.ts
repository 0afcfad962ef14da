import { z } from 'zod';
import { flowKind } from '#flow/flow';
import { jsonObject, operation, text } from './operation';

const stepType = z.looseObject({ key: z.string(), kind: flowKind, id: z.string(), group: z.string(), class: z.string(), title: text, summary: text, params: jsonObject }).meta({ id: 'StepType' });

export const reference = {
  listSteps: operation({
    method: 'GET', path: '/steps', right: 'workspace.read', summary: { en: 'The step catalogue: every step type with the JSON Schema of its parameters, in one page.', fr: 'Le catalogue des étapes : chaque type d’étape avec le JSON Schema de ses paramètres, en une page.' },
    answers: { 200: z.object({ items: z.array(stepType), nextCursor: z.null() }) },
  }),
  openapi: operation({ method: 'GET', path: '/openapi.json', right: 'anyone', summary: { en: 'This document, in English or French: `lang`, else Accept-Language.', fr: 'Ce document, en français ou en anglais : `lang`, sinon Accept-Language.' }, query: z.object({ lang: z.enum(['en', 'fr']).optional() }), answers: { 200: jsonObject } }),
};
