import { z } from 'zod';
import { id } from './id';
import { instanceFilters } from './instance-state';
import { runStatuses } from './run-state';
import { filter } from './value';

/** What may be asked for as a file: all runs, or all entries of a component, that a filter lets through. */
const time = z.iso.datetime({ offset: true });
export const exportRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('runs'),
    flowId: id.optional(), componentId: id.optional(), status: z.array(z.enum(runStatuses)).min(1).max(runStatuses.length).optional(), startedBy: id.optional(), trigger: z.string().max(40).optional(),
    from: time.optional(), to: time.optional(), q: z.string().max(200).optional(),
  }),
  z.strictObject({ kind: z.literal('entries'), componentId: id, filter: filter.optional(), search: z.string().max(200).optional(), instanceState: z.array(z.enum(instanceFilters)).min(1).max(instanceFilters.length).optional() }),
]);
export type ExportRequest = z.infer<typeof exportRequest>;

export const exportStates = ['preparing', 'ready', 'failed'] as const;
export type ExportState = (typeof exportStates)[number];
