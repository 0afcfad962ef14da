import { splitTarget } from '../../../convert';
import { typed } from '../../../evaluate';
import { fail, FailureError } from '../../../failure';
import { isJsonObject, type Json } from '../../../json';
import type { ModelField } from '../../../model-schema';
import { readPath } from '../../../path';
import { fieldOfTarget } from '../../../schema-of';
import { text } from '../../../text';
import type { CellMappingRow } from '../../../value';
import type { Item, StepUse, Table } from '../../capabilities';
import { columnSeparator, separatorProblems } from '../../column-separator';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

export const importFile = defineDataflowStep(
  {
    fileField: field.path(text('File info field', 'Champ du fichier'), { required: true, help: text('A file, or the id of one.', 'Un fichier, ou l’identifiant d’un fichier.') }),
    fileType: field.choice(text('Input file type', 'Type du fichier'), [
      { value: 'csv', label: text('CSV', 'CSV') }, { value: 'xlsx', label: text('Excel (xlsx)', 'Excel (xlsx)') }, { value: 'json', label: text('JSON', 'JSON') },
    ], { required: true, default: 'csv' }),
    columnSeparator,
    skipLines: field.number(text('First lines to ignore', 'Premières lignes à ignorer'), { integer: true, min: 0, max: 100_000, default: 0 }),
    hasHeader: field.flag(text('First row is a header', 'La première ligne est un en-tête'), { default: true, showWhen: { param: 'fileType', in: ['csv', 'xlsx'] } }),
    worksheet: field.text(text('Worksheet', 'Feuille'), { showWhen: { param: 'fileType', in: ['xlsx'] }, help: text('The first one when empty.', 'La première si vide.') }),
    onRowError: field.choice(text('On row error', 'En cas d’erreur de ligne'), [
      { value: 'fail', label: text('Stop', 'Arrêter') }, { value: 'skip', label: text('Skip the row', 'Sauter la ligne') },
    ], { default: 'fail' }),
    fieldsMapping: field.columnMapping(text('Fields mapping', 'Mappage des champs'), {
      required: true, target: { kind: 'newField' }, addLabel: text('Add column', 'Ajouter une colonne'),
      help: text('Column name, letter (B) or number; for JSON a path in each element.', 'Nom de colonne, lettre (B) ou numéro ; pour JSON un chemin dans chaque élément.'),
    }),
  },
  {
    id: 'import-file', group: 'input', class: 'read', version: 1, icon: 'file-input', sources: 'one', cardinality: '1→n',
    title: text('Import file', 'Importer fichier'), summary: text('One item per row of a csv, xlsx or json', 'Un élément par ligne d’un csv, xlsx ou json'),
    help: text(
      'Reads a CSV, Excel or JSON file and gives one item per row. Values are converted to the type of their target ("rain@number"); an empty cell is null; "$row" is the number of the data row. More than 100,000 rows are refused before any is given.',
      'Lit un fichier CSV, Excel ou JSON et donne un élément par ligne. Les valeurs sont converties au type de leur cible (« rain@number ») ; une cellule vide vaut null ; « $row » est le numéro de la ligne. Plus de 100 000 lignes sont refusées avant d’en donner une.'),
    errors: ['FILE_NOT_FOUND', 'FILE_TYPE', 'FILE_TOO_LARGE', 'PARSE_ERROR', 'TYPE_MISMATCH', 'FIELD_MISSING'],
    examples: [],
    foot: ({ fileType, fieldsMapping }) => text(`${fileType} · ${fieldsMapping?.length ?? 0} columns`, `${fileType} · ${fieldsMapping?.length ?? 0} colonnes`),
    problems: (params) => separatorProblems(params.columnSeparator, params.fileType ?? 'csv'),
    outputSchema: ({ fieldsMapping }, { source }) => {
      const fields: Record<string, ModelField> = {};
      for (const row of fieldsMapping ?? []) {
        const made = fieldOfTarget(row.target, row.value, source);
        fields[made.name] = made.field;
      }
      fields['$row'] = { type: 'integer' };
      return { cardinality: 'many', open: false, fields };
    },
    run: async (params, { source }, use) => {
      const plan: Plan = { rows: params.fieldsMapping ?? [], skip: params.onRowError === 'skip' };
      return perItem(source, use, async (item) => {
        const fileId = idOf(readPath(item, params.fileField ?? ''), params.fileField ?? '');
        const table = await use.readTable(fileId, {
          fileType: params.fileType ?? 'csv', columnSeparator: params.columnSeparator ?? ';', skipLines: params.skipLines ?? 0, hasHeader: params.hasHeader ?? true, worksheet: params.worksheet ?? null,
        });
        return itemsOf(table, plan, use);
      }, true);
    },
  },
);

