'use client';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useLocale } from 'next-intl';
import { useEffect, useRef } from 'react';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import { textOf } from '#flow/document';
import { localeOf } from '../../../../_run/duration';
import { useEditor } from '../editor-context';
import { caretAwareness } from './caret-awareness';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import type { ParamProps } from './param-field';

/** Code and long text: CodeMirror on the shared text, so that two people write in it at once and see each other's carets. */
export function CodeParam({ at, meta, value, id, describedBy }: ParamProps) {
  const { doc, awareness, undo } = useEditor();
  const { step, editable, onEditing } = usePanel();
  const locale = localeOf(useLocale());
  const host = useRef<HTMLDivElement>(null);
  const language = meta.widget === 'code' ? meta.language : null;
  const shared = doc && editable ? textOf(doc, step.id, at) : null;
  const label = meta.label[locale];
  const fallback = shared ? '' : typeof value === 'string' ? value : '';
  const editing = useRef(onEditing);
  editing.current = onEditing;
  useEffect(() => {
    if (!host.current) return;
    const binding: Extension = shared ? [yCollab(shared, awareness ? caretAwareness(awareness) : null, { undoManager: undo ?? false }), keymap.of(yUndoManagerKeymap)] : [history(), EditorState.readOnly.of(true), EditorView.editable.of(false)];
    const attributes: Record<string, string> = { id, 'aria-label': label, ...(describedBy ? { 'aria-describedby': describedBy } : {}) };
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: shared?.toString() ?? fallback,
        extensions: [
          binding, keymap.of([...defaultKeymap, ...historyKeymap]), language ? [keymap.of([indentWithTab]), lineNumbers(), bracketMatching(), syntaxHighlighting(defaultHighlightStyle, { fallback: true })] : [],
          language === 'json' ? [json(), badLine] : [], EditorView.lineWrapping, EditorView.contentAttributes.of(attributes),
          EditorView.focusChangeEffect.of((_state, focused) => { editing.current(focused ? at : null); return null; }),
        ],
      }),
    });
    return () => view.destroy();
  }, [shared, awareness, undo, fallback, language, label, id, describedBy, at]);
  return <div ref={host} className={styles.code} data-language={language ?? 'text'} />;
}

/** Marks the line where the JSON stops being JSON. */
const badLine = EditorView.decorations.compute(['doc'], (state) => {
  const at = jsonErrorAt(state.doc.toString());
  return at === null ? Decoration.none : Decoration.set([Decoration.line({ class: 'cm-bad-line' }).range(state.doc.lineAt(Math.min(at, state.doc.length)).from)]);
});

function jsonErrorAt(text: string): number | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const place = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    return place === undefined ? text.length : Number(place);
  }
}
