/** States of a workflow instance, in the order they are gone through. */
export const instanceStates = ['draft', 'running', 'waiting', 'finished', 'failed', 'cancelled'] as const;
export type InstanceState = (typeof instanceStates)[number];

/** What entries are filtered by: the state of their newest instance, or that no workflow has worked on them. */
export const instanceFilters = [...instanceStates, 'none'] as const;
export type InstanceFilter = (typeof instanceFilters)[number];
