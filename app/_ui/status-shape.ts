/** Told apart by outline alone: colour is the third sign, never the first. */
export const shapes = ['idle', 'queued', 'running', 'waiting', 'retrying', 'succeeded', 'warning', 'failed', 'skipped', 'cancelled', 'disabled'] as const;
export type Shape = (typeof shapes)[number];

const same: Record<string, Shape> = { pending: 'queued', paused: 'waiting', reset: 'cancelled', quarantined: 'failed' };

/** Run and step statuses as they come; anything unknown is a dot. */
export function shapeOf(status: string): Shape {
  return shapes.find((each) => each === status) ?? (Object.hasOwn(same, status) ? same[status] : undefined) ?? 'idle';
}

export const shapeColour: Record<Shape, string> = {
  idle: 'text-status-skipped', queued: 'text-status-queued', running: 'text-status-running', waiting: 'text-status-waiting', retrying: 'text-status-retrying', succeeded: 'text-status-succeeded',
  warning: 'text-status-warning', failed: 'text-status-failed', skipped: 'text-status-skipped', cancelled: 'text-status-cancelled', disabled: 'text-status-skipped',
};
