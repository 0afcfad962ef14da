import { dataCases } from './data';
import { callCases } from './calls';
import type { ErrorCase } from './error-case';
import { inputCases } from './input';
import { outputCases } from './output';
import { transformCases } from './transform';
import { peopleCases } from './people';
import { workflowCases } from './workflow';

export const errorCases: readonly ErrorCase[] = [...callCases, ...inputCases, ...transformCases, ...outputCases, ...dataCases, ...workflowCases, ...peopleCases];
