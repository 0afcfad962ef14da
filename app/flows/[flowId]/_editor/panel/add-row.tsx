'use client';
import { Icon } from '../../../../_ui/icon';
import styles from './panel.module.css';

export function AddRow({ label, onAdd }: { label: string; onAdd: () => void }) {
  return <button type="button" className={styles.addRow} onClick={onAdd}><Icon name="plus" size={13} />{label}</button>;
}
