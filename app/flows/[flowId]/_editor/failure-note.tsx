'use client';
import type { ApiFailure } from '../../../_client/api';
import { StatusMark } from '../../../_ui/status-mark';
import styles from './editor.module.css';

/** What the server refused, with its details line by line. */
export function FailureNote({ failure }: { failure: ApiFailure }) {
  const details = Array.isArray(failure.details) ? failure.details.flatMap((each: unknown) => (typeof each === 'object' && each !== null && 'message' in each ? [String(each.message)] : [])) : [];
  return (
    <div className={styles.failure} role="alert">
      <StatusMark status="failed" size={14} />
      <div>{failure.message}{details.length > 0 && <ul>{details.slice(0, 8).map((each) => <li key={each}>{each}</li>)}</ul>}</div>
    </div>
  );
}
