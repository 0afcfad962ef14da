import { largestFileBytes } from '#db/files';
import { fail } from '#flow/failure';
import type { Table, TableOptions } from '#flow/steps/capabilities';
import { text, type Text } from '#flow/text';
import type { Row } from './cell-count';
import { readCsv } from './read-csv';
import { readJson } from './read-json';
import { readXlsx } from './read-xlsx';

/** Files as tables for the steps that read them (steps.md, import-file). */
const mostRows = 100_000;

export async function readTable(bytes: Uint8Array, options: TableOptions): Promise<Table> {
  if (bytes.byteLength > largestFileBytes) fail('FILE_TOO_LARGE', text(`The file has ${bytes.byteLength} bytes; 20 MB can be read at once. Split it.`, `Le fichier fait ${bytes.byteLength} octets ; on peut lire 20 Mo à la fois. Divisez-le.`));
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerRows = options.hasHeader ? 1 : 0;
  switch (options.fileType) {
    case 'csv':
      return withHeader(await readCsv(buffer, options, (rows) => refuseTooMany(rows - headerRows)), options.hasHeader, []);
    case 'xlsx': {
      const { rows, notes } = await readXlsx(buffer, options, (count) => refuseTooMany(count - headerRows));
      return withHeader(rows, options.hasHeader, notes);
    }
    case 'json': {
      const elements = readJson(buffer).slice(options.skipLines);
      refuseTooMany(elements.length);
      return { kind: 'elements', elements };
    }
  }
}

function withHeader(rows: Row[], hasHeader: boolean, notes: Text[]): Table {
  const told = notes.length > 0 ? { notes } : {};
  if (!hasHeader) return { kind: 'cells', header: [], rows, duplicateHeaders: [], ...told };
  const header = Array.from(rows[0]?.cells ?? [], (each) => String(each ?? '').trim());
  const [seen, twice] = [new Set<string>(), new Set<string>()];
  for (const name of header) if (name !== '') (seen.has(name) ? twice : seen).add(name);
  return { kind: 'cells', header, rows: rows.slice(1), duplicateHeaders: [...twice], ...told };
}

function refuseTooMany(rows: number): void {
  if (rows > mostRows) fail('LIMIT_EXCEEDED', text('The file has more than 100,000 rows. Split it.', 'Le fichier a plus de 100 000 lignes. Divisez-le.'));
}
