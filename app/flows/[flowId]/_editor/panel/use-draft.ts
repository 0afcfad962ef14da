'use client';
import { useState } from 'react';
import { useEditor } from '../editor-context';

/**
 * A text field's words while it has focus. The document is written on every change, but what comes back from it must
 * not move the caret, so the field shows its own words until it loses focus.
 */
export function useDraft(stored: string, write: (text: string) => void, editing?: (active: boolean) => void) {
  const { undo } = useEditor();
  const [draft, setDraft] = useState<string | null>(null);
  return {
    value: draft ?? stored,
    active: draft !== null,
    onFocus: () => { setDraft(stored); editing?.(true); },
    onBlur: () => { setDraft(null); undo?.stopCapturing(); editing?.(false); },
    change: (text: string) => { setDraft(text); write(text); },
  };
}
