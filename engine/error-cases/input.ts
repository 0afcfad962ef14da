import { largestFileBytes, storeFile } from '#db/files';
import type { Table } from '#flow/steps/capabilities';
import { aStep } from '../testing';
import { readTable } from '../tables/read-table';
import { codesOf, designCase, runCase, stepCase, type ErrorCase, type Lab } from './error-case';

const cells: Table = { kind: 'cells', header: ['n'], rows: [{ line: 2, cells: ['many'] }], duplicateHeaders: [] };
const importParams = { fileField: 'file', fieldsMapping: [{ target: 'n@number', value: { column: 'n' } }] };
const importing = { source: [{ file: 'f1' }] };

async function importedFrom(lab: Lab, bytes: Buffer, params: { fileType: string }) {
  const { database, access } = await lab.engine();
  const file = await database.db.transaction((tx) => storeFile(tx, { workspaceId: access.workspaceId, userId: access.user?.id ?? null }, { name: 'given.bin', mimeType: 'application/octet-stream', bytes }));
  return lab.run([aStep('given', 'get-raw-model'), aStep('read', 'import-file', { ...importParams, ...params }, 'given')], { input: { file: file.id } });
}

export const inputCases: ErrorCase[] = [
  stepCase('dataflow/get-action-model', 'VALIDATION_FAILED', 'a required field is empty', { validateInput: true }, {}, { caller: { data: {} } }),
  stepCase('dataflow/get-action-model', 'NO_CALLER', 'nobody gave a model', {}),
  designCase('dataflow/get-action-model', 'STEP_NOT_ALLOWED_HERE', 'another step takes the caller’s model', {}, { flow: [{ id: 'first', type: 'get-raw-model' }, { id: 'tested', type: 'get-action-model' }] }),
  designCase('dataflow/get-raw-model', 'PARSE_ERROR', 'the model is no JSON', { model: '{"a":' }),
  stepCase('dataflow/get-raw-model', 'VALIDATION_FAILED', 'a value is not of the declared type', { model: '{"n":1}', validateInput: true }, {}, { caller: { n: 'x' } }),
  stepCase('dataflow/import-file', 'FILE_NOT_FOUND', 'there is no such file', importParams, importing),
  stepCase('dataflow/import-file', 'FILE_NOT_FOUND', 'the field is empty', importParams, { source: [{ file: null }] }),
  runCase('dataflow/import-file', 'FILE_TYPE', 'a text is read as a workbook', (lab) => importedFrom(lab, Buffer.from('n\n1'), { fileType: 'xlsx' })),
  runCase('dataflow/import-file', 'FILE_TYPE', 'a workbook is read as a text', (lab) => importedFrom(lab, Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0]), { fileType: 'csv' })),
  runCase('dataflow/import-file', 'FILE_TOO_LARGE', 'it is beyond what is read at once', () => codesOf(readTable(new Uint8Array(largestFileBytes + 1), { fileType: 'csv', columnSeparator: ';', skipLines: 0, hasHeader: true, worksheet: null }))),
  runCase('dataflow/import-file', 'PARSE_ERROR', 'a quote is never closed', (lab) => importedFrom(lab, Buffer.from('n\n"1'), { fileType: 'csv' })),
  runCase('dataflow/import-file', 'PARSE_ERROR', 'it is no JSON', (lab) => importedFrom(lab, Buffer.from('[1,'), { fileType: 'json' })),
  stepCase('dataflow/import-file', 'TYPE_MISMATCH', 'a cell is not of the target’s type', importParams, importing, { tables: { f1: cells } }),
  stepCase('dataflow/import-file', 'FIELD_MISSING', 'the column is absent', { ...importParams, fieldsMapping: [{ target: 'x', value: { column: 'other' } }] }, importing, { tables: { f1: cells } }),
];
