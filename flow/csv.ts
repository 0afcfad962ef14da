import { isReference } from './compare';
import type { Json } from './json';

/** Cells and rows of tables for people: what a spreadsheet would take for a formula is preceded by an apostrophe. */
export type TableCell = string | number | boolean | null;

export function safeText(value: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
}

/** Null is an empty cell, a reference its name, other objects and lists JSON text. */
export function tableCell(value: Json): TableCell {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return safeText(value);
  return safeText(isReference(value) ? String(value['name'] ?? value['id'] ?? '') : JSON.stringify(value));
}

/** Comma-separated rows (RFC 4180), each with its line end. */
export function csvRows(rows: readonly (readonly Json[])[]): string {
  return rows.map((row) => `${row.map((value) => quoted(String(tableCell(value) ?? ''))).join(',')}\r\n`).join('');
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** By it spreadsheets know UTF-8. */
export const byteOrderMark = '\ufeff';
