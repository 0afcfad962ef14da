import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { fail } from '#flow/failure';
import { badSeparator, isSeparator } from '#flow/steps/column-separator';
import { text } from '#flow/text';
import { CellCount, type Row } from './cell-count';
import { decoded } from './decoded';

type Options = { columnSeparator: string; skipLines: number };
const pieceLength = 64 * 1024;

/** Lines may end in CR, LF or both, in one file too; a row takes several where a quoted cell does. */
export async function readCsv(bytes: Buffer, { columnSeparator, skipLines }: Options, full: (rows: number) => void): Promise<Row[]> {
  const delimiter = columnSeparator || ';';
  if (!isSeparator(delimiter)) fail('PARAM_INVALID', badSeparator, { path: 'columnSeparator' });
  const content = decoded(bytes);
  const start = afterLines(content, skipLines);
  const parser = parse({ delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, skip_empty_lines: true, info: true, relax_quotes: false });
  // In pieces, so that a large file leaves room for the other runs of this worker.
  const pieces = function* () {
    for (let at = start; at < content.length; at += pieceLength) yield content.slice(at, at + pieceLength);
  };
  const rows: Row[] = [];
  const count = new CellCount();
  try {
    for await (const each of Readable.from(pieces()).pipe(parser)) {
      const { record, info }: { record: string[]; info: { lines: number } } = each;
      count.add(record.length);
      rows.push({ line: info.lines + skipLines, cells: record });
      full(rows.length);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = ('lines' in error && typeof error.lines === 'number' ? error.lines : 1) + skipLines;
    const { en, fr } = reasonOf(error);
    fail('PARSE_ERROR', text(`The file cannot be read as CSV (line ${line}): ${en}`, `Le fichier est illisible comme CSV (ligne ${line}) : ${fr}`), { details: { line } });
  }
  return rows;
}

function reasonOf(error: CsvError) {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return text('a quote is opened and never closed. Close it, or double a quote that belongs to the text.', 'un guillemet est ouvert et jamais fermé. Fermez-le, ou doublez un guillemet qui fait partie du texte.');
    case 'INVALID_OPENING_QUOTE':
      return text('a quote stands inside a cell that does not begin with one. Put the whole cell in quotes and double those inside.', 'un guillemet se trouve dans une cellule qui ne commence pas par un guillemet. Mettez toute la cellule entre guillemets et doublez ceux qu’elle contient.');
    case 'CSV_INVALID_CLOSING_QUOTE':
      return text('something stands between a closing quote and the separator. Double a quote that belongs to the text, and check the separator.', 'quelque chose se trouve entre un guillemet fermant et le séparateur. Doublez un guillemet qui fait partie du texte, et vérifiez le séparateur.');
    default:
      return text(`${error.message}.`, `${error.message}.`);
  }
}

/** Where the file goes on after so many lines, whatever these hold. */
function afterLines(content: string, lines: number): number {
  const end = /\r\n|\n|\r/g;
  for (let line = 0; line < lines; line++) if (end.exec(content) === null) return content.length;
  return lines === 0 ? 0 : end.lastIndex;
}
