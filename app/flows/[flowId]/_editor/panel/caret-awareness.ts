import type { Awareness } from 'y-protocols/awareness';
import { isJsonObject } from '#flow/json';

/**
 * The awareness as CodeMirror's binding reads it. The binding keeps carets under `cursor`, which here is the pointer on
 * the canvas, so carets travel under `caret`; and it colours by `color`.
 */
export function caretAwareness(awareness: Awareness) {
  return {
    doc: awareness.doc,
    clientID: awareness.clientID,
    getLocalState: () => asBinding(awareness.getLocalState()),
    getStates: () => new Map([...awareness.getStates()].map(([client, state]) => [client, asBinding(state)])),
    setLocalStateField: (field: string, value: unknown) => awareness.setLocalStateField(field === 'cursor' ? 'caret' : field, value),
    on: awareness.on.bind(awareness),
    off: awareness.off.bind(awareness),
  };
}

function asBinding(state: Record<string, unknown> | null): Record<string, unknown> | null {
  if (state === null) return null;
  const user = isJsonObject(state['user']) ? state['user'] : {};
  const colour = typeof user['colour'] === 'string' ? user['colour'] : 'var(--muted)';
  return { ...state, cursor: state['caret'] ?? null, user: { ...user, color: colour, colorLight: `color-mix(in oklab, ${colour} 22%, transparent)` } };
}
