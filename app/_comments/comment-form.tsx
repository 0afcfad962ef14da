'use client';
import { useTranslations } from 'next-intl';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { Avatar } from '../_ui/avatar';
import { Button } from '../_ui/button';
import styles from './comments.module.css';
import { useMembers, type Member } from './use-members';

type Props = { label: string; placeholder: string; sendLabel: string; text?: string; autoFocus?: boolean; onSend: (text: string) => Promise<boolean>; onCancel?: () => void };
const longest = 4_000;

/** Text with `@name`: typing @ offers the people of the workspace. Ctrl and Enter sends. */
export function CommentForm({ label, placeholder, sendLabel, text = '', autoFocus = false, onSend, onCancel }: Props) {
  const t = useTranslations('comments');
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState(text);
  const [busy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(autoFocus);
  const [typed, setTyped] = useState<{ from: number; name: string } | null>(null);
  const [active, setActive] = useState(0);
  const members = useMembers(isOpen);
  const found = typed ? members.filter((each) => fold(each.name).includes(fold(typed.name))).slice(0, 6) : [];
  const look = (area: HTMLTextAreaElement): void => {
    const match = /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N} ._-]{0,40})$/u.exec(area.value.slice(0, area.selectionStart));
    setTyped(match ? { from: area.selectionStart - (match[1]?.length ?? 0), name: match[1] ?? '' } : null);
    setActive(0);
  };
  const insert = (member: Member): void => {
    if (!typed || !area.current) return;
    const before = `${draft.slice(0, typed.from)}${member.name} `;
    setDraft(before + draft.slice(typed.from + typed.name.length));
    setTyped(null);
    const field = area.current;
    requestAnimationFrame(() => { field.focus(); field.setSelectionRange(before.length, before.length); });
  };
  const send = async (): Promise<void> => {
    if (!draft.trim() || busy) return;
    setBusy(true);
    const done = await onSend(draft.trim());
    setBusy(false);
    if (done) setDraft('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const member = found[active];
    if (member && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive((active + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (member && !event.ctrlKey && !event.metaKey && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault();
      insert(member);
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Escape' && (typed || onCancel)) {
      event.stopPropagation();
      if (typed) setTyped(null);
      else onCancel?.();
    }
  };
  const isActive = isOpen || draft !== '';
  return (
    <form className={styles.form} onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <textarea
        ref={area} value={draft} rows={isActive ? 3 : 1} maxLength={longest} placeholder={placeholder} aria-label={label} autoFocus={autoFocus} role="combobox" aria-expanded={found.length > 0} aria-controls={`${id}-people`} aria-autocomplete="list"
        aria-activedescendant={found[active] ? `${id}-${found[active].id}` : undefined}
        onChange={(event) => { setDraft(event.target.value); look(event.target); }} onFocus={() => setOpen(true)} onBlur={() => { setTyped(null); setOpen(false); }} onClick={(event) => look(event.currentTarget)} onKeyDown={onKeyDown}
      />
      <ul id={`${id}-people`} role="listbox" aria-label={t('people')} className={styles.mentions} hidden={found.length === 0}>
        {found.map((member, place) => (
          <li key={member.id} id={`${id}-${member.id}`} role="option" aria-selected={place === active} onPointerDown={(event) => { event.preventDefault(); insert(member); }}><Avatar user={member} size={18} decorative />{member.name}</li>
        ))}
      </ul>
      {isActive && (
        <footer onPointerDown={(event) => event.preventDefault()}>
          <span>{draft.length > longest - 200 ? t('left', { count: longest - draft.length }) : t('hint')}</span>
          {onCancel && <Button size="sm" variant="ghost" onClick={onCancel}>{t('cancel')}</Button>}
          <Button size="sm" variant="primary" type="submit" disabled={!draft.trim() || busy}>{sendLabel}</Button>
        </footer>
      )}
    </form>
  );
}

const fold = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
