import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type ExcelJS from 'exceljs';
import { largestFileBytes } from '#db/files';
import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import type { Table, TableOptions } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { refuseZipBomb } from './zip-check';

/** Files as tables for the steps that read them (steps.md, import-file). */
const mostRows = 100_000;
const chunkBytes = 64 * 1024;

export async function readTable(bytes: Uint8Array, options: TableOptions): Promise<Table> {
  if (bytes.byteLength > largestFileBytes) fail('FILE_TOO_LARGE', text(`The file has ${bytes.byteLength} bytes; 20 MB can be read at once. Split it.`, `Le fichier fait ${bytes.byteLength} octets ; on peut lire 20 Mo à la fois. Divisez-le.`));
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (options.fileType) {
    case 'csv':
      return readCsv(buffer, options);
    case 'xlsx':
      return readXlsx(buffer, options);
    case 'json':
      return readJson(buffer, options);
  }
}

/** UTF-8, or UTF-16 when a byte order mark says so. */
function decoded(bytes: Buffer): string {
  const label = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  if (bytes.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]))) fail('FILE_TYPE', text('This is a zip or Excel file, not text. Choose the file type Excel (xlsx).', 'C’est un fichier zip ou Excel, pas du texte. Choisissez le type Excel (xlsx).'));
  return new TextDecoder(label).decode(bytes);
}

type Row = { line: number; cells: Json[] };

async function readCsv(bytes: Buffer, options: TableOptions): Promise<Table> {
  const content = decoded(bytes);
  const parser = parse({ delimiter: options.columnSeparator || ';', from_line: options.skipLines + 1, relax_column_count: true, skip_empty_lines: true, info: true, relax_quotes: false });
  // In pieces, so that a large file leaves room for the other runs of this worker.
  const pieces = function* () {
    for (let at = 0; at < content.length; at += chunkBytes) yield content.slice(at, at + chunkBytes);
  };
  const rows: Row[] = [];
  try {
    for await (const each of Readable.from(pieces()).pipe(parser)) {
      const { record, info }: { record: string[]; info: { lines: number } } = each;
      rows.push({ line: info.lines, cells: record });
      refuseTooMany(rows.length - (options.hasHeader ? 1 : 0));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : null;
    fail('PARSE_ERROR', text(`The file cannot be read as CSV${line === null ? '' : ` (line ${line})`}: ${error.message}.`, `Le fichier est illisible comme CSV${line === null ? '' : ` (ligne ${line})`} : ${error.message}.`), { details: { line } });
  }
  return withHeader(rows, options.hasHeader);
}

async function readXlsx(bytes: Buffer, options: TableOptions): Promise<Table> {
  refuseZipBomb(bytes);
  const { default: excel } = await import('exceljs'); // large, and most workers never need it
  const workbook = new excel.Workbook();
  try {
    const copy = new ArrayBuffer(bytes.byteLength);
    new Uint8Array(copy).set(bytes);
    await workbook.xlsx.load(copy);
  } catch (error) {
    fail('PARSE_ERROR', text(`The workbook cannot be read: ${error instanceof Error ? error.message : 'unknown error'}.`, `Le classeur est illisible : ${error instanceof Error ? error.message : 'erreur inconnue'}.`));
  }
  const sheet = options.worksheet ? workbook.getWorksheet(options.worksheet) : workbook.worksheets[0];
  if (!sheet) {
    const names = workbook.worksheets.map((each) => each.name).join(', ');
    return fail('FIELD_MISSING', text(`The workbook has no sheet "${options.worksheet ?? ''}" (it has ${names}).`, `Le classeur n’a pas de feuille « ${options.worksheet ?? ''} » (il a ${names}).`), { path: 'worksheet' });
  }
  const rows: Row[] = [];
  sheet.eachRow((row, line) => {
    if (line <= options.skipLines) return;
    const cells: Json[] = [];
    row.eachCell({ includeEmpty: true }, (cell, column) => (cells[column - 1] = cellValue(cell.value)));
    if (cells.every((each) => each === null || each === undefined)) return;
    rows.push({ line, cells: Array.from(cells, (each) => each ?? null) });
    refuseTooMany(rows.length - (options.hasHeader ? 1 : 0));
  });
  return withHeader(rows, options.hasHeader);
}

/** Numbers, booleans and dates keep their type; formulas give their result, rich text its text. */
function cellValue(value: ExcelJS.CellValue): Json {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object') return value;
  if ('richText' in value) return value.richText.map((part) => part.text).join('');
  if ('result' in value) return value.result === undefined ? null : cellValue(value.result);
  if ('text' in value) return typeof value.text === 'string' ? value.text : null;
  if ('error' in value) return null;
  return null;
}

function withHeader(rows: Row[], hasHeader: boolean): Table {
  if (!hasHeader) return { kind: 'cells', header: [], rows, duplicateHeaders: [] };
  const header = (rows[0]?.cells ?? []).map((each) => String(each ?? '').trim());
  const duplicateHeaders = [...new Set(header.filter((name, place) => name !== '' && header.indexOf(name) !== place))];
  return { kind: 'cells', header, rows: rows.slice(1), duplicateHeaders };
}

function readJson(bytes: Buffer, options: TableOptions): Table {
  const content = decoded(bytes);
  if (content.trim() === '') return { kind: 'elements', elements: [] };
  let parsed: Json;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    return fail('PARSE_ERROR', text(`The file is not JSON: ${reason}.`, `Le fichier n’est pas du JSON : ${reason}.`));
  }
  const elements = Array.isArray(parsed) ? parsed.slice(options.skipLines) : [parsed];
  refuseTooMany(elements.length);
  return { kind: 'elements', elements };
}

function refuseTooMany(rows: number): void {
  if (rows > mostRows) fail('LIMIT_EXCEEDED', text('The file has more than 100,000 rows. Split it.', 'Le fichier a plus de 100 000 lignes. Divisez-le.'));
}
