import { sampleBytes, weatherFile } from './sample-file';

/** The weather of a day in Seattle as a small public API would tell it: what the sample that calls out calls. */
export type WeatherAnswer = { city: string; date: string; temp: { max: number; min: number }; rain_mm: number; wind: number; description: string };
let days: Map<string, WeatherAnswer> | null = null;

const lastDay = '2015-12-31';

/** null: this service knows Seattle only, from 2012 to 2015. */
export function weatherOf(city: string, date: string = lastDay): WeatherAnswer | null {
  days ??= read();
  return /^\s*seattle\b/i.test(city) ? (days.get(date) ?? null) : null;
}

function read(): Map<string, WeatherAnswer> {
  const [, ...rows] = Buffer.from(sampleBytes(weatherFile)).toString('utf8').trim().split(/\r?\n/);
  return new Map(rows.map((row) => {
    const [date = '', rain, max, min, wind, description = ''] = row.split(',');
    return [date, { city: 'Seattle', date, temp: { max: Number(max), min: Number(min) }, rain_mm: Number(rain), wind: Number(wind), description }];
  }));
}
