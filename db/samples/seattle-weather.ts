import { flowDefinition, type FlowDefinition } from '#flow/flow';
import { text, type Text } from '#flow/text';
import type { NewComponent } from '../components';

type Say = (words: Text) => string;

export function weatherComponent(say: Say): NewComponent {
  return {
    title: say(text('Seattle weather', 'Météo de Seattle')),
    fields: [
      { name: 'file', title: say(text('CSV file', 'Fichier CSV')), type: 'file', required: true, accept: ['.csv'] },
      { name: 'station', title: say(text('Weather station', 'Station météo')), type: 'string' },
      { name: 'first_day', title: say(text('First day', 'Premier jour')), type: 'date', query: true },
      { name: 'last_day', title: say(text('Last day', 'Dernier jour')), type: 'date', query: true },
    ],
    settings: { icon: 'cloud-rain', description: say(text(
      'Four years of daily weather in one CSV file, and a dataflow that totals the rain of each month.\nOpen the flow and press Run: it needs no input and no network.',
      'Quatre ans de météo quotidienne dans un fichier CSV, et un flux qui totalise la pluie de chaque mois.\nOuvrez le flux et lancez-le : il n’a besoin ni d’entrée ni de réseau.')) },
  };
}

/** Needs no input, so that it runs with one click: the file stands in the second step. */
export function rainByMonth(say: Say, file: { id: string; name: string; size: number; mimeType: string }): FlowDefinition {
  const step = (id: string, type: string, name: Text, source: string | null, params: object = {}) => ({ id, type, name: say(name), ...(source === null ? {} : { sources: { source } }), params });
  return flowDefinition.parse({
    schema: 1, kind: 'dataflow', name: say(text('Rain by month', 'Pluie par mois')),
    settings: { description: say(text(
      'Reads four years of daily weather, keeps the days with rain and totals them by month.\nAnswers with the table and writes it to an Excel file; needs no input and no network.',
      'Lit quatre ans de météo quotidienne, garde les jours de pluie et les totalise par mois.\nRépond avec le tableau et l’écrit dans un fichier Excel ; sans entrée ni réseau.')) },
    lanes: [{ id: 'main', stages: [
      { id: 'stg_read', name: say(text('Read the file', 'Lire le fichier')), steps: [
        step('stp_start', 'get-empty-model', text('No input needed', 'Sans entrée'), null),
        step('stp_file', 'transform-model', text('Weather file', 'Fichier météo'), 'stp_start', { fieldsMapping: [{ target: 'file@file', value: { const: file } }] }),
        step('stp_read', 'import-file', text('Read the days', 'Lire les jours'), 'stp_file', {
          fileField: 'file', columnSeparator: ',',
          fieldsMapping: [
            { target: 'date@date', value: { column: 'date' } }, { target: 'rain@number', value: { column: 'precipitation' } },
            { target: 'warmest@number', value: { column: 'temp_max' } }, { target: 'weather', value: { column: 'weather' } },
          ],
        }),
      ] },
      { id: 'stg_keep', name: say(text('Keep the rain', 'Garder la pluie')), steps: [
        step('stp_rain', 'filter-source', text('Only days with rain', 'Seuls les jours de pluie'), 'stp_read', { srcField: 'rain', operator: 'greater', filterValue: { const: 0 } }),
        step('stp_month', 'transform-model', text('Name the month', 'Nommer le mois'), 'stp_rain', { fieldsMapping: [
          { target: 'month@string', value: { expr: 'item.date.substring(0, 7)' } }, { target: 'rain', value: { field: 'rain' } }, { target: 'warmest', value: { field: 'warmest' } },
        ] }),
      ] },
      { id: 'stg_total', name: say(text('Total each month', 'Totaliser chaque mois')), steps: [
        step('stp_group', 'group-by', text('Gather by month', 'Rassembler par mois'), 'stp_month', { keys: ['month'], itemsField: 'days' }),
        step('stp_sum', 'calculate-array', text('Rain of the month', 'Pluie du mois'), 'stp_group', { operations: [
          { op: 'sum', arrayField: 'days', valueField: 'rain', resultField: 'rain_mm' }, { op: 'max', arrayField: 'days', valueField: 'rain', resultField: 'wettest_mm' },
          { op: 'max', arrayField: 'days', valueField: 'warmest', resultField: 'warmest_c' },
        ] }),
        step('stp_table', 'transform-model', text('One row a month', 'Une ligne par mois'), 'stp_sum', { fieldsMapping: [
          { target: 'month', value: { field: 'month' } }, { target: 'rainy_days@integer', value: { expr: 'size(item.days)' } }, { target: 'rain_mm', value: { field: 'rain_mm' } },
          { target: 'wettest_mm', value: { field: 'wettest_mm' } }, { target: 'warmest_c', value: { field: 'warmest_c' } },
        ] }),
      ] },
      { id: 'stg_give', name: say(text('Give the result', 'Donner le résultat')), steps: [
        step('stp_answer', 'write-response', text('Answer with the table', 'Répondre avec le tableau'), 'stp_table'),
        step('stp_excel', 'export-to-file', text('Excel file of the table', 'Fichier Excel du tableau'), 'stp_table', {
          fileName: { const: say(text('rain-by-month', 'pluie-par-mois')) }, worksheetName: say(text('Rain by month', 'Pluie par mois')),
        }),
      ] },
    ] }],
  });
}
