import { stringify } from 'csv-stringify';
import { isReference } from '#flow/compare';
import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import type { ExportFile } from '#flow/steps/capabilities';
import { text } from '#flow/text';

/** Tables as files (steps.md, export-to-file). Text that a spreadsheet would run as a formula is neutralised. */
export const largestExportBytes = 1_048_576;
const mimeTypes = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', json: 'application/json' };

export async function writeTable(file: ExportFile): Promise<{ name: string; mimeType: string; bytes: Uint8Array }> {
  const name = fileName(file);
  const bytes = await contentOf(file);
  if (bytes.byteLength > largestExportBytes) fail('FILE_TOO_LARGE', text(
    `The file would have ${bytes.byteLength} bytes; 1 MB is the most. Filter the items or choose fewer columns.`,
    `Le fichier ferait ${bytes.byteLength} octets ; 1 Mo est le maximum. Filtrez les éléments ou choisissez moins de colonnes.`));
  return { name, mimeType: mimeTypes[file.fileType], bytes };
}

function fileName({ fileName: given, fileType }: ExportFile): string {
  const name = given.trim();
  // Characters that some file system or header would stumble over, control characters included.
  if (name === '' || name.length > 200 || /[\\/:*?"<>|\p{Cc}]/u.test(name) || /^\.+$/.test(name)) fail('PARAM_INVALID', text(
    `"${name.slice(0, 60)}" cannot be a file name. Leave out \\ / : * ? " < > | and keep it under 200 characters.`,
    `« ${name.slice(0, 60)} » ne peut être un nom de fichier. Évitez \\ / : * ? " < > | et restez sous 200 caractères.`), { path: 'fileName' });
  return name.toLowerCase().endsWith(`.${fileType}`) ? name : `${name}.${fileType}`;
}

async function contentOf(file: ExportFile): Promise<Uint8Array> {
  switch (file.fileType) {
    case 'json':
      return Buffer.from(JSON.stringify(file.rows.map((row) => Object.fromEntries(file.columns.map((column, at) => [column, row[at] ?? null])))));
    case 'csv':
      return csv(file);
    case 'xlsx':
      return xlsx(file);
  }
}

function csv(file: ExportFile): Promise<Uint8Array> {
  const rows = [file.columns.map((each) => safeText(each)), ...file.rows.map((row) => row.map((value) => String(cell(value) ?? '')))];
  return new Promise((resolve, reject) => {
    stringify(rows, { delimiter: file.columnSeparator || ';', record_delimiter: '\n', eof: false }, (error, output) => (error ? reject(error) : resolve(Buffer.from(`\ufeff${output}`))));
  });
}

async function xlsx(file: ExportFile): Promise<Uint8Array> {
  const { default: excel } = await import('exceljs'); // large, and most workers never need it
  const workbook = new excel.Workbook();
  const name = file.worksheetName.replaceAll(/[*?:\\/[\]]/g, ' ').trim().slice(0, 31);
  const sheet = workbook.addWorksheet(name === '' ? 'Sheet1' : name);
  sheet.addRow(file.columns.map((each) => safeText(each)));
  for (const row of file.rows) sheet.addRow(row.map(cell));
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

/** Null is an empty cell, a reference its name, other objects and lists JSON text. */
function cell(value: Json): string | number | boolean | null {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return safeText(value);
  return safeText(isReference(value) ? String(value['name'] ?? value['id'] ?? '') : JSON.stringify(value));
}

function safeText(value: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
}