type Plan = { rows: readonly CellMappingRow[]; skip: boolean };

function idOf(value: Json, path: string): string {
  const id = isJsonObject(value) ? (value['id'] ?? null) : value;
  if (typeof id === 'string' && id !== '') return id;
  return fail('FILE_NOT_FOUND', text(`"${path}" holds no file. Give a file, or the id of one.`, `« ${path} » ne contient pas de fichier. Donnez un fichier, ou son identifiant.`), { path });
}

function itemsOf(table: Table, plan: Plan, use: StepUse): Item[] {
  if (table.kind === 'cells' && table.duplicateHeaders.length > 0) use.warn(text(`Headers that stand twice, the first one counts: ${table.duplicateHeaders.join(', ')}.`, `En-têtes en double, le premier compte : ${table.duplicateHeaders.join(', ')}.`));
  if (table.kind === 'cells') for (const each of table.notes ?? []) use.warn(each);
  const count = table.kind === 'cells' ? table.rows.length : table.elements.length;
  if (count === 0 && (table.kind === 'elements' || table.header.length === 0)) return [];
  const targets = plan.rows.map((row) => ({ ...splitTarget(row.target), read: cellReader(row, table) }));
  const items: Item[] = [];
  for (let place = 0; place < count; place++) {
    try {
      const item: Item = {};
      for (const target of targets) item[target.name] = typed(target.read(place), target.type ?? undefined, target.name);
      item['$row'] = place + 1;
      items.push(item);
    } catch (error) {
      const located = rowError(error, table, place);
      if (!plan.skip) throw located;
      use.warn(located.failure.text);
    }
  }
  return items;
}

function rowError(error: unknown, table: Table, place: number): FailureError {
  if (!(error instanceof FailureError)) throw error;
  const line = table.kind === 'cells' ? (table.rows[place]?.line ?? place + 1) : place + 1;
  const { failure } = error;
  return new FailureError({
    ...failure, message: `Row ${place + 1} (line ${line}): ${failure.message}`, text: text(`Row ${place + 1} (line ${line}): ${failure.text.en}`, `Ligne ${place + 1} (ligne ${line} du fichier) : ${failure.text.fr}`),
    details: { row: place + 1, line, column: failure.path ?? null },
  }, { cause: error });
}

function cellReader(row: CellMappingRow, table: Table): (place: number) => Json {
  if ('const' in row.value) {
    const value = row.value.const;
    return () => value;
  }
  const wanted = 'column' in row.value ? row.value.column : 'field' in row.value ? row.value.field : '';
  if (table.kind === 'elements') {
    return (place) => {
      const element = table.elements[place] ?? null;
      return readPath(isJsonObject(element) ? element : { value: element }, String(wanted));
    };
  }
  const column = columnIndex(wanted, table);
  if (column === null) {
    return fail('FIELD_MISSING', text(
      `The file has no column "${wanted}" (it has ${table.header.slice(0, 12).join(', ') || `${widthOf(table)} columns and no header`}). Check the name, the separator and the header row.`,
      `Le fichier n’a pas de colonne « ${wanted} » (il a ${table.header.slice(0, 12).join(', ') || `${widthOf(table)} colonnes sans en-tête`}). Vérifiez le nom, le séparateur et la ligne d’en-tête.`), { path: String(wanted) });
  }
  return (place) => {
    const cell = table.rows[place]?.cells[column] ?? null;
    return cell === '' ? null : cell;
  };
}

type Cells = Extract<Table, { kind: 'cells' }>;

/** By header first, then as a letter (B), then as a 1-based number; beyond the header, or the widest row, there is no column. */
function columnIndex(wanted: string | number, table: Cells): number | null {
  const named = table.header.indexOf(String(wanted));
  if (typeof wanted === 'string' && wanted !== '' && named >= 0) return named;
  const place = numbered(wanted);
  return place === null || place >= widthOf(table) ? null : place;
}

const widthOf = ({ header, rows }: Cells) => (header.length > 0 ? header.length : rows.reduce((widest, row) => Math.max(widest, row.cells.length), 0));

function numbered(wanted: string | number): number | null {
  if (typeof wanted === 'number' || /^[1-9]\d{0,5}$/.test(wanted)) return Number(wanted) - 1;
  if (!/^[A-Z]{1,3}$/.test(wanted)) return null;
  return [...wanted].reduce((total, letter) => total * 26 + (letter.charCodeAt(0) - 64), 0) - 1;
}
