/** Statuses of runs that are going on, as the API's filter takes them. */
export const openStatuses = 'queued,running,waiting,paused';
