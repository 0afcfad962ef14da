'use client';
import { useId, type ReactNode } from 'react';
import { FieldContext } from './field-context';
import { Icon } from './icon';

type Props = { label: ReactNode; help?: ReactNode; error?: ReactNode; required?: boolean; aside?: ReactNode; children: ReactNode; className?: string };

/** Label above, help or error below, all tied to the one control inside. `aside` stands at the right end of the label. */
export function Field({ label, help, error, required = false, aside, children, className = '' }: Props) {
  const id = useId();
  const wrong = error !== undefined && error !== null && error !== '';
  const hinted = help !== undefined && help !== null && help !== '';
  const describedBy = [wrong && `${id}-error`, hinted && `${id}-help`].filter(Boolean).join(' ');
  return (
    <div className={className}>
      <div className="mb-[5px] flex items-center gap-1.5 text-xs font-medium text-muted">
        <label htmlFor={`${id}-control`} className="min-w-0 truncate">{label}</label>
        {required && <span className="text-danger" aria-hidden>*</span>}
        {aside && <span className="ml-auto flex-none">{aside}</span>}
      </div>
      <FieldContext value={{ controlId: `${id}-control`, describedBy: describedBy || undefined, invalid: wrong, required }}>{children}</FieldContext>
      {wrong && (
        <p id={`${id}-error`} role="alert" className="mt-[5px] flex items-start gap-[5px] text-xs text-danger">
          <span className="mt-0.5"><Icon name="triangle-alert" size={12} /></span>
          <span className="min-w-0">{error}</span>
        </p>
      )}
      {hinted && <p id={`${id}-help`} className="mt-[5px] text-xs text-faint">{help}</p>}
    </div>
  );
}
