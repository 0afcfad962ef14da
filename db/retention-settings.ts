import { z } from 'zod';

/** How long a workspace keeps its runs; carried out by `removeOldRuns`. */
export const retentionSettings = z.object({
  /** Days a run is kept after its end; null: for good. */
  runDays: z.int().min(1).max(3_650).nullable(),
  archive: z.boolean(),
});
export type RetentionSettings = z.infer<typeof retentionSettings>;
