/** The shape that tells each state of a workflow instance. */
export const instanceShapes = { draft: 'idle', running: 'running', waiting: 'waiting', finished: 'succeeded', failed: 'failed', cancelled: 'cancelled' } as const;
