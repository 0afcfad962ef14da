import { splitTarget } from '../../../convert';
import { fieldNameOf, getterOf } from '../../../evaluate';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import type { ModelSchema } from '../../../model-schema';
import { text } from '../../../text';
import type { Item } from '../../capabilities';
import { columnSeparator, separatorProblems } from '../../column-separator';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';

export const exportToFile = defineDataflowStep(
  {
    fileType: field.choice(text('Output file type', 'Type du fichier de sortie'), [
      { value: 'xlsx', label: text('Excel (xlsx)', 'Excel (xlsx)') }, { value: 'csv', label: text('CSV', 'CSV') }, { value: 'json', label: text('JSON', 'JSON') },
    ], { required: true, default: 'xlsx' }),
    fileName: field.value(text('File name', 'Nom du fichier'), { required: true, help: text('The extension is added when missing.', 'L’extension est ajoutée si elle manque.') }),
    columnSeparator,
    worksheetName: field.text(text('Worksheet name', 'Nom de la feuille'), { default: 'Sheet1', maxLength: 31, showWhen: { param: 'fileType', in: ['xlsx'] } }),
    fieldsMapping: field.mapping(text('Fields mapping', 'Mappage des champs'), {
      target: { kind: 'column' }, addLabel: text('Add column', 'Ajouter une colonne'), help: text('One column a row, in this order; none means all plain fields.', 'Une colonne par ligne, dans cet ordre ; aucune : tous les champs simples.'),
    }),
    resultField: field.newField(text('Result field', 'Champ résultat'), { default: 'fileId' }),
  },
  {
    id: 'export-to-file', group: 'output', class: 'effect', version: 1, icon: 'file-output', sources: 'one', cardinality: 'n→1', runsEmpty: true,
    title: text('Export to file', 'Exporter vers fichier'), summary: text('Write items as csv, xlsx or json', 'Écrit les éléments en csv, xlsx ou json'),
    help: text(
      'Writes all items into one file with a header row. Without items the file holds the header only. Objects and arrays become JSON text, references their name; text that a spreadsheet would run as a formula is escaped. 1 MB at most, unless the workspace allows more.',
      'Écrit tous les éléments dans un fichier avec une ligne d’en-tête. Sans élément, le fichier n’a que l’en-tête. Objets et tableaux deviennent du texte JSON, les références leur nom ; le texte qu’un tableur exécuterait comme formule est neutralisé. 1 Mo au plus, sauf si l’espace en permet davantage.'),
    errors: ['FILE_TOO_LARGE', 'PARAM_INVALID'],
    examples: [],
    foot: ({ fileName, fileType }) => {
      const name = fileName && 'const' in fileName ? String(fileName.const ?? '') : (fileType ?? '');
      return text(name, name);
    },
    problems: (params) => separatorProblems(params.columnSeparator, params.fileType ?? 'xlsx'),
    outputSchema: ({ resultField }) => ({
      cardinality: 'one', open: false, fields: { [fieldNameOf(resultField, 'fileId')]: { type: 'string' }, fileName: { type: 'string' }, size: { type: 'integer' }, rows: { type: 'integer' } },
    }),
    run: async (params, { source }, use) => {
      const columns = params.fieldsMapping?.length
        ? params.fieldsMapping.map((row) => ({ title: splitTarget(row.target).name, get: getterOf(row.value, use) }))
        : (source.items.length > 0 ? scalarFields(source.items) : declaredFields(await use.sourceSchema())).map((name) => ({ title: name, get: (item: Item): Json => item[name] ?? null }));
      const first = source.items[0] ?? {};
      const name = params.fileName ? getterOf(params.fileName, use)(first, source.items) : null;
      if (name === null || name === '' || typeof name === 'object') fail('PARAM_REQUIRED', text('The file name is empty. Give a name such as "report".', 'Le nom du fichier est vide. Donnez un nom comme « rapport ».'), { path: 'fileName' });
      if (/[\\/:*?"<>|]|\p{Cc}/u.test(String(name)) || String(name).length > 200) fail('PARAM_INVALID', text(`"${String(name).slice(0, 60)}" cannot be a file name. Leave out / \\ : * ? " < > | and keep it short.`, `« ${String(name).slice(0, 60)} » ne peut être un nom de fichier. Retirez / \\ : * ? " < > | et restez court.`), { path: 'fileName' });
      const rows = source.items.map((item) => columns.map((column) => column.get(item, source.items)));
      const result = await use.effect(0, (scope) => scope.writeFile({
        fileType: params.fileType ?? 'xlsx', fileName: String(name), columnSeparator: params.columnSeparator ?? ';', worksheetName: params.worksheetName ?? 'Sheet1', columns: columns.map((column) => column.title), rows,
      }));
      const { fileId, fileName, size } = result;
      return { kind: 'items', items: [{ [fieldNameOf(params.resultField, 'fileId')]: fileId, fileName, size, rows: rows.length }], many: false };
    },
  },
);

/** Without items the model says which columns there would be. */
function declaredFields({ fields }: ModelSchema): string[] {
  return Object.entries(fields).flatMap(([name, { type }]) => (['array', 'object', 'catalog', 'file'].includes(type) ? [] : [name]));
}

/** Names of the plain fields, in order of first appearance. */
function scalarFields(items: readonly Item[]): string[] {
  const names = new Set<string>();
  for (const item of items) for (const [name, value] of Object.entries(item)) if (value === null || typeof value !== 'object') names.add(name);
  return [...names];
}
