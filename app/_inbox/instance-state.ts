/** States of a workflow instance and the shape each is told by. */
export const instanceStates = ['draft', 'running', 'waiting', 'finished', 'failed', 'cancelled'] as const;
export const instanceShapes = { draft: 'idle', running: 'running', waiting: 'waiting', finished: 'succeeded', failed: 'failed', cancelled: 'cancelled' } as const;
