'use client';
import { useTranslations } from 'next-intl';
import { Dialog } from '../../../_ui/dialog';
import styles from './editor.module.css';
import { alsoListed, shortcuts } from './shortcuts';

const groups = ['edit', 'select', 'view', 'run'] as const;

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('editor');
  const all = [...shortcuts, ...alsoListed];
  const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <Dialog open={open} onClose={onClose} title={t('shortcuts')} size="lg">
      <div className={styles.keys}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            {all.filter((each) => each.group === group).map((each) => <p key={each.action}><span>{t(`action.${each.action}`)}</span>{each.keys.map((keys) => <kbd key={keys}>{keys.replace('Mod', mac ? '⌘' : 'Ctrl').replaceAll(/(?<=.)\+(?=.)/g, ' ')}</kbd>)}</p>)}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
