import { executeApiCall } from './dataflow/output/execute-api-call';
import { executeWorkflow } from './dataflow/output/execute-workflow';
import { exportToFile } from './dataflow/output/export-to-file';
import { updateEntry } from './dataflow/output/update-entry';
import { writeResponse } from './dataflow/output/write-response';
import { getActionModel } from './dataflow/input/get-action-model';
import { getValuesFromConnector } from './dataflow/input/get-values-from-connector';
import { getEmptyModel } from './dataflow/input/get-empty-model';
import { getRawModel } from './dataflow/input/get-raw-model';
import { importFile } from './dataflow/input/import-file';
import { calculateArray } from './dataflow/transform/calculate-array';
import { distinct } from './dataflow/transform/distinct';
import { extractCollection } from './dataflow/transform/extract-collection';
import { filterSource } from './dataflow/transform/filter-source';
import { groupBy } from './dataflow/transform/group-by';
import { joinModels } from './dataflow/transform/join-models';
import { selectMany } from './dataflow/transform/select-many';
import { simpleMath } from './dataflow/transform/simple-math';
import { transformModel } from './dataflow/transform/transform-model';
import type { StepType } from './define-step';
import { finish } from './workflow/common/finish';
import { updateModel } from './workflow/common/update-model';
import { updateModelField } from './workflow/common/update-model-field';

/** Every step type that works, in the order the palette and the catalogue show. */
export const stepTypes: readonly StepType[] = [
  getActionModel, getRawModel, getEmptyModel, getValuesFromConnector, importFile,
  transformModel, filterSource, joinModels, extractCollection, selectMany, distinct, groupBy, calculateArray, simpleMath,
  updateEntry, writeResponse, exportToFile, executeApiCall, executeWorkflow,
  updateModel, updateModelField, finish,
];

const byKey = new Map(stepTypes.map((each) => [each.key, each]));

/** The step type `<kind>/<id>`; undefined when there is none. */
export function stepType(key: string): StepType | undefined {
  return byKey.get(key);
}
