'use client';
import { createContext, use } from 'react';

/** What a `Field` tells the control inside it, so that label, help and error are read out with it. */
export type FieldLink = { controlId: string; describedBy: string | undefined; invalid: boolean; required: boolean };
export const FieldContext = createContext<FieldLink | null>(null);

type Given = { id?: string | undefined; 'aria-describedby'?: string | undefined; 'aria-invalid'?: boolean | 'true' | 'false' | 'grammar' | 'spelling' | undefined; required?: boolean | undefined };

export function useFieldLink(given: Given) {
  const field = use(FieldContext);
  return {
    id: given.id ?? field?.controlId,
    'aria-describedby': given['aria-describedby'] ?? field?.describedBy,
    'aria-invalid': (given['aria-invalid'] ?? field?.invalid) || undefined,
    'aria-required': (given.required ?? field?.required) || undefined,
  };
}
