/** Every shortcut of the editor: what the handler obeys and the "?" dialog lists. `Mod` is Ctrl, or ⌘ on a Mac. */
export type Action =
  | 'addStep' | 'addStage' | 'addNote' | 'find' | 'run' | 'publish' | 'undo' | 'redo' | 'duplicate' | 'remove' | 'disable' | 'selectAll' | 'fit' | 'zoomIn' | 'zoomOut'
  | 'triggers' | 'palette' | 'shortcuts' | 'nextRegion' | 'escape' | 'eye';

export type Shortcut = { action: Action; keys: readonly string[]; group: 'edit' | 'select' | 'view' | 'run' };

export const shortcuts: readonly Shortcut[] = [
  { action: 'addStep', keys: ['A'], group: 'edit' }, { action: 'addStage', keys: ['S'], group: 'edit' }, { action: 'addNote', keys: ['N'], group: 'edit' },
  { action: 'undo', keys: ['Mod+Z'], group: 'edit' }, { action: 'redo', keys: ['Mod+Shift+Z', 'Mod+Y'], group: 'edit' },
  { action: 'duplicate', keys: ['Mod+D'], group: 'edit' }, { action: 'disable', keys: ['E'], group: 'edit' }, { action: 'remove', keys: ['Delete', 'Backspace'], group: 'edit' },
  { action: 'selectAll', keys: ['Mod+A'], group: 'select' }, { action: 'find', keys: ['Mod+F', '/'], group: 'select' }, { action: 'eye', keys: ['M'], group: 'select' }, { action: 'escape', keys: ['Escape'], group: 'select' },
  { action: 'nextRegion', keys: ['F6'], group: 'view' }, { action: 'fit', keys: ['Shift+1'], group: 'view' }, { action: 'zoomIn', keys: ['+', '='], group: 'view' }, { action: 'zoomOut', keys: ['-'], group: 'view' }, { action: 'shortcuts', keys: ['?'], group: 'view' },
  { action: 'run', keys: ['Mod+Enter'], group: 'run' }, { action: 'publish', keys: ['Mod+Shift+P'], group: 'run' },
];

/** Only shown in the list: the browser's own copy, cut and paste, and what the canvas and the shell handle. */
export const alsoListed = [
  { action: 'walk', keys: ['↑', '↓', '←', '→'], group: 'select' }, { action: 'open', keys: ['Enter'], group: 'select' }, { action: 'move', keys: ['Alt+↑', 'Alt+↓', 'Alt+←', 'Alt+→'], group: 'edit' },
  { action: 'clipboard', keys: ['Mod+C', 'Mod+X', 'Mod+V'], group: 'edit' }, { action: 'commands', keys: ['Mod+K'], group: 'view' },
] as const;

type Press = { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean; code: string };

export function actionOf(press: Press): Action | null {
  if (press.altKey) return null;
  return shortcuts.find((each) => each.keys.some((keys) => matches(keys, press)))?.action ?? null;
}

function matches(keys: string, press: Press): boolean {
  const parts = keys.length === 1 ? [keys] : keys.split('+');
  const key = parts.at(-1) ?? '';
  const wantsMod = parts.includes('Mod');
  const wantsShift = parts.includes('Shift');
  if (wantsMod !== (press.ctrlKey || press.metaKey)) return false;
  if (key === '1') return wantsShift === press.shiftKey && press.code === 'Digit1';
  // Signs such as "?" need Shift on some keyboards and not on others.
  if (!/^[A-Z]$/.test(key) && key.length === 1) return press.key === key;
  return wantsShift === press.shiftKey && press.key.toLowerCase() === key.toLowerCase();
}

/** Where a letter is a letter: the shortcut must not take it. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') !== null;
}
