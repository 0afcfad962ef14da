'use client';
import { useState } from 'react';
import { api, fieldErrors, type ApiFailure } from '../../_client/api';

/** Sends a form; what the server refuses is shown under the field it names, the rest as a line of its own. */
export function useSave(fields: readonly string[], onClose: () => void) {
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const refuse = (failure: ApiFailure) => {
    const found = fieldErrors(failure);
    const placed = Object.fromEntries(Object.entries(found).map(([path, message]) => [fields.find((each) => path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`)) ?? '', message]));
    setErrors(Object.keys(placed).length > 0 ? placed : { '': failure.message });
  };
  const save = async (path: string, method: 'POST' | 'PATCH', body: object) => {
    setBusy(true);
    const answer = await api(path, { method, body });
    setBusy(false);
    if (answer.ok) onClose();
    else refuse(answer.failure);
  };
  return { errors, busy, save, setErrors };
}
