import { readFileSync } from 'node:fs';
import { weatherCsv } from './flows';

/** What the weather flow must answer, computed from the file without any code of the product. */
export type MonthOfRain = { month: string; total: number };

export function rainByMonth(): MonthOfRain[] {
  const totals = new Map<string, number>();
  const [head = '', ...lines] = readFileSync(weatherCsv, 'utf8').trim().split(/\r?\n/);
  const columns = head.split(',');
  const at = (name: string) => columns.indexOf(name);
  for (const line of lines) {
    const cells = line.split(',');
    if (cells[at('weather')] !== 'rain') continue;
    const month = (cells[at('date')] ?? '').slice(0, 7);
    // Tenths of millimetres are whole numbers: no sum of ours can be off by a rounding.
    totals.set(month, (totals.get(month) ?? 0) + Math.round(Number(cells[at('precipitation')]) * 10));
  }
  return [...totals].map(([month, tenths]) => ({ month, total: tenths / 10 }));
}
