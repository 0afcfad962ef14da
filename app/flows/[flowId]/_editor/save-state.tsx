'use client';
import { useTranslations } from 'next-intl';
import type { FlowStatus } from '../../../_client/collab-provider';
import { Icon } from '../../../_ui/icon';
import styles from './editor.module.css';

/** Where my edits are: committed, on their way, or kept here. Words and shape, never colour alone. */
export function SaveState({ status, editable }: { status: FlowStatus; editable: boolean }) {
  const t = useTranslations('editor');
  const { connection, unsaved } = status;
  const [icon, text, tone] =
    connection === 'refused' ? ['circle-x', t('save.refused'), 'bad']
    : connection === 'offline' ? ['cloud-off', unsaved > 0 ? t('save.offlineKept', { count: unsaved }) : t('save.offline'), 'off']
    : connection === 'connecting' ? ['refresh-cw', t('save.connecting'), 'busy']
    : unsaved > 0 ? ['refresh-cw', t('save.saving'), 'busy']
    : editable ? ['cloud-check', t('save.saved'), 'fine'] : ['lock', t('save.readOnly'), 'fine'];
  return <span className={styles.saved} data-tone={tone} role="status"><Icon name={icon} size={14} />{text}</span>;
}
