import { executeApiCall } from './dataflow/output/execute-api-call';
import { applyDeferredUpdateOperations } from './dataflow/output/apply-deferred-update-operations';
import { deferredUpdateEntry } from './dataflow/output/deferred-update-entry';
import { executeWorkflow } from './dataflow/output/execute-workflow';
import { exportToFile } from './dataflow/output/export-to-file';
import { updateEntry } from './dataflow/output/update-entry';
import { writeResponse } from './dataflow/output/write-response';
import { getActionModel } from './dataflow/input/get-action-model';
import { getValuesFromConnector } from './dataflow/input/get-values-from-connector';
import { getEmptyModel } from './dataflow/input/get-empty-model';
import { getRawModel } from './dataflow/input/get-raw-model';
import { getWorkflowModel } from './dataflow/input/get-workflow-model';
import { importFile } from './dataflow/input/import-file';
import { calculateArray } from './dataflow/transform/calculate-array';
import { distinct } from './dataflow/transform/distinct';
import { executeDataflow } from './dataflow/transform/execute-dataflow';
import { extractCollection } from './dataflow/transform/extract-collection';
import { filterSource } from './dataflow/transform/filter-source';
import { getEntityById } from './dataflow/transform/get-entity-by-id';
import { groupBy } from './dataflow/transform/group-by';
import { joinModels } from './dataflow/transform/join-models';
import { loadCatalogsByKey } from './dataflow/transform/load-catalogs-by-key';
import { lookupReference } from './dataflow/transform/lookup-reference';
import { queryEntityByFilter } from './dataflow/transform/query-entity-by-filter';
import { selectMany } from './dataflow/transform/select-many';
import { simpleMath } from './dataflow/transform/simple-math';
import { transformModel } from './dataflow/transform/transform-model';
import { sendNotification } from './dataflow/users/send-notification';
import type { StepType } from './define-step';
import { executeDataflowOfWorkflow } from './workflow/integrations/execute-dataflow';
import { finish } from './workflow/common/finish';
import { resetToDraft } from './workflow/common/reset-to-draft';
import { updateModel } from './workflow/common/update-model';
import { updateModelField } from './workflow/common/update-model-field';
import { ifCondition } from './workflow/conditions/if-condition';
import { switchCase } from './workflow/conditions/switch-case';
import { getUserConfirmation } from './workflow/notifications/get-user-confirmation';
import { sendNotification as sendNotificationOfWorkflow } from './workflow/notifications/send-notification';

/** Every step type that works, in the order the palette and the catalogue show. */
export const stepTypes: readonly StepType[] = [
  getActionModel, getRawModel, getEmptyModel, getWorkflowModel, getValuesFromConnector, importFile,
  transformModel, filterSource, joinModels, extractCollection, selectMany, distinct, groupBy, calculateArray, simpleMath,
  queryEntityByFilter, getEntityById, lookupReference, loadCatalogsByKey, executeDataflow,
  sendNotification,
  updateEntry, deferredUpdateEntry, applyDeferredUpdateOperations, writeResponse, exportToFile, executeApiCall, executeWorkflow,
  sendNotificationOfWorkflow, getUserConfirmation,
  executeDataflowOfWorkflow,
  updateModel, updateModelField, finish, resetToDraft,
  switchCase, ifCondition,
];

const byKey = new Map(stepTypes.map((each) => [each.key, each]));

/** The step type `<kind>/<id>`; undefined when there is none. */
export function stepType(key: string): StepType | undefined {
  return byKey.get(key);
}
