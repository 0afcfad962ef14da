import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const weatherFile = 'seattle-weather.csv';

/** Beside this file in the sources; below the package's root when bundled, which is also where the product is started. */
export function sampleBytes(name: string): Uint8Array {
  const folders = [/* turbopackIgnore: true */ process.cwd()];
  for (let folder = dirname(fileURLToPath(import.meta.url)), up = 0; up < 5; up++, folder = dirname(folder)) folders.unshift(folder);
  for (const folder of folders) {
    for (const path of [join(/* turbopackIgnore: true */ folder, name), join(/* turbopackIgnore: true */ folder, 'samples', name), join(/* turbopackIgnore: true */ folder, 'db', 'samples', name)]) {
      if (existsSync(/* turbopackIgnore: true */ path)) return readFileSync(/* turbopackIgnore: true */ path);
    }
  }
  throw new Error(`the sample file db/samples/${name} is missing from this installation`);
}
