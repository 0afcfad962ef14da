import { stringify } from 'csv-stringify';
import { safeText, tableCell } from '#flow/csv';
import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import type { ExportFile } from '#flow/steps/capabilities';
import { badSeparator, isSeparator } from '#flow/steps/column-separator';
import { text } from '#flow/text';

/** Tables as files (steps.md, export-to-file). Text that a spreadsheet would run as a formula is neutralised. */
const mimeTypes = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', json: 'application/json' };

export async function writeTable(file: ExportFile, mostBytes: number): Promise<{ name: string; mimeType: string; bytes: Uint8Array }> {
  const name = fileName(file);
  const bytes = await contentOf(file);
  if (bytes.byteLength > mostBytes) fail('FILE_TOO_LARGE', text(
    `The file would have ${bytes.byteLength.toLocaleString('en')} bytes; ${mostBytes.toLocaleString('en')} are the most in this workspace. Filter the items, choose fewer columns, or raise the limit in the settings.`,
    `Le fichier ferait ${bytes.byteLength.toLocaleString('fr')} octets ; ${mostBytes.toLocaleString('fr')} est le maximum dans cet espace. Filtrez les éléments, choisissez moins de colonnes, ou relevez la limite dans les réglages.`));
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
  const rows = [file.columns.map((each) => safeText(each)), ...file.rows.map((row) => row.map((value) => String(tableCell(value) ?? '')))];
  const delimiter = file.columnSeparator || ';';
  if (!isSeparator(delimiter)) fail('PARAM_INVALID', badSeparator, { path: 'columnSeparator' });
  return new Promise((resolve, reject) => {
    // A return alone ends a line for many readers, so it is quoted like every end of a line.
    stringify(rows, { delimiter, record_delimiter: '\n', quoted_match: /[\r\n]/, eof: false }, (error, output) => (error ? reject(error) : resolve(Buffer.from(`\ufeff${output}`))));
  });
}

async function xlsx(file: ExportFile): Promise<Uint8Array> {
  const { default: excel } = await import('exceljs'); // large, and most workers never need it
  const workbook = new excel.Workbook();
  const sheet = workbook.addWorksheet(sheetName(file.worksheetName));
  sheet.addRow(file.columns.map((each) => xmlText(safeText(each))));
  for (const [place, row] of file.rows.entries()) sheet.addRow(row.map((value) => excelCell(value, place + 2)));
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

/** What Excel does not take in a name is left out; "History" is its own. */
function sheetName(wanted: string): string {
  const name = wanted.replaceAll(/[*?:\\/[\]\p{Cc}]/gu, ' ').trim().slice(0, 31).replaceAll(/^'+|'+$/g, '').trim();
  return name === '' ? 'Sheet1' : /^history$/i.test(name) ? `${name}_` : name;
}

const longestCell = 32_767;

function excelCell(value: Json, line: number): string | number | boolean | null {
  const shown = tableCell(value);
  if (typeof shown !== 'string') return shown;
  if (shown.length > longestCell) fail('LIMIT_EXCEEDED', text(`Line ${line} has a text of ${shown.length} characters; an Excel cell holds 32,767. Choose CSV or JSON, or leave the column out.`, `La ligne ${line} a un texte de ${shown.length} caractères ; une cellule Excel en contient 32 767. Choisissez CSV ou JSON, ou retirez la colonne.`));
  return xmlText(shown);
}

/** Characters that XML loses are written as Excel writes them, and what looks like one of those is kept apart from them. */
function xmlText(words: string): string {
  return words.replaceAll(/_x[0-9A-Fa-f]{4}_/g, (all) => `_x005F${all}`).replaceAll(/\p{Cc}/gu, (each) => {
    const code = each.charCodeAt(0);
    if (code >= 32 || each === '\t' || each === '\n') return each;
    return code === 0 ? '' : `_x${code.toString(16).padStart(4, '0').toUpperCase()}_`;
  });
}
