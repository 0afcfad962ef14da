/**
 * The shared document of a flow: the door to the only folder that knows what is inside. Maps by random id with flat keys,
 * so that two people who edit two things never collide; everything nested is made in the transaction of its step.
 *
 *   meta    schema, epoch, kind (the server's) · name, restrictAccess, s:<setting>
 *   lanes   step, case, at: order
 *   stages  name, at: [laneId, order], del: userId
 *   steps   type, name, at: [stageId, order], in:<port>, p:<param>, t:<param>: Y.Text, r:<param>:<row>: [order, row],
 *           disabled, note, onError, retry:<key>, timeoutMs, del: userId (`retry` as one value is how older documents have it)
 *   notes   at: order, pos, size, colour, body: Y.Text, del: userId
 */
export { documentKeys, documentRoots, documentSchema, serverKeys } from './document/entries';
export { isLoaded, epochOf, definitionOf, readState, readLane, readStage, readNote, readStep } from './document/read';
export { readMeta, renameFlow, setFlowSettings, type MetaState, type SettingsPatch } from './document/settings';
export { setRetry, setStepTimeout, type RetryChange } from './document/retry';
export { setParam, textOf } from './document/params';
export { createDocument, replaceDefinition } from './document/make';
export { addLanes, removeLane } from './document/lanes';
export { addStage, renameStage, moveStage, removeStage } from './document/stages';
export { addStep, moveSteps, renameStep, setSource, setDisabled, setStepNote, setOnError, removeSteps, type StepPlace, type NewStep } from './document/steps';
export { duplicateSteps, copyFragment, pasteFragment, type FlowFragment } from './document/copies';
export { restoreStep } from './document/restore';
export { addNote, moveNote, resizeNote, colourNote, removeNote, noteText, type NewNote } from './document/notes';
export { createUndo } from './document/undo';
