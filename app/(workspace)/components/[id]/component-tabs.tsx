'use client';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useChanges } from '../../../_client/run-stream';
import styles from './component.module.css';

/** The tabs are addresses. Titles and counts follow what others do to the component and its flows. */
export function ComponentTabs({ id, flowCount }: { id: string; flowCount: number }) {
  const t = useTranslations('component');
  const path = usePathname();
  const router = useRouter();
  useChanges([{ topic: 'component', objectId: id }, { topic: 'flow' }], () => router.refresh());
  const base = `/components/${id}`;
  const tabs = [['data', base], ['model', `${base}/model`], ['flows', `${base}/flows`], ['settings', `${base}/settings`]] as const;
  return (
    <nav className={styles.tabs} aria-label={t('tabs')}>
      {tabs.map(([key, href]) => (
        <Link key={key} href={href} aria-current={path === href ? 'page' : undefined}>{t(`tab.${key}`)}{key === 'flows' && flowCount > 0 && <em>{flowCount}</em>}</Link>
      ))}
    </nav>
  );
}
