import type { NewComponent } from '../components';
import { flowDefinition, type FlowDefinition } from '#flow/flow';

export const weatherComponent: NewComponent = {
  title: 'Seattle weather',
  fields: [
    { name: 'file', title: 'CSV file', type: 'file', required: true, accept: ['.csv'] },
    { name: 'station', title: 'Station', type: 'string' },
    { name: 'from', title: 'From', type: 'date', query: true },
    { name: 'to', title: 'To', type: 'date', query: true },
  ],
  settings: { icon: 'cloud-rain', description: 'Four years of daily weather in one CSV file, and a dataflow that totals the rain of each month.\nOpen the flow and press Run: it needs no input and no network.' },
};

/** Needs no input, so that Run works with one click: the file stands in the second step. */
export function rainByMonth(file: { id: string; name: string; size: number; mimeType: string }): FlowDefinition {
  return flowDefinition.parse({
    schema: 1, kind: 'dataflow', name: 'Rain by month',
    settings: { description: 'Reads four years of daily weather, keeps the days with rain and totals them by month.\nAnswers with the table and writes it to an Excel file; needs no input and no network.' },
    lanes: [{ id: 'main', stages: [
      { id: 'stg_input', name: 'Input', steps: [
        { id: 'stp_start', type: 'get-empty-model', name: 'Start' },
        { id: 'stp_file', type: 'transform-model', name: 'Weather file', sources: { source: 'stp_start' }, params: { fieldsMapping: [{ target: 'file@file', value: { const: file } }] } },
        { id: 'stp_read', type: 'import-file', name: 'Read the days', sources: { source: 'stp_file' }, params: {
          fileField: 'file', columnSeparator: ',',
          fieldsMapping: [
            { target: 'date@date', value: { column: 'date' } }, { target: 'rain@number', value: { column: 'precipitation' } },
            { target: 'warmest@number', value: { column: 'temp_max' } }, { target: 'weather', value: { column: 'weather' } },
          ],
        } },
      ] },
      { id: 'stg_select', name: 'Select', steps: [
        { id: 'stp_rain', type: 'filter-source', name: 'Days with rain', sources: { source: 'stp_read' }, params: { srcField: 'rain', operator: 'greater', filterValue: { const: 0 } } },
        { id: 'stp_month', type: 'transform-model', name: 'Name the month', sources: { source: 'stp_rain' }, params: { fieldsMapping: [
          { target: 'month@string', value: { expr: 'item.date.substring(0, 7)' } }, { target: 'rain', value: { field: 'rain' } }, { target: 'warmest', value: { field: 'warmest' } },
        ] } },
      ] },
      { id: 'stg_totals', name: 'Totals', steps: [
        { id: 'stp_group', type: 'group-by', name: 'By month', sources: { source: 'stp_month' }, params: { keys: ['month'], itemsField: 'days' } },
        { id: 'stp_sum', type: 'calculate-array', name: 'Totals', sources: { source: 'stp_group' }, params: { operations: [
          { op: 'sum', arrayField: 'days', valueField: 'rain', resultField: 'rain_mm' }, { op: 'max', arrayField: 'days', valueField: 'rain', resultField: 'wettest_mm' },
          { op: 'max', arrayField: 'days', valueField: 'warmest', resultField: 'warmest_c' },
        ] } },
        { id: 'stp_table', type: 'transform-model', name: 'Table', sources: { source: 'stp_sum' }, params: { fieldsMapping: [
          { target: 'month', value: { field: 'month' } }, { target: 'rainy_days@integer', value: { expr: 'size(item.days)' } }, { target: 'rain_mm', value: { field: 'rain_mm' } },
          { target: 'wettest_mm', value: { field: 'wettest_mm' } }, { target: 'warmest_c', value: { field: 'warmest_c' } },
        ] } },
      ] },
      { id: 'stg_output', name: 'Output', steps: [
        { id: 'stp_answer', type: 'write-response', name: 'Answer with the table', sources: { source: 'stp_table' } },
        { id: 'stp_excel', type: 'export-to-file', name: 'Excel file', sources: { source: 'stp_table' }, params: { fileName: { const: 'rain-by-month' }, worksheetName: 'Rain by month' } },
      ] },
    ] }],
  });
}
